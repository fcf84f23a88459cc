import { requireProgram } from "@aiopslab/testkit/Requirements"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import type { Script } from "aiopslab-test-differential/clients/Script"
import * as Effect from "effect/Effect"
import * as Recorded from "../src/clients/Recorded.ts"
import * as Served from "../src/clients/Served.ts"
import * as Session from "../src/clients/Session.ts"
import { accepted, judge } from "../src/clients/Verdict.ts"

const missing = requireProgram("kubectl") ?? requireProgram("helm")

/** What is done to nodes is felt by the pods of all others. */
const alone = "nodes"

describe.skipIf(missing !== undefined)(`clients of the embedded cluster${missing ?? ""}`, () => {
  it.live(
    "print what they print on Kind",
    () =>
      Effect.gen(function* () {
        const kubeconfig = yield* Served.make
        const reasons = yield* accepted
        const scripts = yield* Recorded.scripts
        const complaints = Effect.fnUntraced(function* (script: Script) {
          const real = yield* Recorded.load(script.topic)
          const { idle, open } = judge({ ours: yield* Session.run(script, kubeconfig), real }, reasons[script.topic])
          return [script.topic, { open: Object.fromEntries(open), idle }] as const
        })
        const [apart, together] = [scripts.filter(({ topic }) => topic === alone), scripts.filter(({ topic }) => topic !== alone)]
        const found = [...(yield* Effect.forEach(together, complaints, { concurrency: 3 })), ...(yield* Effect.forEach(apart, complaints))]
        assert.isAtLeast(found.length, 7)
        assert.deepStrictEqual(
          Object.fromEntries(found.filter(([, { idle, open }]) => idle.length > 0 || Object.keys(open).length > 0)),
          {}
        )
      }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)),
    600_000
  )
})
