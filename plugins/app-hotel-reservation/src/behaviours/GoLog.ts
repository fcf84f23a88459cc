/**
 * Log lines in zerolog's two styles, as the Go services mix them: JSON before the console writer is set up, then
 * `TIME LVL file:line > message`. Times are RFC 3339 with seconds. Everything goes to stdout but a panic's trace.
 */
import type { ProgramEffect } from "@aiopslab/core/Behaviour"

export type Level = "INF" | "ERR" | "FTL" | "PNC"

export const rfc3339 = (millis: number): string => `${new Date(millis).toISOString().slice(0, 19)}Z`

export const json = (now: number, message: string): ProgramEffect => ({
  _tag: "Log",
  stream: "stdout",
  line: JSON.stringify({ level: "info", time: rfc3339(now), message })
})

export const line = (now: number, level: Level, source: string, message: string): ProgramEffect => ({
  _tag: "Log",
  stream: "stdout",
  line: `${rfc3339(now)} ${level} ${source} > ${message}`
})

/** zerolog's `Fatal`: one line, exit code 1. */
export const fatal = (now: number, source: string, message: string): ReadonlyArray<ProgramEffect> => [
  line(now, "FTL", source, message),
  { _tag: "Exit", code: 1 }
]

/** zerolog's `Panic`: one line, the runtime's trace on stderr, exit code 2. */
export const panic = (now: number, source: string, message: string): ReadonlyArray<ProgramEffect> => [
  line(now, "PNC", source, message),
  ...[
    `panic: ${message}`,
    "",
    "goroutine 1 [running]:",
    "github.com/rs/zerolog.(*Logger).Panic.func1(...)",
    "main.initializeDatabase(...)",
    `\t${source}`,
    "main.main()"
  ].map((text): ProgramEffect => ({ _tag: "Log", stream: "stderr", line: text })),
  { _tag: "Exit", code: 2 }
]
