/** Times and durations as the API and kubectl write them. */

/** Milliseconds since the epoch as `2026-01-31T08:00:00Z`: the format of `metav1.Time`. */
export const kubeTime = (milliseconds: number): string => {
  const second = Math.floor(milliseconds / 1000)
  // one moment is written many times
  if (second !== lastSecond) {
    lastSecond = second
    lastText = `${new Date(second * 1000).toISOString().slice(0, 19)}Z`
  }
  return lastText
}

let lastSecond = 0
let lastText = "1970-01-01T00:00:00Z"

/** With microseconds: the format of `metav1.MicroTime`, in leases and events. */
export const microTime = (milliseconds: number): string => `${new Date(milliseconds).toISOString().slice(0, 23)}000Z`

/** Milliseconds since the epoch, `undefined` for what is no time. */
export const parseTime = (text: unknown): number | undefined => {
  if (typeof text !== "string") return undefined
  const found = Date.parse(text)
  return Number.isNaN(found) ? undefined : found
}

const pair = (large: number, unit: string, small: number, smaller: string): string =>
  small === 0 ? `${large}${unit}` : `${large}${unit}${small}${smaller}`

/** The length of a time in two units at most: `45s`, `3m20s`, `5h`, `12d`. What kubectl prints under AGE. */
export const humanDuration = (milliseconds: number): string => {
  const seconds = Math.trunc(milliseconds / 1000)
  if (seconds < -1) return "<invalid>"
  if (seconds < 0) return "0s"
  if (seconds < 120) return `${seconds}s`
  const minutes = Math.trunc(seconds / 60)
  if (minutes < 10) return pair(minutes, "m", seconds % 60, "s")
  if (minutes < 180) return `${minutes}m`
  const hours = Math.trunc(minutes / 60)
  if (hours < 8) return pair(hours, "h", minutes % 60, "m")
  if (hours < 48) return `${hours}h`
  const days = Math.trunc(hours / 24)
  if (hours < 192) return pair(days, "d", hours % 24, "h")
  if (hours < 17_520) return `${days}d`
  const years = Math.trunc(days / 365)
  return hours < 70_080 ? pair(years, "y", days % 365, "d") : `${years}y`
}

/** The time since a timestamp, `<unknown>` where there is none. */
export const age = (timestamp: unknown, now: number): string => {
  const then = parseTime(timestamp)
  return then === undefined ? "<unknown>" : humanDuration(now - then)
}
