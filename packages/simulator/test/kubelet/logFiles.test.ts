import { assert, describe, it } from "@effect/vitest"
import { virtualEpoch } from "@aiopslab/core/Cluster"
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { admin } from "@aiopslab/core/Kubernetes"
import { advance } from "@aiopslab/simulator/Advance"
import { booted } from "@aiopslab/simulator/Boot"
import * as EmbeddedCluster from "@aiopslab/simulator/EmbeddedCluster"
import * as LogFile from "@aiopslab/simulator/kubelet/LogFile"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import { playbook } from "../Demo.ts"
import { create, start } from "../Scenario.ts"

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
    /** The first words of so many lines, as they come. */
    const follow = (count: number) =>
      Effect.scoped(
        Effect.flatMap(api.connect({ method: "GET", path: `${pods}/web/log`, query: { follow: "true" } }), ({ received }) =>
          received.pipe(
            Stream.map(({ data }) => data),
            Stream.decodeText(),
            Stream.splitLines,
            Stream.map((line) => line.split(" ")[0] ?? ""),
            Stream.filter((word) => word !== "begin"),
            Stream.take(count),
            Stream.runCollect
          )
        )
      )
    return { follow, words }
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

  it.effect("is followed over the end of a file", () =>
    Effect.gen(function* () {
      const { follow } = yield* chatting(1_048_576)
      const followed = yield* Effect.forkChild(follow(40))
      for (let i = 0; i < 8; i++) yield* TestClock.adjust("7 seconds")
      const numbers = (yield* Fiber.join(followed)).map(Number)
      assert.deepStrictEqual(
        numbers,
        numbers.map((_, i) => (numbers[0] ?? 0) + i)
      )
    })
  )

  it("keeps no more of what was put aside than the last file", () => {
    const pod: KubeObject = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "web", namespace: "default" },
      spec: { containers: [{ name: "web", image: "demo:1", command: ["demo", "chatter", "1048576"] }] }
    }
    const world = create(start("logs"), pod)
    const later = advance(world, world.now + 300_000)
    const instance = [...later.containers.values()].find(({ name }) => name === "web")?.instance
    let kept = 0
    for (const last of [instance?.log, instance?.rotated]) for (let line = last; line !== undefined; line = line.before) kept++
    assert.isAbove(kept, 10)
    assert.isBelow(kept, 45)
  })

  it("is measured in bytes", () => {
    const file = LogFile.longer(LogFile.begun(0), "node", 0, "é".repeat(100))
    assert.strictEqual(file.bytes, 241)
  })
})
