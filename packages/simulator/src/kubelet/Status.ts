/** A pod's status as its kubelet reports it. */
import { kubeTime } from "@aiopslab/kubernetes/Time"
import type { Container, ContainerState } from "../Container.ts"
import { equal } from "@aiopslab/kubernetes/Equal"
import type { ContainerSpec, Pod, PodStatus } from "../Kinds.ts"
import type { Turn } from "../Turn.ts"
import * as Writers from "../Writers.ts"
import { containersOf } from "../World.ts"
import * as Conditions from "./Conditions.ts"
import { reference } from "./Images.ts"
import type { Parts } from "./Phase.ts"
import * as Phase from "./Phase.ts"
import type { PodRuntime } from "./PodRuntime.ts"
import { isDown } from "./PodRuntime.ts"

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
          // of a container that nobody saw no time is known
          startedAt: state.finishedAt === 0 ? null : kubeTime(state.startedAt),
          finishedAt: state.finishedAt === 0 ? null : kubeTime(state.finishedAt),
          ...(state.id === "" ? {} : { containerID: state.id })
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

const statusOf = (container: Container, ready = container.ready): unknown => ({
  name: container.name,
  state: stateOf(container.state),
  lastState: stateOf(container.last),
  ready,
  restartCount: container.restarts,
  image: container.instance === undefined ? container.image : reference(container.image),
  imageID: container.instance === undefined ? "" : imageId(container.image),
  ...(container.instance === undefined ? {} : { containerID: container.instance.id }),
  started: container.state._tag === "Running" && container.started
})

const hasSucceeded = ({ state }: Container): boolean => state._tag === "Terminated" && state.exitCode === 0

const byName = (containers: ReadonlyArray<Container>, specs: ReadonlyArray<ContainerSpec> | undefined): ReadonlyArray<Container> =>
  (specs ?? []).flatMap(({ name }) => containers.find((one) => one.name === name) ?? [])

const isSidecar = ({ restartPolicy }: ContainerSpec): boolean => restartPolicy === "Always"

export const partsOf = (turn: Turn, pod: Pod, uid: string): Parts => {
  const all = containersOf(turn, uid)
  const { containers, initContainers = [] } = pod.spec
  return {
    inits: byName(
      all,
      initContainers.filter((one) => !isSidecar(one))
    ),
    sidecars: byName(all, initContainers.filter(isSidecar)),
    mains: byName(all, containers)
  }
}

/** A pod that was told to end is over when nothing of it is left, whatever its containers came to. */
const phaseOf = (turn: Turn, pod: Pod, runtime: PodRuntime, parts: Parts): Phase.Phase => {
  const { ending } = runtime
  if (ending?.why === "deadline" || ending?.why === "evicted") return "Failed"
  if (!isDown(runtime, turn.now)) return Phase.of(pod, parts, "open")
  const phase = Phase.of(pod, parts, "terminal")
  return Phase.isOver(phase) ? phase : "Failed"
}

/** Containers of which nothing was ever seen are declared dead after the conditions have been told. */
const toldPhase = (pod: Pod, parts: Parts, phase: Phase.Phase): Phase.Phase => {
  if (!parts.mains.some(Phase.isUnseen)) return phase
  const mains = parts.mains.map((one): Container => (Phase.isUnseen(one) ? { ...one, state: { _tag: "Waiting", reason: "" } } : one))
  return Phase.of(pod, { ...parts, mains }, "terminal")
}

const reasonOf = ({ ending, evicted }: PodRuntime): Pick<PodStatus, "reason" | "message"> => {
  if (evicted !== undefined) return { reason: "Evicted", message: evicted }
  return ending?.why === "deadline" ? deadline : {}
}

const deadline = { reason: "DeadlineExceeded", message: "Pod was active on the node longer than the specified deadline" }

/** Writes the status when it is another one. A pod is said to be over when its sandbox is gone; its conditions tell before. */
export const publish = (turn: Turn, pod: Pod, runtime: PodRuntime, nodeIp: string): void => {
  const parts = partsOf(turn, pod, runtime.uid)
  const all = containersOf(turn, runtime.uid)
  const inits = byName(all, pod.spec.initContainers)
  const ephemerals = byName(all, pod.spec.ephemeralContainers)
  const phase = phaseOf(turn, pod, runtime, parts)
  const down = isDown(runtime, turn.now)
  const shown = Phase.isOver(phase) && !down ? (pod.status.phase ?? "Pending") : phase
  const generation = pod.metadata.generation ?? 0
  const sandbox = runtime.ip !== undefined && !down ? "up" : "down"
  const regular = new Set(parts.inits)
  const status = {
    ...(generation === 0 ? {} : { observedGeneration: generation }),
    phase: shown,
    ...(down ? reasonOf(runtime) : {}),
    conditions: Conditions.of(pod, parts, toldPhase(pod, parts, phase), sandbox, turn.now),
    hostIP: nodeIp,
    hostIPs: [{ ip: nodeIp }],
    ...(runtime.ip === undefined ? {} : { podIP: runtime.ip, podIPs: [{ ip: runtime.ip }] }),
    startTime: kubeTime(runtime.startTime),
    ...(inits.length === 0
      ? {}
      : { initContainerStatuses: inits.map((one) => statusOf(one, regular.has(one) ? hasSucceeded(one) : one.ready)) }),
    containerStatuses: parts.mains.map((one) => statusOf(one)),
    ...(ephemerals.length === 0 ? {} : { ephemeralContainerStatuses: ephemerals.map((one) => statusOf(one, false)) }),
    qosClass: pod.status.qosClass ?? "BestEffort"
  }
  if (!equal(status, pod.status)) turn.put("pods", { ...pod, status }, Writers.kubelet)
}
