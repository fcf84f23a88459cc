/** Ends a pod: its containers in their order, its sandbox, and its object when it was deleted. */
import * as Events from "../Events.ts"
import { type ContainerSpec, type Pod, specOf } from "../Kinds.ts"
import type { Turn } from "../Turn.ts"
import { containersOf } from "../World.ts"
import type { Container } from "../Container.ts"
import { hasStarted, unseen } from "./Phase.ts"
import type { ContainerRuntime, Ending, PodRuntime, Stop } from "./PodRuntime.ts"
import * as Stopping from "./Stopping.ts"

/** Taking the sandbox down. */
const downMillis = [80, 250] as const
/** Unmounting volumes. */
const teardownMillis = [400, 900] as const

/** What its object says of the grace period; a second delete may shorten it. Who is evicted has next to none. */
const graceOf = ({ metadata, spec }: Pod, why: Ending["why"]): number => {
  if (why === "evicted") return 1
  const asked = metadata["deletionGracePeriodSeconds"]
  return typeof asked === "number" ? asked : (spec.terminationGracePeriodSeconds ?? 30)
}

export const look = (turn: Turn, pod: Pod, before: PodRuntime, nodeIp: string, why: Ending["why"]): PodRuntime => {
  const begun = before.ending === undefined ? begin(turn, pod, before, nodeIp, why) : before
  const runtime = advance(turn, shortened(turn, pod, begun, why))
  const { ending } = runtime
  if (ending === undefined || containersOf(turn, runtime.uid).some(({ state }) => state._tag === "Running")) return runtime
  if (ending.downAt === undefined) return at(turn, runtime, { ...ending, downAt: turn.now + turn.millis("down", ...downMillis) })
  if (turn.now < ending.downAt) return runtime
  lost(turn, pod, runtime)
  if (why !== "deleted") return runtime
  if (ending.goneAt === undefined) {
    return at(turn, runtime, { ...ending, goneAt: turn.now + turn.millis("teardown", ...teardownMillis) })
  }
  if (turn.now >= ending.goneAt) turn.remove("pods", runtime.namespace, runtime.name, { gracePeriodSeconds: 0, uid: runtime.uid })
  return runtime
}

const at = (turn: Turn, runtime: PodRuntime, ending: Ending): PodRuntime => {
  turn.schedule(ending.goneAt ?? ending.downAt ?? turn.now, { _tag: "Pod", uid: runtime.uid })
  return { ...runtime, ending }
}

const begin = (turn: Turn, pod: Pod, runtime: PodRuntime, nodeIp: string, why: Ending["why"]): PodRuntime => {
  if (why === "deadline") {
    // it says so at each of its looks on the way to the end
    for (let i = 0; i < 3; i++) {
      const message = "Pod was active on the node longer than the specified deadline"
      Events.record(turn, pod, { component: "kubelet", host: runtime.node }, "Normal", "DeadlineExceeded", message)
    }
  }
  const stops: Record<string, Stop> = {}
  for (const { name, role } of runtime.containers) {
    const container = turn.containers.get(`${runtime.uid}/${name}`)
    const spec = specOf(pod, name)
    if (container?.state._tag !== "Running" || spec === undefined) continue
    stops[name] = Stopping.begin({ turn, pod, runtime, spec, role, nodeIp }, container, graceOf(pod, why), `Stopping container ${name}`)
  }
  return { ...runtime, ending: { why, stops, downAt: undefined, goneAt: undefined } }
}

const shortened = (turn: Turn, pod: Pod, runtime: PodRuntime, why: Ending["why"]): PodRuntime => {
  const { ending } = runtime
  if (ending === undefined) return runtime
  const grace = graceOf(pod, why)
  const stops = Object.entries(ending.stops).map(([name, stop]): readonly [string, Stop] => {
    if (grace >= stop.graceSeconds) return [name, stop]
    const end = Math.max(turn.now, stop.beganAt + Math.max(2, grace) * 1000)
    turn.schedule(end, { _tag: "Pod", uid: runtime.uid })
    return [name, { ...stop, graceSeconds: grace, hookUntil: Math.min(stop.hookUntil, end), killAt: Math.min(stop.killAt, end) }]
  })
  return { ...runtime, ending: { ...ending, why, stops: Object.fromEntries(stops) } }
}

/** Sidecars end after the main containers, the last one first. */
const advance = (turn: Turn, runtime: PodRuntime): PodRuntime => {
  const { ending } = runtime
  if (ending === undefined) return runtime
  const runs = ({ name }: ContainerRuntime) => turn.containers.get(`${runtime.uid}/${name}`)?.state._tag === "Running"
  const stops: Record<string, Stop> = { ...ending.stops }
  for (const [i, one] of [...runtime.containers.entries()].reverse()) {
    const stop = stops[one.name]
    if (stop === undefined) continue
    const isHeld = one.role === "sidecar" && runtime.containers.slice(i + 1).some((other) => other.role !== "ephemeral" && runs(other))
    stops[one.name] = Stopping.advance(turn, `${runtime.uid}/${one.name}`, stop, isHeld ? "running" : "ended")
  }
  return { ...runtime, ending: { ...ending, stops } }
}

/** What waited to run again has ended. Containers of which nothing was ever seen count as killed, once the pod was as far as to start them. */
const lost = (turn: Turn, pod: Pod, runtime: PodRuntime): void => {
  const inits = pod.spec.initContainers ?? []
  const of = (name: string): Container | undefined => turn.containers.get(`${runtime.uid}/${name}`)
  const isPast = ({ name, restartPolicy }: ContainerSpec): boolean => {
    const container = of(name)
    return (
      container !== undefined &&
      (restartPolicy === "Always" ? hasStarted(container) : container.state._tag === "Terminated" && container.state.exitCode === 0)
    )
  }
  if (!inits.every(isPast)) return
  for (const { name } of pod.spec.containers) {
    const container = of(name)
    if (container === undefined || container.state._tag !== "Waiting") continue
    turn.setContainer({
      ...container,
      state: container.last ?? {
        _tag: "Terminated",
        exitCode: 137,
        reason: unseen,
        message: "The container could not be located when the pod was terminated",
        startedAt: 0,
        finishedAt: 0,
        id: container.instance?.id ?? ""
      }
    })
  }
}
