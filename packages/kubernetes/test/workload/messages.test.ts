import { admin } from "@aiopslab/core/Kubernetes"
import * as MemoryHost from "@aiopslab/kubernetes/MemoryHost"
import * as Server from "@aiopslab/kubernetes/Server"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Steps from "../golden/Steps.ts"
import recorded from "./answers.golden.json" with { type: "json" }
import { cases } from "./Cases.ts"

const Recorded = Schema.Record(Schema.String, Schema.Unknown)

describe("pods and workloads are refused, completed and warned of in the words of kube-apiserver 1.34", () => {
  it.effect("every row of Cases.ts, in order", () =>
    Effect.gen(function* () {
      const api = Server.make({ host: yield* MemoryHost.make() }).api(admin)
      const answers = yield* Effect.forEach(Object.entries(cases), ([title, request]) =>
        Effect.map(Steps.answer(api, request), (answer) => [title, answer] as const)
      )
      const ours: unknown = JSON.parse(JSON.stringify(Object.fromEntries(answers)))
      assert.deepStrictEqual(ours, yield* Schema.decodeUnknownEffect(Recorded)(recorded))
    })
  )
})
