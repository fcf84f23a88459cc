import { requireProgram } from "@aiopslab/testkit/Requirements"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { run } from "../src/clients/Whole.ts"

const missing = requireProgram("kube-apiserver") ?? requireProgram("etcd") ?? requireProgram("kubectl") ?? requireProgram("helm")

describe.skipIf(missing !== undefined)(`kubectl at a real kube-apiserver and at ours${missing ?? ""}`, () => {
  it.live(
    "prints the same for a sample of command lines, but for what is listed",
    () =>
      Effect.gen(function* () {
        const { compared, verdict } = yield* run("sample")
        assert.isAbove(compared.length, 100)
        assert.deepStrictEqual(verdict.complaints, [])
      }).pipe(Effect.provide(NodeServices.layer)),
    900_000
  )
})
