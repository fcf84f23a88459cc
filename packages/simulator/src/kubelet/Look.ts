/** A kubelet's look at one container of a pod. */
import type { Container, ContainerState } from "../Container.ts"
import * as Events from "../Events.ts"
import type { ContainerSpec, Pod } from "../Kinds.ts"
import type { Turn } from "../Turn.ts"
import type { ContainerPhase, ContainerRuntime, PodRuntime, Role } from "./PodRuntime.ts"

export interface Look {
  readonly turn: Turn
  readonly pod: Pod
  readonly runtime: PodRuntime
  readonly spec: ContainerSpec
  readonly role: Role
  readonly nodeIp: string
}

const lists: Readonly<Record<Role, string>> = {
  init: "initContainers",
  sidecar: "initContainers",
  main: "containers",
  ephemeral: "ephemeralContainers"
}

export const event = (
  { pod, role, runtime, spec, turn }: Pick<Look, "turn" | "pod" | "runtime" | "spec" | "role">,
  type: "Normal" | "Warning",
  reason: string,
  message: string
): void =>
  Events.record(turn, pod, { component: "kubelet", host: runtime.node }, type, reason, message, `spec.${lists[role]}{${spec.name}}`)

export const containerOf = ({ runtime, spec, turn }: Look): Container | undefined => turn.containers.get(`${runtime.uid}/${spec.name}`)

export const setState = (look: Look, state: ContainerState): void => {
  const container = containerOf(look)
  if (container === undefined) return
  const last = container.state._tag === "Terminated" ? container.state : container.last
  look.turn.setContainer({ ...container, state, last })
}

export const wake = ({ runtime, turn }: Pick<Look, "runtime" | "turn">, at: number): void => {
  turn.schedule(at, { _tag: "Pod", uid: runtime.uid })
}

export const to = (runtime: ContainerRuntime, phase: ContainerPhase): ContainerRuntime => ({ ...runtime, phase })

/** `web_default(9f…)`: a pod as the kubelet's messages name it. */
export const podTitle = ({ metadata }: Pod): string => `${metadata.name}_${metadata.namespace ?? ""}(${metadata.uid ?? ""})`
