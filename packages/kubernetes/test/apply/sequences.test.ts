import { admin } from "@aiopslab/core/Kubernetes"
import * as MemoryHost from "@aiopslab/kubernetes/MemoryHost"
import * as Server from "@aiopslab/kubernetes/Server"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import recorded from "./answers.golden.json" with { type: "json" }
import * as Answers from "./Answers.ts"
import { sequences } from "./Sequences.ts"

const Recorded = Schema.Record(Schema.String, Schema.Array(Schema.Unknown))

describe("owners as kube-apiserver 1.34 has them", () => {
  for (const [name, sequence] of Object.entries(sequences)) {
    it.effect(name, () =>
      Effect.gen(function* () {
        const api = Server.make({ host: yield* MemoryHost.make() }).api(admin)
        const real = (yield* Schema.decodeUnknownEffect(Recorded)(recorded))[name] ?? []
        const ours: unknown = JSON.parse(JSON.stringify(yield* Answers.answers(api, sequence)))
        assert.deepStrictEqual(ours, real)
      })
    )
  }
})
