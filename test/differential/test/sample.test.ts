import { requireProgram } from "@aiopslab/testkit/Requirements"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Baseline from "../src/Baseline.ts"
import * as Known from "../src/Known.ts"
import { sampled } from "../src/Sample.ts"
import * as Suite from "../src/Suite.ts"
import { complaints, judge } from "../src/Verdict.ts"

const missing = requireProgram("kube-apiserver") ?? requireProgram("etcd")

describe.skipIf(missing !== undefined)(`a real kube-apiserver and ours${missing ?? ""}`, () => {
  it.live(
    "differ in a sample of requests only where a reason is listed, or as often as counted",
    () =>
      Effect.gen(function* () {
        const entries = yield* Known.read
        const { broken, compared } = yield* Suite.run({
          reading: "fresh",
          concurrency: 12,
          purpose: "compare",
          kind: () => true,
          scenario: sampled
        })
        assert.deepStrictEqual(broken, [])
        assert.isAbove(compared.length, 2000)
        assert.deepStrictEqual(complaints(judge(compared, entries), yield* Baseline.read, entries, "sample"), [])
      }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)),
    900_000
  )
})
