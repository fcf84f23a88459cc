import { requireProgram } from "@aiopslab/testkit/Requirements"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import type { Script } from "aiopslab-test-differential/clients/Script"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Recorded from "../src/clients/Recorded.ts"
import * as Served from "../src/clients/Served.ts"
import * as Session from "../src/clients/Session.ts"
import { differences } from "../src/clients/Told.ts"
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
        const played = Effect.fnUntraced(function* (script: Script) {
          const ours = yield* Session.run(script, kubeconfig)
          return differences(script.topic, judge({ ours, real: yield* Recorded.load(script.topic) }, reasons[script.topic]))
        })
        const complaints = Effect.fnUntraced(function* (script: Script) {
          const first = yield* played(script)
          if (first.length === 0) return first
          yield* Console.log(`played again, for these differed:\n${first.join("\n")}`)
          return yield* played(script)
        })
        const [apart, together] = [scripts.filter(({ topic }) => topic === alone), scripts.filter(({ topic }) => topic !== alone)]
        const found = [...(yield* Effect.forEach(together, complaints, { concurrency: 3 })), ...(yield* Effect.forEach(apart, complaints))]
        assert.isAtLeast(found.length, 7)
        const differing = found.flat()
        assert.isEmpty(differing, differing.join("\n"))
      }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)),
    600_000
  )
})
