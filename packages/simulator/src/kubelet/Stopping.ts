/** Ends a container as pkg/kubelet/kuberuntime does: its hook, SIGTERM, the rest of the grace period, SIGKILL. */
import type { Container } from "../Container.ts"
import type { Look } from "./Look.ts"
import { event } from "./Look.ts"
import type { Turn } from "../Turn.ts"
import * as Hooks from "./Hooks.ts"
import type { Stop } from "./PodRuntime.ts"
import * as Program from "./Program.ts"

/** However little of the grace period is left, a program gets this much to end by itself. */
const leastSeconds = 2

export const begin = (of: Look, container: Container, graceSeconds: number, message: string): Stop => {
  const { pod, spec, turn } = of
  event(of, "Normal", "Killing", message)
  const hook = spec.lifecycle?.preStop
  const ran = hook === undefined || graceSeconds <= 0 ? undefined : Hooks.run(turn, pod, container, spec, hook, graceSeconds * 1000)
  if (ran?.failure !== undefined) event(of, "Warning", "FailedPreStopHook", "PreStopHook failed")
  const hookUntil = turn.now + (ran?.elapsedMillis ?? 0)
  if (hookUntil > turn.now) turn.schedule(hookUntil, { _tag: "Pod", uid: container.podUid })
  return { beganAt: turn.now, graceSeconds, hookUntil, signalledAt: undefined, killAt: Infinity }
}

/** `others`: containers that have to end before this one gets its signal. */
export const advance = (turn: Turn, key: string, stop: Stop, others: "ended" | "running"): Stop => {
  if (turn.containers.get(key)?.state._tag !== "Running") return stop
  const next = stop.signalledAt === undefined ? signal(turn, key, stop, others) : stop
  const container = turn.containers.get(key)
  if (container?.state._tag === "Running" && turn.now >= next.killAt) Program.end(turn, container, 137)
  return next
}

const signal = (turn: Turn, key: string, stop: Stop, others: "ended" | "running"): Stop => {
  const { beganAt, graceSeconds, hookUntil } = stop
  const isHeld = others === "running" && turn.now < beganAt + graceSeconds * 1000
  if (turn.now < hookUntil || isHeld) return stop
  Program.step(turn, key, { _tag: "Signal", signal: "SIGTERM" })
  const rest = Math.max(leastSeconds, graceSeconds - Math.floor((turn.now - beganAt) / 1000))
  const killAt = turn.now + rest * 1000
  const container = turn.containers.get(key)
  if (container?.state._tag === "Running") turn.schedule(killAt, { _tag: "Pod", uid: container.podUid })
  return { ...stop, signalledAt: turn.now, killAt }
}
