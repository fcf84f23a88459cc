/** Ends a pod that is being deleted: SIGTERM, the grace period, SIGKILL, and the object goes when all is stopped. */
import * as Events from "../Events.ts"
import type { Pod } from "../Kinds.ts"
import { parseTime } from "@aiopslab/kubernetes/Time"
import type { Turn } from "../Turn.ts"
import { containersOf } from "../World.ts"
import type { PodRuntime } from "./PodRuntime.ts"
import * as Program from "./Program.ts"

/** Unmounting volumes and taking the sandbox down. */
const teardownMillis = [400, 900] as const

export const look = (turn: Turn, pod: Pod, runtime: PodRuntime): PodRuntime => {
  const started = runtime.ending === undefined ? signal(turn, pod, runtime) : runtime
  const deadline = parseTime(pod.metadata.deletionTimestamp) ?? turn.now
  // a second delete may shorten the grace period
  const ending = { killAt: Math.min(started.ending?.killAt ?? deadline, Math.max(deadline, turn.now)), goneAt: started.ending?.goneAt }
  if (ending.killAt < (started.ending?.killAt ?? 0)) turn.schedule(ending.killAt, { _tag: "Pod", uid: runtime.uid })
  if (turn.now >= ending.killAt) kill(turn, runtime)
  const running = containersOf(turn, runtime.uid).some(({ state }) => state._tag === "Running")
  if (running) return { ...started, ending }
  if (ending.goneAt === undefined) {
    const goneAt = turn.now + turn.millis("teardown", ...teardownMillis)
    turn.schedule(goneAt, { _tag: "Pod", uid: runtime.uid })
    return { ...started, ending: { ...ending, goneAt } }
  }
  if (turn.now >= ending.goneAt) {
    turn.remove("pods", runtime.namespace, runtime.name, { gracePeriodSeconds: 0, uid: runtime.uid })
  }
  return { ...started, ending }
}

const signal = (turn: Turn, pod: Pod, runtime: PodRuntime): PodRuntime => {
  const killAt = Math.max(turn.now, parseTime(pod.metadata.deletionTimestamp) ?? turn.now)
  turn.schedule(killAt, { _tag: "Pod", uid: runtime.uid })
  for (const container of containersOf(turn, runtime.uid)) {
    if (container.state._tag !== "Running") continue
    Events.record(
      turn,
      pod,
      { component: "kubelet", host: runtime.node },
      "Normal",
      "Killing",
      `Stopping container ${container.name}`,
      `spec.containers{${container.name}}`
    )
    Program.step(turn, container.key, { _tag: "Signal", signal: "SIGTERM" })
  }
  return { ...runtime, ending: { killAt, goneAt: undefined } }
}

const kill = (turn: Turn, runtime: PodRuntime): void => {
  for (const container of containersOf(turn, runtime.uid)) {
    if (container.state._tag === "Running") Program.end(turn, container, 137)
  }
}
