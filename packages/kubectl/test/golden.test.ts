/** What kubectl 1.34 prints on a real API server, and what ours prints on our server. `scripts/record.ts` writes the golden file. */
import { admin } from "@aiopslab/core/Kubernetes"
import * as Kubectl from "@aiopslab/kubectl/Kubectl"
import * as MemoryHost from "@aiopslab/kubernetes/MemoryHost"
import * as Server from "@aiopslab/kubernetes/Server"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { argvOf, cases, entry, expected, files, load, namespace } from "./Golden.ts"

const played = Effect.gen(function* () {
  const host = yield* MemoryHost.make()
  const api = Server.make({ host }).api(admin)
  yield* load(api)
  const kubectl = yield* Kubectl.make(api)
  const out: Array<string> = []
  for (const line of cases) {
    const fiber = yield* Effect.forkChild(kubectl.run({ argv: argvOf(line), namespace, files }), { startImmediately: true })
    yield* TestClock.adjust("2 seconds")
    out.push(entry(line, yield* Fiber.join(fiber)))
    yield* TestClock.setTime(1_767_225_600_000)
  }
  return out
})

describe("kubectl prints what the real one prints", () => {
  it.effect("for every recorded command", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(1_767_225_600_000)
      const ours = yield* played
      const real = expected()
      assert.strictEqual(ours.length, real.length)
      const differing = cases.flatMap((_, index) => (ours[index] === real[index] ? [] : [index]))
      assert.deepStrictEqual(
        differing.map((index) => ours[index]),
        differing.map((index) => real[index])
      )
    })
  )
})
