/** Data goes to stdout, everything else to stderr. Colours only on a terminal, and never with NO_COLOR. */
import * as Effect from "effect/Effect"
import { styleText } from "node:util"

const line = (text: string): string => (text.endsWith("\n") ? text : `${text}\n`)

export const print = (text: string): Effect.Effect<void> =>
  Effect.sync(() => {
    process.stdout.write(line(text))
  })

export const printJson = (value: unknown): Effect.Effect<void> => print(JSON.stringify(value, undefined, 2))

export const note = (text: string): Effect.Effect<void> =>
  Effect.sync(() => {
    process.stderr.write(line(text))
  })

export type Style = "green" | "red" | "yellow" | "dim" | "bold" | "cyan"

export const paint = (style: Style, text: string, stream: NodeJS.WriteStream = process.stdout): string => styleText(style, text, { stream })
