/** Plays situations on a Kind cluster, some at once, and then, one after the other, those that have to be alone. */
import { record, records, string } from "@aiopslab/kubernetes/Json"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type { Site } from "./Play.ts"
import { play, SituationError } from "./Play.ts"
import * as Recording from "./Recording.ts"
import type { Situation } from "./Situation.ts"
import { read } from "./Situation.ts"
import type { Story } from "./Story.ts"
import { tell } from "./Story.ts"

const prefix = "s-"

/** How many at once leave two processors room enough that starting a container takes no longer than it should. */
const atOnce = 3

const quiet = ({ api }: Site) =>
  api.request({ method: "GET", path: "/api/v1/pods" }).pipe(
    Effect.flatMap(({ body }) => {
      const left = records(record(body)["items"]).filter(
        ({ metadata }) => string(record(metadata)["namespace"])?.startsWith(prefix) === true
      )
      return left.length === 0 ? Effect.void : Effect.fail(new SituationError(`${left.length} pods of other situations are still there`))
    }),
    Effect.retry({ schedule: Schedule.spaced("1 second"), times: 120 })
  )

const asked = (site: Site, name: string, situation: Situation, run: string) => {
  const namespace = `${prefix}${name}-${run}`
  return Effect.map(play(site, situation, namespace), (seen) => tell(seen, namespace))
}

/** `each` is given what a situation came to, as soon as it is known; `runs` name the namespaces. */
export const ask = <A, E, R>(
  site: Site,
  names: ReadonlyArray<string>,
  runs: ReadonlyArray<string>,
  each: (name: string, stories: ReadonlyArray<Story>) => Effect.Effect<A, E, R>
) =>
  Effect.gen(function* () {
    const all = yield* Effect.forEach(names, (name) =>
      Effect.map(Recording.source(name), (text) => ({ name, situation: read(text) }))
    )
    const one = ({ name, situation }: (typeof all)[number]) =>
      Effect.flatMap(
        Effect.forEach(runs, (run) => Effect.andThen(situation.alone === true ? quiet(site) : Effect.void, asked(site, name, situation, run))),
        (stories) => each(name, stories)
      ).pipe(Effect.catch((error) => Effect.logError(`${name}: ${String(error)}`)))
    yield* Effect.forEach(
      all.filter(({ situation }) => situation.alone !== true),
      one,
      { concurrency: atOnce, discard: true }
    )
    yield* Effect.forEach(
      all.filter(({ situation }) => situation.alone === true),
      one,
      { discard: true }
    )
  })
