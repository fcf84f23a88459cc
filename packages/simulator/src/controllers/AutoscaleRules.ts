/** How fast an autoscaler may follow its metrics: windows of stabilisation and rates. pkg/controller/podautoscaler/horizontal.go. */
import type { Autoscaler, ScalingRules } from "../PolicyKinds.ts"
import type { Turn } from "../Turn.ts"

/** What an autoscaler remembers. Times are milliseconds since the epoch. */
export interface AutoscalerMemory {
  readonly lookedAt: number
  readonly recommendations: ReadonlyArray<{ readonly at: number; readonly replicas: number }>
  readonly changes: ReadonlyArray<{ readonly at: number; readonly by: number }>
}

const none: AutoscalerMemory = { lookedAt: -Infinity, recommendations: [], changes: [] }
const stabilisationSeconds = 300
const longestMillis = 3_600_000

const memoryOf = (turn: Turn, { metadata }: Autoscaler): AutoscalerMemory => turn.autoscalers[metadata.uid ?? ""] ?? none

const remember = (turn: Turn, { metadata }: Autoscaler, memory: AutoscalerMemory): void => {
  turn.autoscalers = { ...turn.autoscalers, [metadata.uid ?? ""]: memory }
}

export const forget = (turn: Turn, uid: string): void => {
  const { [uid]: _, ...others } = turn.autoscalers
  turn.autoscalers = others
}

/** When the autoscaler is to look next; looking at that time is noted. */
export const due = (turn: Turn, scaler: Autoscaler, periodMillis: number): number => {
  const memory = memoryOf(turn, scaler)
  const at = memory.lookedAt + periodMillis
  if (at <= turn.now) remember(turn, scaler, { ...memory, lookedAt: turn.now })
  return at
}

/** The size at first sight is the first recommendation: nothing shrinks before a window has passed. */
export const begin = (turn: Turn, scaler: Autoscaler, replicas: number): void => {
  const memory = memoryOf(turn, scaler)
  if (memory.recommendations.length === 0) remember(turn, scaler, { ...memory, recommendations: [{ at: turn.now, replicas }] })
}

export const scaled = (turn: Turn, scaler: Autoscaler, by: number): void => {
  const memory = memoryOf(turn, scaler)
  remember(turn, scaler, {
    ...memory,
    changes: [...memory.changes.filter(({ at }) => at > turn.now - longestMillis), { at: turn.now, by }]
  })
}

const policies = {
  up: [
    { type: "Pods", value: 4, periodSeconds: 15 },
    { type: "Percent", value: 100, periodSeconds: 15 }
  ],
  down: [{ type: "Percent", value: 100, periodSeconds: 15 }]
} as const

/** The most (or fewest) replicas that the policies allow now. */
const bound = (turn: Turn, memory: AutoscalerMemory, rules: ScalingRules | undefined, current: number, way: "down" | "up"): number => {
  if (rules?.selectPolicy === "Disabled") return current
  const sign = way === "up" ? 1 : -1
  const limits = (rules?.policies ?? policies[way]).map(({ periodSeconds, type, value }) => {
    const moved = memory.changes
      .filter(({ at, by }) => at > turn.now - periodSeconds * 1000 && Math.sign(by) === sign)
      .reduce((sum, { by }) => sum + by, 0)
    const start = current - moved
    return type === "Pods"
      ? start + sign * value
      : way === "up"
        ? Math.ceil(start * (1 + value / 100))
        : Math.floor(start * (1 - value / 100))
  })
  const furthest = (rules?.selectPolicy ?? "Max") === "Max"
  return (way === "up") === furthest ? Math.max(...limits) : Math.min(...limits)
}

type Say = (type: string, status: "True" | "False", reason: string, message: string) => void

/** What is done about a recommendation, and why not more. */
export const limited = (turn: Turn, scaler: Autoscaler, current: number, recommended: number, say: Say): number => {
  const { behavior, maxReplicas, minReplicas = 1 } = scaler.spec
  const memory = memoryOf(turn, scaler)
  const recommendations = [
    ...memory.recommendations.filter(({ at }) => at > turn.now - longestMillis),
    { at: turn.now, replicas: recommended }
  ]
  remember(turn, scaler, { ...memory, recommendations })
  const within = (seconds: number) => recommendations.filter(({ at }) => at > turn.now - seconds * 1000 || at === turn.now)
  const upSeconds = behavior?.scaleUp?.stabilizationWindowSeconds ?? 0
  const downSeconds = behavior?.scaleDown?.stabilizationWindowSeconds ?? stabilisationSeconds
  const lowest = Math.min(...within(upSeconds).map(({ replicas }) => replicas))
  const highest = Math.max(...within(downSeconds).map(({ replicas }) => replicas))
  const stable = behavior === undefined ? highest : Math.min(Math.max(current, lowest), highest)
  if (stable === recommended) say("AbleToScale", "True", "ReadyForNewScale", "recommended size matches current size")
  else if (stable > recommended) {
    const message = "recent recommendations were higher than current one, applying the highest recent recommendation"
    say("AbleToScale", "True", "ScaleDownStabilized", message)
  } else {
    const message = "recent recommendations were lower than current one, applying the lowest recent recommendation"
    say("AbleToScale", "True", "ScaleUpStabilized", message)
  }
  const limit = (reason: string, message: string, replicas: number): number => {
    say("ScalingLimited", "True", reason, message)
    return replicas
  }
  if (stable > current) {
    const rate = behavior === undefined ? Math.max(2 * current, 4) : Math.max(current, bound(turn, memory, behavior.scaleUp, current, "up"))
    if (stable > Math.min(rate, maxReplicas)) {
      return maxReplicas <= rate
        ? limit("TooManyReplicas", "the desired replica count is more than the maximum replica count", maxReplicas)
        : limit("ScaleUpLimit", "the desired replica count is increasing faster than the maximum scale rate", rate)
    }
  } else if (stable < current) {
    const rate = behavior === undefined ? 0 : Math.min(current, bound(turn, memory, behavior.scaleDown, current, "down"))
    if (stable < Math.max(rate, minReplicas)) {
      return minReplicas >= rate
        ? limit("TooFewReplicas", "the desired replica count is less than the minimum replica count", minReplicas)
        : limit("ScaleDownLimit", "the desired replica count is decreasing faster than the maximum scale rate", rate)
    }
  } else if (stable > maxReplicas || stable < minReplicas) return Math.min(Math.max(stable, minReplicas), maxReplicas)
  say("ScalingLimited", "False", "DesiredWithinRange", "the desired count is within the acceptable range")
  return stable
}
