/** A tenth of the situations, another one for each commit. `AIOPSLAB_SITUATIONS` names some instead, to play them again. */
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as ChildProcess from "effect/process/ChildProcess"
import { ChildProcessSpawner } from "effect/process/ChildProcessSpawner"
import { createHash } from "node:crypto"
import * as Recording from "./Recording.ts"

const share = 10

const rank = (seed: string, name: string): string => createHash("sha256").update(`${seed} ${name}`).digest("hex")

export const of = (seed: string, names: ReadonlyArray<string>): ReadonlyArray<string> =>
  names.toSorted((a, b) => (rank(seed, a) < rank(seed, b) ? -1 : 1)).slice(0, Math.ceil(names.length / share))

/** Where there is no commit, as in an archive, it is always the same tenth. */
const commit = Effect.flatMap(ChildProcessSpawner, (spawner) => spawner.string(ChildProcess.make("git", ["rev-parse", "HEAD"]))).pipe(
  Effect.map((text) => text.trim()),
  Effect.orElseSucceed(() => "")
)

export const names = Effect.gen(function* () {
  const given = yield* Config.String("AIOPSLAB_SITUATIONS").pipe(Config.withDefault(""))
  const wanted = given.split(/[\s,]+/u).filter((word) => word !== "")
  return wanted.length > 0 ? wanted : of(yield* commit, yield* Recording.recorded)
})
