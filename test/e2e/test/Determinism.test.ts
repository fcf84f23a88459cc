import * as RuntimeServices from "@aiopslab/runtime/RuntimeServices"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as path from "node:path"
import * as Lab from "./Lab.ts"

const oracle = [{ use: "oracle" }]
const all = ["*"]
const curious = { use: "process", with: { command: [process.execPath, path.join(import.meta.dirname, "programs/curious.ts")] } }

describe("the same seed and the same actions", () => {
  it.live(
    "give the same bytes, on a cluster installed cold, forked, and in worker threads",
    () =>
      Effect.gen(function* () {
        const [cold, again, threads] = [yield* Lab.temporary, yield* Lab.temporary, yield* Lab.temporary]
        // each run opens its own clusters, so the first trial of each is a cold one, and the others are forks
        const first = yield* Lab.run({ selectors: all, agents: [...oracle, { use: "restart-all" }], dir: cold })
        const second = yield* Lab.run({ selectors: all, agents: [{ use: "restart-all" }, ...oracle], dir: again })
        const third = yield* Lab.run({ selectors: all, agents: [...oracle, { use: "restart-all" }], dir: threads, jobs: 2 })
        assert.deepStrictEqual(
          first.trials.map(({ error }) => error),
          first.trials.map(() => undefined)
        )
        assert.deepStrictEqual(new Set(second.trials.map(({ id }) => id)), new Set(first.trials.map(({ id }) => id)))
        assert.strictEqual(third.trials.length, first.trials.length)
        for (const { id } of first.trials) {
          const expected = Lab.bytes(cold, id)
          assert.strictEqual(Lab.bytes(again, id), expected, id)
          assert.strictEqual(Lab.bytes(threads, id), expected, id)
        }
      }).pipe(Effect.scoped, Effect.provide(RuntimeServices.layer)),
    180_000
  )

  it.live(
    "give the same bytes to an agent that asks the shells for the time and for chance",
    () =>
      Effect.gen(function* () {
        const [cold, again] = [yield* Lab.temporary, yield* Lab.temporary]
        const selectors = ["revoke_auth_mongodb-detection-1"]
        const [alone] = (yield* Lab.run({ selectors, agents: [curious], dir: cold })).trials
        // a fork of the cluster that the first trial left, in a worker thread, at another moment of the machine's clock
        const { trials } = yield* Lab.run({ selectors, agents: [...oracle, curious], dir: again, jobs: 2 })
        const id = alone?.id ?? ""
        assert.isTrue(trials.some((trial) => trial.id === id))
        const told = Lab.bytes(cold, id)
        assert.include(told, "Kubernetes-managed hosts file")
        assert.match(told, /\d+ \d+ 0 17672\d{5}/u)
        assert.notInclude(told, "unable to")
        assert.strictEqual(Lab.bytes(again, id), told)
      }).pipe(Effect.scoped, Effect.provide(RuntimeServices.layer)),
    60_000
  )

  it.live(
    "another seed differs",
    () =>
      Effect.gen(function* () {
        const dir = yield* Lab.temporary
        const { trials } = yield* Lab.run({ selectors: ["revoke-auth-mongodb-geo"], agents: oracle, seeds: [1, 2], dir })
        const [one, two] = trials.map(({ id, seed }) =>
          Lab.events(dir, id)
            .replaceAll(`_s${seed}_`, "")
            .replace(/"seed":\d+/u, "")
        )
        assert.notStrictEqual(one, two)
      }).pipe(Effect.scoped, Effect.provide(RuntimeServices.layer)),
    60_000
  )
})
