/** Delays that double with each failure, as client-go's flowcontrol.Backoff: 10 s up to 5 min, forgotten after 10 quiet minutes. */
import type { BackOff } from "./PodRuntime.ts"

const first = 10_000
const most = 300_000

const expired = (entry: BackOff, at: number): boolean => at - entry.updatedAt > 2 * most

/** Until when a failure at `at` has to wait; undefined when it needn't. */
export const waitsUntil = (entry: BackOff | undefined, at: number, now: number): number | undefined =>
  entry === undefined || expired(entry, at) || now - at >= entry.delay ? undefined : at + entry.delay

/** The entry after another failure that happened at `at`. */
export const next = (entry: BackOff | undefined, at: number, now: number): BackOff => ({
  delay: entry === undefined || expired(entry, at) ? first : Math.min(entry.delay * 2, most),
  updatedAt: now
})

/** `10s`, `1m20s`, `5m0s`: a Go duration of whole seconds. */
export const goSeconds = (millis: number): string => {
  const seconds = Math.round(millis / 1000)
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`
}

/** `850ms`, `1.234s`, `1m2.5s`: a Go duration of milliseconds. */
export const goMillis = (millis: number): string =>
  millis < 1000 ? `${millis}ms` : millis < 60_000 ? `${millis / 1000}s` : `${Math.floor(millis / 60_000)}m${(millis % 60_000) / 1000}s`
