/**
 * What the interpreter takes for the machine's clock, timers and chance. Within a script they are the script's; which script runs is told by
 * the chain of promises, so scripts may interleave and nest. Elsewhere they are the machine's. Local time is UTC always.
 */
import { AsyncLocalStorage } from "node:async_hooks"

export interface Senses {
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Uniform in [0, 1). */
  readonly random: () => number
  /** Calls back after so many milliseconds; what it gives cancels that. */
  readonly after: (millis: number, callback: () => void) => () => void
}

const present = new AsyncLocalStorage<Senses>()

/** Runs this, and whatever follows from its promises, with these senses. */
export const within = <A>(senses: Senses, body: () => A): A => present.run(senses, body)

/** Takes whoever calls the result later back to the present senses, and out of the interpreter. */
export const wayBack = (): ((body: () => void) => void) => AsyncLocalStorage.snapshot()

/** Ends in a time with its zone: `10:00Z`, `10:00:00 +0200`, `10:00 GMT`. */
const zoned = /\d{1,2}:\d{2}.*(?:[a-z]|[+-]\d{2}:?\d{2})\)?$/iu

const parsed = (text: string): number => {
  const universal = zoned.test(text.trim()) ? Number.NaN : Date.parse(`${text.trim()}Z`)
  return Number.isNaN(universal) ? Date.parse(text) : universal
}

const now = (): number => present.getStore()?.now() ?? Date.now()

type DateParts = [value?: string | number | Date, month?: number, ...rest: Array<number>]

const millisOf = (parts: DateParts): number => {
  if (parts.length === 0) return now()
  const [value, month, ...rest] = parts
  if (month !== undefined) return Date.UTC(Number(value), month, ...rest)
  return typeof value === "string" ? parsed(value) : Number(value)
}

class ScriptDate extends Date {
  constructor(...parts: DateParts) {
    super(millisOf(parts))
  }
  static override now(): number {
    return now()
  }
  static override parse(text: string): number {
    return parsed(text)
  }
  override getTimezoneOffset(): number {
    return 0
  }
  override toString(): string {
    return this.toUTCString()
  }
}

for (const part of ["FullYear", "Month", "Date", "Day", "Hours", "Minutes", "Seconds", "Milliseconds"]) {
  for (const verb of ["get", "set"]) {
    const value: unknown = Reflect.get(Date.prototype, `${verb}UTC${part}`)
    if (value !== undefined) Object.defineProperty(ScriptDate.prototype, `${verb}${part}`, { value })
  }
}

class ScriptDateTimeFormat extends Intl.DateTimeFormat {
  constructor(locales?: string | Array<string>, options?: Intl.DateTimeFormatOptions) {
    super(locales ?? "en-US", { ...options, timeZone: options?.timeZone ?? "UTC" })
  }
}

/** A copy of a namespace object (`Math`, `Intl`), with some of it replaced. */
const variant = (original: object, replaced: Record<string, unknown>): object =>
  Object.defineProperties({}, { ...Object.getOwnPropertyDescriptors(original), ...Object.getOwnPropertyDescriptors(replaced) })

class ScriptTimer {
  readonly cancel: () => void
  constructor(cancel: () => void) {
    this.cancel = cancel
  }
}

// taken now: while a script runs, just-bash bars the way to them
const machine = { setTimeout, clearTimeout, elapsed: performance.now.bind(performance) }

const timers = {
  setTimeout: (callback: () => void, millis: number): unknown => {
    const senses = present.getStore()
    return senses === undefined ? machine.setTimeout(callback, millis) : new ScriptTimer(senses.after(millis, callback))
  },
  clearTimeout: (timer: NodeJS.Timeout | ScriptTimer | undefined): void => {
    if (timer instanceof ScriptTimer) timer.cancel()
    else machine.clearTimeout(timer)
  }
}

/** By the names of the globals in whose place they stand; `compareText` in that of `localeCompare`, which asks for the machine's language. */
export const impersonated = {
  compareText: (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0),
  Date: ScriptDate,
  Math: variant(Math, { random: () => present.getStore()?.random() ?? Math.random() }),
  Intl: variant(Intl, { DateTimeFormat: ScriptDateTimeFormat }),
  performance: { timeOrigin: 0, now: () => present.getStore()?.now() ?? machine.elapsed() },
  globalThis: Object.create(globalThis, Object.getOwnPropertyDescriptors(timers)) as unknown
}
