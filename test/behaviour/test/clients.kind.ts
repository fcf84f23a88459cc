/** `npm run kind -w test/behaviour`: needs Docker, kind, kubectl, helm and the kit's node image (its `up`). */
import { requireProgram } from "@aiopslab/testkit/Requirements"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Recorded from "../src/clients/Recorded.ts"
import * as Session from "../src/clients/Session.ts"
import { differences } from "../src/clients/Told.ts"
import { judge } from "../src/clients/Verdict.ts"
import * as KindCluster from "../src/KindCluster.ts"
import * as Sample from "../src/Sample.ts"

const missing = requireProgram("kind") ?? requireProgram("docker") ?? requireProgram("kubectl") ?? requireProgram("helm")

/** A machine that does something else meanwhile is late now and then. */
const attempts = 3

describe.skipIf(missing !== undefined)(`one topic of the clients, on Kind anew${missing ?? ""}`, () => {
  it.live(
    "prints what was recorded",
    () =>
      Effect.gen(function* () {
        const kubeconfig = yield* KindCluster.make(`clients-${process.pid}`)
        for (const script of yield* Sample.scripts) {
          yield* Console.log(`to play it again: AIOPSLAB_TOPICS=${script.topic}`)
          const real = yield* Recorded.load(script.topic)
          let differing: ReadonlyArray<string> = []
          for (let attempt = 1; attempt <= attempts; attempt++) {
            differing = differences(script.topic, { ...judge({ ours: yield* Session.run(script, kubeconfig), real }), idle: [] })
            yield* Console.log(`${script.topic}: attempt ${attempt}: ${differing.length} differ\n${differing.join("\n")}`)
            if (differing.length === 0) break
          }
          assert.isEmpty(differing, differing.join("\n"))
        }
      }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)),
    840_000
  )
})
