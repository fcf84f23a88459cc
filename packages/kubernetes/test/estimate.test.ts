import { admin } from "@aiopslab/core/Kubernetes"
import * as MemoryHost from "@aiopslab/kubernetes/MemoryHost"
import * as Server from "@aiopslab/kubernetes/Server"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import recorded from "./estimate/answers.golden.json" with { type: "json" }
import { estimate } from "../src/cel/estimate/Estimate.ts"
import { mentions } from "../src/cel/estimate/Term.ts"
import * as Types from "../src/cel/estimate/Type.ts"
import { compile } from "../src/validation/Expression.ts"
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

describe("the estimate of an expression", () => {
  /** As deep as the language lets it be, near enough. */
  const deep = (once: (inner: string) => string, inner: string): string =>
    Array.from({ length: 60 }).reduce((text: string) => once(text), inner)

  it.each([
    ["arguments within arguments", deep((inner) => `self.replace(self, ${inner})`, "self")],
    ["what may be there, again and again", `optional.of(self)${".optMap(x, x)".repeat(60)}.hasValue()`]
  ])("looks at %s once", (_, source) => {
    const { error, term } = compile(source, { self: "string" })
    assert.strictEqual(error, "")
    assert.isDefined(term)
    if (term === undefined) return
    const { cost } = estimate(term(), { self: { type: Types.text, most: 10, bytes: 2 }, old: "plain" })
    assert.isAbove(cost, 60)
    assert.isFalse(mentions(term(), "oldSelf"))
  })
})
