/** A pod's phase by its containers' states: pkg/kubelet, `getPhase`. */
import type { Container } from "../Container.ts"
import type { Pod } from "../Kinds.ts"

export type Phase = "Pending" | "Running" | "Succeeded" | "Failed"

export interface Parts {
  readonly inits: ReadonlyArray<Container>
  readonly sidecars: ReadonlyArray<Container>
  readonly mains: ReadonlyArray<Container>
}

export const isOver = (phase: string | undefined): boolean => phase === "Succeeded" || phase === "Failed"

/** The reason of a container that was not there any more when its pod ended. */
export const unseen = "ContainerStatusUnknown"
export const isUnseen = ({ state }: Container): boolean => state._tag === "Terminated" && state.reason === unseen

const exitCode = ({ state }: Container): number | undefined => (state._tag === "Terminated" ? state.exitCode : undefined)

export const hasStarted = ({ last, state }: Container): boolean => state._tag !== "Waiting" || last !== undefined

/** `terminal`: nothing of it runs or will. */
export const of = (pod: Pod, { inits, mains, sidecars }: Parts, end: "terminal" | "open"): Phase => {
  const policy = pod.spec.restartPolicy ?? "Always"
  if (policy === "Never" && inits.some((one) => (exitCode(one) ?? 0) !== 0)) return "Failed"
  const isPending = ({ last, state }: Container) => state._tag === "Running" || (state._tag === "Waiting" && last === undefined)
  const isInitialised = mains.some(hasStarted)
  if (inits.some(isPending) || (!isInitialised && sidecars.some((one) => isPending(one) && !one.started))) return "Pending"
  if (mains.some(({ last, state }) => state._tag === "Waiting" && last === undefined)) return "Pending"
  const running = [...sidecars, ...mains].some(({ state }) => state._tag === "Running")
  if (running || (policy === "Always" && end === "open")) return "Running"
  if (mains.every((one) => exitCode(one) === 0)) return "Succeeded"
  return policy === "Never" || end === "terminal" ? "Failed" : "Running"
}
