/** What comes after a container's end: another start, a delay before it, or nothing more. */
import type { Container, ContainerState } from "../Container.ts"
import * as BackOff from "./BackOff.ts"
import type { Look } from "./Look.ts"
import { containerOf, event, podTitle, setState, to, wake } from "./Look.ts"
import type { ContainerPhase, ContainerRuntime } from "./PodRuntime.ts"
import * as Relist from "./Relist.ts"

type Terminated = Extract<ContainerState, { readonly _tag: "Terminated" }>

const finished = (container: Container | undefined): Terminated | undefined =>
  container?.state._tag === "Terminated" ? container.state : container?.last?._tag === "Terminated" ? container.last : undefined

const isWanted = ({ pod, role }: Look, { exitCode }: Terminated): boolean => {
  if (role === "sidecar") return true
  if (role === "ephemeral") return false
  const policy = pod.spec.restartPolicy ?? "Always"
  return policy === "Always" ? role === "main" || exitCode !== 0 : policy === "OnFailure" && exitCode !== 0
}

export const noticed = (of: Look, runtime: ContainerRuntime): ContainerRuntime => {
  const noticeAt = Relist.next(of.turn, of.runtime.node)
  wake(of, noticeAt)
  return to(runtime, { _tag: "Ended", noticeAt })
}

export const decide = (of: Look, runtime: ContainerRuntime): ContainerRuntime => {
  const container = containerOf(of)
  const end = finished(container)
  if (end === undefined) return to(runtime, { _tag: "Idle" })
  if (!isWanted(of, end)) {
    if (container?.state._tag !== "Terminated") setState(of, end)
    return to(runtime, { _tag: "Done" })
  }
  return later(of, runtime, end)
}

/** The delay counts from an end that the kubelet has seen before. */
const later = (of: Look, runtime: ContainerRuntime, end: Terminated): ContainerRuntime => {
  const { pod, spec, turn } = of
  const until = BackOff.waitsUntil(runtime.crash, end.finishedAt, turn.now)
  if (until === undefined) return again(of, runtime)
  say(of)
  setState(of, {
    _tag: "Waiting",
    reason: "CrashLoopBackOff",
    message: `back-off ${BackOff.goSeconds(runtime.crash?.delay ?? 0)} restarting failed container=${spec.name} pod=${podTitle(pod)}`
  })
  const remindAt = Relist.next(turn, of.runtime.node)
  wake(of, remindAt)
  wake(of, until)
  return to(runtime, { _tag: "CrashBackOff", until, remindAt })
}

const say = (of: Look): void =>
  event(of, "Warning", "BackOff", `Back-off restarting failed container ${of.spec.name} in pod ${podTitle(of.pod)}`)

export const waiting = (
  of: Look,
  runtime: ContainerRuntime,
  phase: Extract<ContainerPhase, { readonly _tag: "CrashBackOff" }>
): ContainerRuntime => {
  if (of.turn.now >= phase.until) return again(of, runtime)
  if (phase.remindAt === undefined || of.turn.now < phase.remindAt) return runtime
  say(of)
  return to(runtime, { ...phase, remindAt: undefined })
}

const again = (of: Look, runtime: ContainerRuntime): ContainerRuntime => {
  const end = finished(containerOf(of))
  return { ...runtime, crash: BackOff.next(runtime.crash, end?.finishedAt ?? of.turn.now, of.turn.now), phase: { _tag: "Idle" } }
}

/** The kubelet itself has ended it to start it again; it sees only the end before this one, if there was one. */
export const afterKill = (of: Look, runtime: ContainerRuntime): ContainerRuntime => {
  const before = containerOf(of)?.last
  return before?._tag === "Terminated" ? later(of, runtime, before) : to(runtime, { _tag: "Idle" })
}
