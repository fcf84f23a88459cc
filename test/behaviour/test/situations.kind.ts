/** `npm run kind -w test/behaviour`: needs Docker, kind and the kit's node image (its `up`). */
import { requireProgram } from "@aiopslab/testkit/Requirements"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Asked from "../src/Asked.ts"
import { differences } from "../src/Compare.ts"
import * as Kind from "../src/Kind.ts"
import * as KindCluster from "../src/KindCluster.ts"
import { completed } from "../src/PassedOver.ts"
import * as Recording from "../src/Recording.ts"
import * as Sample from "../src/Sample.ts"
import * as Unexplained from "../src/Unexplained.ts"

const missing = requireProgram("kind") ?? requireProgram("docker")

/** A run may have been unlucky: a machine that does something else meanwhile is not idle. */
const attempts = 4

describe.skipIf(missing !== undefined)(`a tenth of the situations, on Kind anew${missing ?? ""}`, () => {
  it.live(
    "comes out as it was recorded, and as it does here",
    () =>
      Effect.gen(function* () {
        const names = yield* Sample.situations
        yield* Console.log(`to play these again: AIOPSLAB_SITUATIONS="${names.join(" ")}"`)
        const { site } = yield* Kind.connect(yield* KindCluster.make(`situations-${process.pid}`))
        const differ = new Map<string, ReadonlyArray<string>>(names.map((name) => [name, ["not played"]]))
        for (let attempt = 1; attempt <= attempts && differ.size > 0; attempt++) {
          yield* Asked.ask(site, [...differ.keys()], [String(attempt)], (name, answer) =>
            Effect.gen(function* () {
              const { runs } = yield* Recording.load(name)
              const fresh = Result.getOrElse(answer, () => []).map((story) => completed(runs, story))
              const complaints = [
                ...(Result.isFailure(answer) ? [answer.failure] : []),
                ...fresh
                  .flatMap((story) => differences(runs, story))
                  .map((line) => line.replace("only on Kind", "only recorded").replace("only here", "only anew")),
                ...(yield* Unexplained.against(name, [...runs, ...fresh])).open
              ]
              if (complaints.length === 0) differ.delete(name)
              else differ.set(name, complaints)
              yield* Console.log(
                `${name}: ${complaints.length === 0 ? "as recorded" : `attempt ${attempt} differs: ${complaints.join(" | ")}`}`
              )
            })
          )
        }
        assert.deepStrictEqual(Object.fromEntries(differ), {})
      }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)),
    840_000
  )
})
