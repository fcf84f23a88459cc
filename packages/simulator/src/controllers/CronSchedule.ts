/** When a cron schedule comes round. Times are milliseconds since the epoch. */
import { Cron } from "croner"
import * as Result from "effect/Result"

export interface CronSchedule {
  /** The first time after this one. */
  readonly next: (after: number) => number
  /** The last time up to and including this one. */
  readonly last: (until: number) => number | undefined
}

const units: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000 }

/** `@every 1h30m`: counted from where one looks, in whole seconds. */
const every = (text: string): CronSchedule | undefined => {
  const duration = /^@every ((?:\d+[hms])+)$/u.exec(text)?.[1]
  if (duration === undefined) return undefined
  const parts = [...duration.matchAll(/(\d+)([hms])/gu)]
  const period = parts.reduce((sum, [, count, unit = ""]) => sum + Number(count) * (units[unit] ?? 0), 0)
  return { next: (after) => Math.floor(after / 1000) * 1000 + period, last: () => undefined }
}

/** In a zone of the IANA database; UTC unless named. Fails with the reason. */
export const parse = (text: string, zone: string | undefined): Result.Result<CronSchedule, string> => {
  const constant = every(text)
  if (constant !== undefined) return Result.succeed(constant)
  return Result.try({
    try: () => {
      const cron = new Cron(text, {
        timezone: zone ?? "Etc/UTC",
        paused: true,
        ...(text.startsWith("@") ? {} : { mode: "5-part" as const })
      })
      return {
        next: (after) => cron.nextRun(new Date(after))?.getTime() ?? Infinity,
        last: (until) => cron.previousRuns(1, new Date(until + 1000))[0]?.getTime()
      }
    },
    catch: String
  })
}
