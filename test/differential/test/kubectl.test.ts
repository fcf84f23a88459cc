import { requireProgram } from "@aiopslab/testkit/Requirements"
import * as WallClockLive from "@aiopslab/runtime/time/WallClockLive"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { run } from "../src/kubectl/Whole.ts"

const missing = requireProgram("kubectl")

describe.skipIf(missing !== undefined)(`the sandbox's kubectl and the real one${missing ?? ""}`, () => {
  it.live(
    "print the same for a sample of command lines, but for what is listed",
    () =>
      Effect.gen(function* () {
        const { compared, verdict } = yield* run("sample")
        assert.isAbove(compared.length, 100)
        assert.deepStrictEqual(verdict.complaints, [])
      }).pipe(Effect.provide([NodeServices.layer, WallClockLive.layer])),
    900_000
  )
})
