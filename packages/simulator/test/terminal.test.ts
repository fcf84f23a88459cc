import { assert, describe, it } from "@effect/vitest"
import { virtualEpoch } from "@aiopslab/core/Cluster"
import * as KubeClient from "@aiopslab/core/KubeClient"
import { admin } from "@aiopslab/core/Kubernetes"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import { booted } from "../src/Boot.ts"
import * as EmbeddedCluster from "../src/EmbeddedCluster.ts"
import * as Line from "../src/sh/Line.ts"
import { playbook } from "./Demo.ts"
import { deployment } from "./Scenario.ts"

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** What stands on the terminal after these keys, and the status. */
const session = (argv: ReadonlyArray<string>, typed: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    yield* TestClock.setTime(virtualEpoch)
    const { cluster } = EmbeddedCluster.make({ name: "test", world: booted({ playbook, workers: 1, seed: "terminal" }) })
    const api = cluster.api(admin)
    yield* KubeClient.create(api, KubeClient.resources.deployments, deployment("web"))
    yield* TestClock.adjust("30 seconds")
    const [pod] = yield* KubeClient.list(api, KubeClient.resources.pods, "default")
    const path = `/api/v1/namespaces/default/pods/${pod?.metadata.name}/exec`
    const duplex = yield* api.connect({ method: "GET", path, query: { command: argv, stdin: "true", stdout: "true", tty: "true" } })
    const frames = yield* Effect.forkChild(Stream.runCollect(duplex.received), { startImmediately: true })
    for (const keys of typed) yield* duplex.send({ channel: 0, data: encoder.encode(keys) })
    const all = yield* Fiber.join(frames)
    const text = (channel: number) => all.flatMap((frame) => (frame.channel === channel ? [decoder.decode(frame.data)] : [])).join("")
    return { screen: text(1), status: text(3) }
  }).pipe(Effect.scoped)

describe("a shell at a terminal", () => {
  it.live("echoes, keeps directory and variables, and ends with the code of `exit`", () =>
    Effect.gen(function* () {
      const { screen, status } = yield* session(["sh"], ["cd /etc\rX=5\r", "catt\u007f mot\u001b[Ad\r", "echo $X\rexit 3\r"])
      assert.strictEqual(
        screen,
        "/ # cd /etc\r\n/etc # X=5\r\n/etc # catt\b \b motd\r\nwelcome\r\n/etc # echo $X\r\n5\r\n/etc # exit 3\r\n"
      )
      assert.include(status, '"message":"3"')
    }).pipe(Effect.provide(TestClock.layer()))
  )

  it.live("Ctrl-C gives the line up, Ctrl-D ends with the last code", () =>
    Effect.gen(function* () {
      const { screen, status } = yield* session(["sh"], ["nothing\u0003false\r", "\u0004"])
      assert.strictEqual(screen, "/ # nothing^C\r\n/ # false\r\n/ # \r\n")
      assert.include(status, '"message":"1"')
    }).pipe(Effect.provide(TestClock.layer()))
  )

  it.live("a script may give its terminal to a shell", () =>
    Effect.gen(function* () {
      const choose = "command -v bash >/dev/null && exec bash || exec sh"
      const { screen, status } = yield* session(["sh", "-c", `echo hello; ${choose}`], ["echo $TERM\rexit 4\r"])
      assert.strictEqual(screen, "hello\r\n/ # echo $TERM\r\nxterm\r\n/ # exit 4\r\n")
      assert.include(status, '"message":"4"')
      const refused = yield* session(["sh", "-c", `echo no; false && ${choose.split(" || ")[0]}`], [])
      assert.strictEqual(refused.screen, "no\r\n")
      assert.include(refused.status, '"message":"1"')
    }).pipe(Effect.provide(TestClock.layer()))
  )

  it.live("any other command finds no input, and has one stream", () =>
    Effect.gen(function* () {
      const { screen, status } = yield* session(["sh", "-c", "cat; echo a; echo b >&2"], [])
      assert.strictEqual(screen, "a\r\nb\r\n")
      assert.include(status, '"Success"')
    }).pipe(Effect.provide(TestClock.layer()))
  )

  it("keys that only move the cursor are none", () => {
    assert.deepStrictEqual(
      Line.keys("a\u001b[A\u001b[3~\u001bOPé\u0015").map((key) => (key._tag === "Text" ? key.text : key._tag)),
      ["a", "é", "Clear"]
    )
  })
})
