/** The kernel of every node, as the node tells it and as its containers read it in `/proc/version`. */
export const kernelVersion = "6.8.0-85-generic"
export const procVersion = `Linux version ${kernelVersion} (buildd@lcy02-amd64-080) #85-Ubuntu SMP PREEMPT_DYNAMIC\n`
