import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as fs from "node:fs"
import * as path from "node:path"
import * as Runner from "../src/Runner.ts"
import * as RuntimeServices from "../src/RuntimeServices.ts"
import { fakeLab, spec } from "./FakeLab.ts"
import { options, runOne, temporary } from "./Running.ts"

describe("a trial that its environment failed", () => {
  it.live("is tried again on another cluster, and the first attempt is kept beside it", () =>
    Effect.gen(function* () {
      const { dir, lab, result, trial } = yield* runOne(spec(), fakeLab({ attempts: 2, broken: 1 }))
      assert.deepStrictEqual(
        trial.tasks.map(({ outcome }) => outcome),
        ["passed", "invalid-answer"]
      )
      assert.deepStrictEqual([trial.attempts, result.summary.retried, result.summary.environmentErrors], [2, 1, 0])
      assert.deepStrictEqual(lab.ends, ["Failure", "Success"])
      assert.deepStrictEqual(fs.readdirSync(path.join(dir, "trials")).toSorted(), [trial.id, `${trial.id}.attempt-1`])
      const first = JSON.parse(fs.readFileSync(path.join(dir, "trials", `${trial.id}.attempt-1`, "trial.json"), "utf8"))
      assert.strictEqual(first.error.code, "CLUSTER_REQUEST_FAILED")
    })
  )

  it.live("leaves the attempts of a run that died as they are", () =>
    Effect.gen(function* () {
      const dir = yield* temporary
      const trial = spec()
      const earlier = path.join(dir, "trials", `${trial.id}.attempt-1`)
      fs.mkdirSync(earlier, { recursive: true })
      fs.writeFileSync(path.join(earlier, "events.ndjson"), "")
      const { summary } = yield* Runner.run(options(dir, fakeLab({ attempts: 2, broken: 1 }), [trial]))
      assert.deepStrictEqual([summary.retried, summary.environmentErrors], [1, 0])
      assert.deepStrictEqual(
        fs.readdirSync(path.join(dir, "trials")).toSorted(),
        ["", ".attempt-1", ".attempt-2"].map((end) => `${trial.id}${end}`)
      )
      assert.deepStrictEqual(fs.readdirSync(earlier), ["events.ndjson"])
    }).pipe(Effect.provide(RuntimeServices.layer))
  )

  it.live("is an environment error when no cluster is better", () =>
    Effect.gen(function* () {
      const { lab, result, trial } = yield* runOne(spec(), fakeLab({ attempts: 2, broken: 5 }))
      assert.deepStrictEqual([trial.attempts, result.summary.retried, result.summary.environmentErrors], [2, 1, 2])
      assert.deepStrictEqual(lab.ends, ["Failure", "Failure"])
    })
  )

  it.live("keeps the verdicts that there are", () =>
    Effect.gen(function* () {
      const { lab, trial } = yield* runOne(spec({ lines: ["submit()"] }), fakeLab({ attempts: 2, evaluator: "cannot look" }))
      assert.deepStrictEqual(
        [trial.tasks.map(({ outcome }) => outcome), trial.attempts, lab.ends.length],
        [["invalid-answer", "environment-error"], undefined, 1]
      )
    })
  )

  it.live("is not tried again where a cluster can't be replaced", () =>
    Effect.gen(function* () {
      const { lab, trial } = yield* runOne(spec(), fakeLab({ broken: 1 }))
      assert.deepStrictEqual([trial.attempts, trial.error?.code, lab.ends], [undefined, "CLUSTER_REQUEST_FAILED", ["Failure"]])
    })
  )
})
