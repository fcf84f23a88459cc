/** A pod's status as its kubelet reports it. */
import { kubeTime } from "@aiopslab/kubernetes/Time"
import type { Container, ContainerState } from "../Container.ts"
import type { Condition, Pod } from "../Kinds.ts"
import type { Turn } from "../Turn.ts"
import * as Writers from "../Writers.ts"
import { containersOf } from "../World.ts"
import { reference } from "./Images.ts"
import type { PodRuntime } from "./PodRuntime.ts"

const stateOf = (state: ContainerState | undefined): unknown => {
  switch (state?._tag) {
    case undefined:
      return {}
    case "Waiting":
      return { waiting: state.message === undefined ? { reason: state.reason } : { reason: state.reason, message: state.message } }
    case "Running":
      return { running: { startedAt: kubeTime(state.startedAt) } }
    case "Terminated":
      return {
        terminated: {
          exitCode: state.exitCode,
          reason: state.reason,
          ...(state.message === undefined ? {} : { message: state.message }),
          startedAt: kubeTime(state.startedAt),
          finishedAt: kubeTime(state.finishedAt),
          containerID: state.id
        }
      }
  }
}

const digests = new Map<string, string>()

/** Stands for the image's content; equal names are equal images. */
const imageId = (image: string): string => {
  const known = digests.get(image)
  if (known !== undefined) return known
  const full = reference(image)
  const colon = full.lastIndexOf(":")
  const digest = digestOf(full)
  const id = `${colon > full.lastIndexOf("/") ? full.slice(0, colon) : full}@sha256:${digest}`
  digests.set(image, id)
  return id
}

const digestOf = (text: string): string => {
  let out = ""
  for (let i = 0; i < 8; i++) {
    let hash = 0x811c_9dc5 + i
    for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 16_777_619)
    out += (hash >>> 0).toString(16).padStart(8, "0")
  }
  return out
}

const statusOf = (container: Container): unknown => ({
  name: container.name,
  state: stateOf(container.state),
  lastState: stateOf(container.last),
  ready: container.ready,
  restartCount: container.restarts,
  image: container.instance === undefined ? container.image : reference(container.image),
  imageID: container.instance === undefined ? "" : imageId(container.image),
  ...(container.instance === undefined ? {} : { containerID: container.instance.id }),
  started: container.state._tag === "Running"
})

const byName = (containers: ReadonlyArray<Container>, specs: ReadonlyArray<{ readonly name: string }>): ReadonlyArray<Container> =>
  specs.flatMap(({ name }) => containers.find((one) => one.name === name) ?? [])

type Phase = "Pending" | "Running" | "Succeeded" | "Failed"

const phaseOf = (pod: Pod, inits: ReadonlyArray<Container>, containers: ReadonlyArray<Container>): Phase => {
  const policy = pod.spec.restartPolicy ?? "Always"
  const failed = (one: Container) => one.state._tag === "Terminated" && one.state.exitCode !== 0
  if (policy === "Never" && inits.some(failed)) return "Failed"
  if (inits.some((one) => !(one.state._tag === "Terminated" && one.state.exitCode === 0))) return "Pending"
  let stopped = 0
  let succeeded = 0
  let waiting = 0
  for (const { last, state } of containers) {
    if (state._tag === "Waiting") {
      if (last === undefined) waiting++
    } else if (state._tag === "Terminated") {
      stopped++
      if (state.exitCode === 0) succeeded++
    }
  }
  if (waiting > 0) return "Pending"
  if (stopped < containers.length || policy === "Always") return "Running"
  if (succeeded === stopped) return "Succeeded"
  return policy === "Never" ? "Failed" : "Running"
}

const condition = (
  previous: ReadonlyArray<Condition>,
  now: string,
  type: string,
  status: "True" | "False",
  generation: number,
  reason?: string,
  message?: string
): Condition => {
  const before = previous.find((one) => one.type === type)
  const { lastTransitionTime = now } = before?.status === status ? before : {}
  return {
    type,
    ...(generation === 0 ? {} : { observedGeneration: generation }),
    status,
    lastProbeTime: null,
    lastTransitionTime,
    ...(reason === undefined ? {} : { reason }),
    ...(message === undefined ? {} : { message })
  }
}

/** Whether all containers run and answer their readiness probes. */
export const publish = (turn: Turn, pod: Pod, runtime: PodRuntime, nodeIp: string): void => {
  const now = kubeTime(turn.now)
  const all = containersOf(turn, runtime.uid)
  const inits = byName(all, pod.spec.initContainers ?? [])
  const containers = byName(all, pod.spec.containers)
  const phase = phaseOf(pod, inits, containers)
  const unready = containers.filter((one) => !one.ready).map(({ name }) => name)
  const pending = inits.filter((one) => !(one.state._tag === "Terminated" && one.state.exitCode === 0)).map(({ name }) => name)
  const previous = pod.status.conditions ?? []
  const generation = pod.metadata.generation ?? 0
  const of = (type: string, holds: "True" | "False", reason?: string, message?: string) =>
    condition(previous, now, type, holds, generation, reason, message)
  const done = phase === "Succeeded" ? "PodCompleted" : phase === "Failed" ? "PodFailed" : undefined
  const ready = unready.length === 0
  const why = ready
    ? ([undefined, undefined] as const)
    : done !== undefined
      ? ([done, undefined] as const)
      : (["ContainersNotReady", `containers with unready status: [${unready.join(" ")}]`] as const)
  const initialized = pending.length === 0
  const scheduled = previous.find(({ type }) => type === "PodScheduled")
  const sandbox = runtime.ip !== undefined && (phase === "Running" || phase === "Pending")
  const status = {
    ...(generation === 0 ? {} : { observedGeneration: generation }),
    phase,
    conditions: [
      of("PodReadyToStartContainers", sandbox ? "True" : "False"),
      of(
        "Initialized",
        initialized ? "True" : "False",
        initialized ? (done === "PodCompleted" ? done : undefined) : "ContainersNotInitialized",
        initialized ? undefined : `containers with incomplete status: [${pending.join(" ")}]`
      ),
      of("Ready", ready ? "True" : "False", ...why),
      of("ContainersReady", ready ? "True" : "False", ...why),
      scheduled === undefined ? of("PodScheduled", "True") : scheduled
    ],
    hostIP: nodeIp,
    hostIPs: [{ ip: nodeIp }],
    ...(runtime.ip === undefined ? {} : { podIP: runtime.ip, podIPs: [{ ip: runtime.ip }] }),
    startTime: kubeTime(runtime.startTime),
    ...(inits.length === 0 ? {} : { initContainerStatuses: inits.map(statusOf) }),
    containerStatuses: containers.map(statusOf),
    qosClass: pod.status.qosClass ?? "BestEffort"
  }
  turn.put("pods", { ...pod, status }, Writers.kubelet)
}
