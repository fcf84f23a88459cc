import { admin } from "@aiopslab/core/Kubernetes"
import { equal } from "@aiopslab/kubernetes/Equal"
import * as MemoryHost from "@aiopslab/kubernetes/MemoryHost"
import * as Server from "@aiopslab/kubernetes/Server"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import answers from "./golden/answers.golden.json" with { type: "json" }
import breadthAnswers from "./golden/breadth.answers.golden.json" with { type: "json" }
import breadthRequests from "./golden/breadth.requests.golden.json" with { type: "json" }
import requests from "./golden/requests.golden.json" with { type: "json" }
import * as Steps from "./golden/Steps.ts"

const compare = (requests: unknown, answers: ReadonlyArray<unknown>) =>
  Effect.gen(function* () {
    const api = Server.make({ host: yield* MemoryHost.make() }).api(admin)
    const steps = yield* Schema.decodeUnknownEffect(Schema.Array(Steps.Step))(requests)
    const found = yield* Effect.forEach(steps, (step) => Steps.answer(api, step))
    assert.strictEqual(found.length, answers.length)
    const different = found.flatMap((answer, i) => {
      const ours: unknown = JSON.parse(JSON.stringify(answer))
      return equal(ours, answers[i]) ? [] : [{ request: steps[i], ours, real: answers[i] }]
    })
    assert.deepStrictEqual(
      different.map(({ ours, request }) => ({ request, answer: ours })),
      different.map(({ real, request }) => ({ request, answer: real }))
    )
  })

describe("a bare server answers as kube-apiserver 1.34 does", () => {
  it.effect("every request of requests.golden.json, in order", () => compare(requests, answers))
  it.effect("all versions, options, selectors, subresources and custom resources of breadth.requests.golden.json", () =>
    compare(breadthRequests, breadthAnswers)
  )
})
