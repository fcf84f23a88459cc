import { assert, describe, it } from "@effect/vitest"
import { virtualEpoch } from "@aiopslab/core/Cluster"
import { admin } from "@aiopslab/core/Kubernetes"
import { booted } from "@aiopslab/simulator/Boot"
import * as EmbeddedCluster from "@aiopslab/simulator/EmbeddedCluster"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { playbook } from "../Demo.ts"

/** A pod that writes a line of so many bytes each second, `begin` before them. */
const chatting = (bytes: number) =>
  Effect.gen(function* () {
    yield* TestClock.setTime(virtualEpoch)
    const { cluster } = EmbeddedCluster.make({ name: "test", world: booted({ playbook, workers: 1, seed: "logs" }) })
    const api = cluster.api(admin)
    const pods = "/api/v1/namespaces/default/pods"
    const container = { name: "web", image: "demo:1", command: ["demo", "chatter", String(bytes)] }
    yield* api.request({ method: "POST", path: pods, body: { metadata: { name: "web" }, spec: { containers: [container] } } })
    yield* TestClock.adjust("5 seconds")
    /** The first words of its lines. */
    const words = (query: Readonly<Record<string, string>> = {}) =>
      Effect.map(api.request({ method: "GET", path: `${pods}/web/log`, query }), ({ body }) =>
        String(body)
          .split("\n")
          .filter((line) => line !== "")
          .map((line) => line.split(" ")[0])
      )
    return { words }
  })

describe("a container's log", () => {
  it.effect("is one file as long as it is small", () =>
    Effect.gen(function* () {
      const { words } = yield* chatting(1_000)
      yield* TestClock.adjust("10 minutes")
      assert.strictEqual((yield* words())[0], "begin")
    })
  )

  it.effect("is put aside when it is larger than ten mebibytes, within ten seconds", () =>
    Effect.gen(function* () {
      const { words } = yield* chatting(1_048_576)
      yield* TestClock.adjust("4 seconds")
      assert.strictEqual((yield* words())[0], "begin")
      yield* TestClock.adjust("12 seconds")
      const [first] = yield* words()
      assert.isAbove(Number(first), 10)
      assert.isBelow(Number(first), 21)
      assert.strictEqual((yield* words({ tailLines: "100" }))[0], first)
      assert.strictEqual((yield* words({ sinceSeconds: "3600" }))[0], first)
      yield* TestClock.adjust("9 seconds")
      assert.isAbove(Number((yield* words())[0]), Number(first))
    })
  )
})
