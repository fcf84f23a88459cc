/** The same scripts on both sides. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Outcome } from "./Play.ts"
import { play } from "./Play.ts"
import * as Printed from "./Printed.ts"
import type { Command, Script } from "./Script.ts"
import { type Sides, start } from "./Side.ts"

export interface Compared {
  readonly topic: string
  readonly command: Command
  readonly ours: Outcome
  readonly real: Outcome
  readonly agrees: boolean
}

type Normal = (printed: string) => string

const same = (a: Outcome, b: Outcome): boolean => a.code === b.code && a.stdout === b.stdout && a.stderr === b.stderr

/** What both sides printed for a script's commands. */
export const paired = (
  script: Script,
  [mine, theirs]: readonly [ReadonlyArray<Outcome>, ReadonlyArray<Outcome>],
  normal: Normal
): ReadonlyArray<Compared> =>
  script.commands.flatMap((command, i): ReadonlyArray<Compared> => {
    const without = ({ code, stderr, stdout }: Outcome): Outcome => ({ code, stdout: normal(stdout), stderr: normal(stderr) })
    const [our, their] = [mine[i], theirs[i]]
    if (our === undefined || their === undefined) return []
    const [ours, real] = [without(our), without(their)]
    return [{ topic: script.topic, command, ours, real, agrees: same(ours, real) }]
  })

const both = (script: Script, { ours, real }: Sides) =>
  Effect.map(Effect.all([play(script, ours), play(script, real)], { concurrency: 2 }), (played) => paired(script, played, Printed.normal))

/** One script after the other: what one leaves the next finds, on both sides. */
export const compare = (scripts: ReadonlyArray<Script>) =>
  Stream.unwrap(
    Effect.map(start, (sides) =>
      Stream.fromIterable(scripts).pipe(
        Stream.mapEffect((script) => both(script, sides)),
        Stream.flattenIterable
      )
    )
  )
