/**
 * Differences that nobody has explained yet, by situation, as they were last counted: `situations/unexplained.json`. They are not agreement.
 * The list can only shrink by hand-made progress: the test fails on a difference that is not in it, and on one in it that is no more.
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Schema from "effect/Schema"
import { differences } from "./Compare.ts"
import * as Embedded from "./Embedded.ts"
import * as Recording from "./Recording.ts"
import { read } from "./Situation.ts"
import type { Story } from "./Story.ts"

const Unexplained = Schema.Record(Schema.String, Schema.Array(Schema.String))
export type Unexplained = typeof Unexplained.Type

const file = `${Recording.folder}unexplained.json`

export const load = Effect.flatMap(FileSystem.FileSystem, (fs) =>
  Effect.flatMap(fs.readFileString(file), Schema.decodeUnknownEffect(Schema.fromJsonString(Unexplained)))
)

export const save = (all: Unexplained) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => fs.writeFileString(file, `${JSON.stringify(all, null, 1)}\n`))

/** How a situation comes out here beside these runs of Kind: `fails: …` when it can't be played to its end. */
export const against = Effect.fnUntraced(function* (name: string, runs: ReadonlyArray<Story>) {
  const situation = read(yield* Recording.source(name))
  const all = yield* Embedded.run(situation, "situations").pipe(
    Effect.map((story) => differences(runs, story)),
    Effect.catch((error) => Effect.succeed([`fails: ${error.message}`]))
  )
  const accepted = Object.keys(situation.accepted ?? {})
  const isAccepted = (line: string) => accepted.some((one) => line.startsWith(one))
  return {
    open: all.filter((line) => !isAccepted(line)),
    /** Reasons for differences that are no more. */
    idle: accepted.filter((one) => !all.some((line) => line.startsWith(one)))
  }
})

export const found = (name: string) => Effect.flatMap(Recording.load(name), ({ runs }) => against(name, runs))
