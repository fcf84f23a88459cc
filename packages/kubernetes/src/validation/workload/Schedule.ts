/** The five fields of a CronJob's schedule, read as the server's library reads them, for its complaints. */
import { quote } from "../Report.ts"

interface Bounds {
  readonly low: number
  readonly high: number
  readonly names?: ReadonlyArray<string>
}

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
const days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]

const fields: ReadonlyArray<Bounds> = [
  { low: 0, high: 59 },
  { low: 0, high: 23 },
  { low: 1, high: 31 },
  { low: 1, high: 12, names: months },
  { low: 0, high: 6, names: days }
]

/** A number, or why it is none. */
const integer = (text: string): number | string => {
  if (!/^[+-]?\d+$/.test(text)) return `failed to parse int from ${text}: strconv.Atoi: parsing ${quote(text)}: invalid syntax`
  const value = Number(text)
  if (Math.abs(value) > Number.MAX_SAFE_INTEGER) {
    return `failed to parse int from ${text}: strconv.Atoi: parsing ${quote(text)}: value out of range`
  }
  return value < 0 ? `negative number (${value}) not allowed: ${text}` : value
}

const integerOrName = (text: string, { low, names = [] }: Bounds): number | string => {
  const index = names.indexOf(text.toLowerCase())
  return index === -1 ? integer(text) : index + low
}

const range = (text: string, bounds: Bounds): string | undefined => {
  const steps = text.split("/")
  const ends = (steps[0] ?? "").split("-")
  const [first = "", second] = ends
  let low: number | string = bounds.low
  let high: number | string = bounds.high
  if (first !== "*" && first !== "?") {
    low = integerOrName(first, bounds)
    if (typeof low === "string") return low
    if (ends.length > 2) return `too many hyphens: ${text}`
    high = second === undefined ? low : integerOrName(second, bounds)
    if (typeof high === "string") return high
  }
  let step: number | string = 1
  if (steps.length > 2) return `too many slashes: ${text}`
  if (steps[1] !== undefined) {
    step = integer(steps[1])
    if (typeof step === "string") return step
    if (ends.length === 1) high = bounds.high
  }
  if (low < bounds.low) return `beginning of range (${low}) below minimum (${bounds.low}): ${text}`
  if (high > bounds.high) return `end of range (${high}) above maximum (${bounds.high}): ${text}`
  if (low > high) return `beginning of range (${low}) beyond end of range (${high}): ${text}`
  return step === 0 ? `step of range should be a positive number: ${text}` : undefined
}

const descriptors: ReadonlySet<string> = new Set(["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"])
const every = "@every "
const duration = /^[+-]?(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)((\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h))*$/

const badDuration = (text: string): string => {
  const bare = text.replace(/^[+-]/, "")
  if (bare === "") return `time: invalid duration ${quote(text)}`
  if (!/^[\d.]/.test(bare)) return `time: invalid duration ${quote(text)}`
  const unit = /^[\d.]+([^\d.]*)/.exec(bare)?.[1] ?? ""
  return unit === "" ? `time: missing unit in duration ${quote(text)}` : `time: unknown unit ${quote(unit)} in duration ${quote(text)}`
}

const descriptor = (text: string): string | undefined => {
  if (descriptors.has(text)) return undefined
  if (!text.startsWith(every)) return `unrecognized descriptor: ${text}`
  const length = text.slice(every.length)
  return length === "0" || duration.test(length) ? undefined : `failed to parse duration ${text}: ${badDuration(length)}`
}

/** Why a text is no schedule. */
export const explainSchedule = (schedule: string): string | undefined => {
  const zone = /^(?:CRON_)?TZ=(?<zone>\S*) (?<rest>.*)$/.exec(schedule)?.groups
  if (zone !== undefined) {
    const name = zone["zone"] ?? ""
    if (explainZone(name) !== undefined) return `provided bad location ${name}: ${explainZone(name) ?? ""}`
  }
  const text = zone === undefined ? schedule : (zone["rest"] ?? "").trim()
  if (text.startsWith("@")) return descriptor(text)
  const parts = text.split(/\s+/).filter((part) => part !== "")
  if (parts.length !== fields.length) {
    return `expected exactly ${fields.length} fields, found ${parts.length}: [${parts.join(" ")}]`
  }
  for (const [i, bounds] of fields.entries()) {
    for (const part of (parts[i] ?? "").split(",")) {
      const why = part === "" ? undefined : range(part, bounds)
      if (why !== undefined) return why
    }
  }
  return undefined
}

const zones: ReadonlySet<string> = new Set(Intl.supportedValuesOf("timeZone"))

const isZone = (name: string): boolean => zones.has(name) || aliases.test(name)

/** Names of the zone database that `Intl` knows under others. */
const aliases =
  /^(UTC|Local|GMT([+-]?0)?|UCT|Zulu|Universal|Greenwich|(Etc|US|Canada|Brazil|Chile|Mexico)\/[A-Za-z0-9+_-]+|EST|MST|HST|EST5EDT|CST6CDT|MST7MDT|PST8PDT|CET|MET|EET|WET|Cuba|Egypt|Eire|GB|GB-Eire|Hongkong|Iceland|Iran|Israel|Jamaica|Japan|Kwajalein|Libya|NZ|NZ-CHAT|Navajo|PRC|Poland|Portugal|ROC|ROK|Singapore|Turkey|W-SU)$/

/** Why a text is no time zone. */
export const explainZone = (name: string): string | undefined => (isZone(name) ? undefined : `unknown time zone ${name}`)
