/** Plays situations on a Kind cluster, some at once, and then, one after the other, those that have to be alone. */
import { record, records, string } from "@aiopslab/kubernetes/Json"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
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

/** Ends when no pods of other situations are left. */
const alone = ({ api }: Site) =>
  api.request({ method: "GET", path: "/api/v1/pods" }).pipe(
    Effect.flatMap(({ body }) => {
      const left = records(record(body)["items"]).filter(
        ({ metadata }) => string(record(metadata)["namespace"])?.startsWith(prefix) === true
      )
      return left.length === 0 ? Effect.void : Effect.fail(new SituationError(`${left.length} pods of other situations are still there`))
    }),
    Effect.retry({ schedule: Schedule.spaced("1 second"), times: 120 })
  )

const once = (site: Site, name: string, situation: Situation, run: string) => {
  const namespace = `${prefix}${name}-${run}`
  return Effect.andThen(
    situation.alone === true ? alone(site) : Effect.void,
    Effect.map(play(site, situation, namespace), (seen) => tell(seen, { namespace, prefix: site.prefix }))
  )
}

/** What the runs of a situation came to, or why one couldn't be played to its end. */
export type Answer = Result.Result<ReadonlyArray<Story>, string>

/** `runs` name the namespaces; `each` is given an answer as soon as it is known. */
export const ask = Effect.fnUntraced(function* <E, R>(
  site: Site,
  names: ReadonlyArray<string>,
  runs: ReadonlyArray<string>,
  each: (name: string, answer: Answer) => Effect.Effect<void, E, R>
) {
  const all = yield* Effect.forEach(names, (name) => Effect.map(Recording.source(name), (text) => ({ name, situation: read(text) })))
  const one = ({ name, situation }: (typeof all)[number]) =>
    Effect.forEach(runs, (run) => once(site, name, situation, run)).pipe(
      Effect.result,
      Effect.flatMap((answer) =>
        each(
          name,
          Result.mapError(answer, (error) => `fails: ${error.message}`)
        )
      )
    )
  const [together, apart] = [
    all.filter(({ situation }) => situation.alone !== true),
    all.filter(({ situation }) => situation.alone === true)
  ]
  yield* Effect.forEach(together, one, { concurrency: atOnce, discard: true })
  yield* Effect.forEach(apart, one, { discard: true })
})
