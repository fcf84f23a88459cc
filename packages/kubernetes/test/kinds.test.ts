import { readFileSync } from "node:fs"
import { admin } from "@aiopslab/core/Kubernetes"
import * as MemoryHost from "@aiopslab/kubernetes/MemoryHost"
import * as Server from "@aiopslab/kubernetes/Server"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import answers from "./kinds/answers.golden.json" with { type: "json" }
import * as Cases from "./kinds/Cases.ts"
import differences from "./kinds/differences.json" with { type: "json" }

const file = (name: string): string => readFileSync(new URL(`./kinds/${name}`, import.meta.url), "utf8")

describe("each kind is defaulted, validated and shown as by kube-apiserver 1.34", () => {
  it.effect("every fault of every field is told in its words, but for those that differences.json gives a reason for", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(1_800_000_000_000)
      const api = Server.make({ host: yield* MemoryHost.make() }).api(admin)
      const recorded = new Map<string, unknown>(Object.entries(answers))
      const reasons = new Map<string, string>(
        Object.entries(differences).flatMap(([why, labels]) => labels.map((label) => [label, why] as const))
      )
      const wrong: Array<unknown> = []
      const agreeing: Array<string> = []
      for (const { label, request } of Cases.cases(file("objects.yaml"))) {
        const ours: unknown = JSON.parse(JSON.stringify(yield* Cases.answer(api, request)))
        const real = recorded.get(label)
        const same = JSON.stringify(ours) === JSON.stringify(real)
        if (!same && !reasons.has(label)) wrong.push({ label, ours, real })
        if (same && reasons.has(label)) agreeing.push(label)
      }
      assert.deepStrictEqual(wrong, [])
      assert.deepStrictEqual(agreeing, [])
      assert.isAbove(recorded.size, 2000)
    })
  )
})
