/** Durations as Kubernetes' clients write and read them. */

/** As in AGE columns: the two leading units, fewer as it grows (k8s.io/apimachinery/pkg/util/duration, HumanDuration). */
export const human = (millis: number): string => {
  const seconds = Math.trunc(millis / 1000)
  if (seconds < -1) return "<invalid>"
  if (seconds < 0) return "0s"
  if (seconds < 120) return `${seconds}s`
  const minutes = Math.trunc(seconds / 60)
  if (minutes < 10) return two(minutes, "m", seconds % 60, "s")
  if (minutes < 180) return `${minutes}m`
  const hours = Math.trunc(minutes / 60)
  if (hours < 8) return two(hours, "h", minutes % 60, "m")
  if (hours < 48) return `${hours}h`
  const days = Math.trunc(hours / 24)
  if (hours < 192) return two(days, "d", hours % 24, "h")
  if (hours < 24 * 365 * 2) return `${days}d`
  const years = Math.trunc(days / 365)
  return hours < 24 * 365 * 8 ? two(years, "y", days % 365, "d") : `${years}y`
}

const two = (major: number, majorUnit: string, minor: number, minorUnit: string): string =>
  minor === 0 ? `${major}${majorUnit}` : `${major}${majorUnit}${minor}${minorUnit}`

const units: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** Milliseconds of a Go duration (`1h30m`, `2.5s`, `0`, `-1s`), or undefined. */
export const parse = (text: string): number | undefined => {
  const match = /^([-+]?)((?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|ms|s|m|h))+$/u.exec(text)
  if (text === "0" || text === "-0" || text === "+0") return 0
  if (match === null) return undefined
  let total = 0
  for (const part of text.matchAll(/(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)/gu)) total += Number(part[1]) * (units[part[2] ?? ""] ?? 0)
  return match[1] === "-" ? -total : total
}

/** As Go prints one: `1h0m0s`, `1.5s`, `100ms`. */
export const go = (millis: number): string => {
  if (millis < 1000) return `${millis}ms`
  const minutes = Math.trunc(millis / 60_000)
  const seconds = `${(millis - minutes * 60_000) / 1000}s`
  return minutes === 0 ? seconds : minutes < 60 ? `${minutes}m${seconds}` : `${Math.trunc(minutes / 60)}h${minutes % 60}m${seconds}`
}

const days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
const pad = (value: number): string => String(value).padStart(2, "0")

/** RFC 1123 with a numeric zone, as `describe` prints times: `Thu, 01 Jan 2026 00:00:00 +0000`. */
export const rfc1123 = (millis: number): string => {
  const date = new Date(millis)
  const clock = `${pad(date.getUTCHours())}:${pad(date.getUTCMinutes())}:${pad(date.getUTCSeconds())}`
  return `${days[date.getUTCDay()]}, ${pad(date.getUTCDate())} ${months[date.getUTCMonth()]} ${date.getUTCFullYear()} ${clock} +0000`
}
