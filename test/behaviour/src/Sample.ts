/** A tenth of the situations and one topic of the clients, others for each commit. `AIOPSLAB_SITUATIONS` and `AIOPSLAB_TOPICS` name some instead, to play them again. */
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as ChildProcess from "effect/process/ChildProcess"
import { ChildProcessSpawner } from "effect/process/ChildProcessSpawner"
import { createHash } from "node:crypto"
import * as Recorded from "./clients/Recorded.ts"
import * as Recording from "./Recording.ts"

const rank = (seed: string, name: string): string => createHash("sha256").update(`${seed} ${name}`).digest("hex")

/** As many of the names, drawn by the seed. */
export const of = (seed: string, names: ReadonlyArray<string>, count: number): ReadonlyArray<string> =>
  names.toSorted((a, b) => (rank(seed, a) < rank(seed, b) ? -1 : 1)).slice(0, count)

/** Where there is no commit, as in an archive, it is always the same. */
const commit = Effect.flatMap(ChildProcessSpawner, (spawner) => spawner.string(ChildProcess.make("git", ["rev-parse", "HEAD"]))).pipe(
  Effect.map((text) => text.trim()),
  Effect.orElseSucceed(() => "")
)

const asked = (variable: string) =>
  Effect.map(Config.String(variable).pipe(Config.withDefault("")), (given) => given.split(/[\s,]+/u).filter((word) => word !== ""))

export const situations = Effect.gen(function* () {
  const wanted = yield* asked("AIOPSLAB_SITUATIONS")
  const names = yield* Recording.recorded
  return wanted.length > 0 ? wanted : of(yield* commit, names, Math.ceil(names.length / 10))
})

export const scripts = Effect.gen(function* () {
  const wanted = yield* asked("AIOPSLAB_TOPICS")
  const all = yield* Recorded.scripts
  const topics = all.map(({ topic }) => topic)
  const chosen = new Set(wanted.length > 0 ? wanted : of(yield* commit, topics, 1))
  return all.filter(({ topic }) => chosen.has(topic))
})
