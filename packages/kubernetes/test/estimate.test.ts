import { admin } from "@aiopslab/core/Kubernetes"
import * as MemoryHost from "@aiopslab/kubernetes/MemoryHost"
import * as Server from "@aiopslab/kubernetes/Server"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import recorded from "./estimate/answers.golden.json" with { type: "json" }
import * as Cases from "./estimate/Cases.ts"

describe("what rules may cost is estimated, and refused, as by kube-apiserver 1.34", () => {
  const told = new Map<string, unknown>(Object.entries(recorded))
  for (const [title, definition] of Object.entries(Cases.definitions)) {
    it.effect(title, () =>
      Effect.gen(function* () {
        const api = Server.make({ host: yield* MemoryHost.make() }).api(admin)
        assert.deepStrictEqual(yield* Cases.answer(api, title, definition), told.get(title))
      })
    )
  }
})
