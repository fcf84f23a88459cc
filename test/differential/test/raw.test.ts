import { requireProgram } from "@aiopslab/testkit/Requirements"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { compare } from "../src/raw/Compared.ts"
import * as Known from "../src/raw/Known.ts"
import { complaints } from "../src/raw/Verdict.ts"

const missing = requireProgram("kube-apiserver") ?? requireProgram("etcd")

describe.skipIf(missing !== undefined)(`odd bytes at a real kube-apiserver and at ours${missing ?? ""}`, () => {
  it.live(
    "are answered alike, but for what is listed",
    () =>
      Effect.gen(function* () {
        const compared = yield* compare
        assert.isAbove(compared.length, 100)
        assert.deepStrictEqual(complaints(compared, yield* Known.read), [])
      }).pipe(Effect.provide(NodeServices.layer)),
    900_000
  )
})
