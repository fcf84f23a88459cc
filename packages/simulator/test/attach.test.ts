import { assert, describe, it } from "@effect/vitest"
import { virtualEpoch } from "@aiopslab/core/Cluster"
import * as KubeClient from "@aiopslab/core/KubeClient"
import { admin } from "@aiopslab/core/Kubernetes"
import { at, print, record, records } from "@aiopslab/kubernetes/Json"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import { booted } from "../src/Boot.ts"
import * as EmbeddedCluster from "../src/EmbeddedCluster.ts"
import { playbook } from "./Demo.ts"

const encoder = new TextEncoder()
const decoder = new TextDecoder()

interface Attached {
  /** What whoever attached saw. */
  readonly seen: string
  /** What the log has afterwards. */
  readonly log: string
  /** `0 Completed`, `runs` */
  readonly end: string
}

/** Attaches to a pod with such a command, types, and hangs up: `end` says that no more comes. */
const attached = (
  command: ReadonlyArray<string>,
  typed: ReadonlyArray<string>,
  more: { readonly tty?: true; readonly stdinOnce?: true; readonly stdin?: false; readonly end?: false } = {}
): Effect.Effect<Attached, unknown> =>
  Effect.gen(function* () {
    yield* TestClock.setTime(virtualEpoch)
    const { cluster } = EmbeddedCluster.make({ name: "test", world: booted({ playbook, workers: 1, seed: "attach" }) })
    const api = cluster.api(admin)
    const { end = true, stdin = true, ...spec } = more
    const container = { name: "it", image: "demo:1", command, stdin, ...spec }
    yield* api.request({
      method: "POST",
      path: "/api/v1/namespaces/default/pods",
      body: { metadata: { name: "it" }, spec: { restartPolicy: "Never", containers: [container] } }
    })
    yield* TestClock.adjust("10 seconds")
    const query = { stdin: "true", stdout: "true", stderr: "true", tty: String(spec.tty === true) }
    const duplex = yield* api.connect({ method: "GET", path: "/api/v1/namespaces/default/pods/it/attach", query })
    let seen = ""
    const reading = yield* Effect.forkChild(
      Stream.runForEach(duplex.received, ({ channel, data }) =>
        Effect.sync(() => {
          if (channel < 3) seen += decoder.decode(data)
        })
      )
    )
    yield* TestClock.adjust("1 second")
    for (const keys of typed) {
      yield* duplex.send({ channel: 0, data: encoder.encode(keys) })
      yield* TestClock.adjust("2 seconds")
    }
    if (end) yield* duplex.end(0)
    yield* TestClock.adjust("3 seconds")
    yield* Fiber.interrupt(reading)
    yield* TestClock.adjust("3 seconds")
    const pod = yield* KubeClient.get(api, KubeClient.resources.pods, "default", "it")
    const [status] = records(at(pod, "status", "containerStatuses"))
    const { exitCode, reason } = record(at(status, "state", "terminated"))
    return {
      seen,
      log: yield* KubeClient.log(api, "default", "it"),
      end: exitCode === undefined ? "runs" : `${print(exitCode)} ${print(reason)}`
    }
  }).pipe(Effect.scoped)

describe("standard input of somebody who is attached", () => {
  it.effect("reaches a program that reads it, to its end", () =>
    Effect.gen(function* () {
      const once = { stdinOnce: true } as const
      assert.deepStrictEqual(yield* attached(["cat"], ["a\n", "b\nc\n"], once), { seen: "a\nb\nc\n", log: "a\nb\nc\n", end: "0 Completed" })
      assert.deepStrictEqual(yield* attached(["wc", "-l"], ["a\nb\n", "c\n"], once), { seen: "3\n", log: "3\n", end: "0 Completed" })
      const script = 'read x; echo "got $x"; while read y; do echo "then $y"; done; echo over'
      const read = "got 1\nthen 2\nthen 3\nover\n"
      assert.deepStrictEqual(yield* attached(["sh", "-c", script], ["1\n2\n", "3\n"], once), { seen: read, log: read, end: "0 Completed" })
    })
  )

  it.effect("is read by a shell as commands, which may go over several lines", () =>
    Effect.gen(function* () {
      const typed = ["X=5\necho $X\n", "for i in 1 2\ndo echo i$i\n", "done\n", "fi\n", "cat /etc/motd; exit 7\n", "echo never\n"]
      const { end, seen } = yield* attached(["sh"], typed, { stdinOnce: true })
      assert.match(seen, /^5\ni1\ni2\nsh: syntax error: [^\n]*\nwelcome\n$/u)
      assert.strictEqual(end, "7 Error")
    })
  )

  it.effect("stays open after one who left, where it isn't for one alone", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* attached(["cat"], ["a\n"]), { seen: "a\n", log: "a\n", end: "runs" })
      assert.strictEqual((yield* attached(["cat"], ["a\n"], { stdinOnce: true, end: false })).end, "0 Completed")
    })
  )

  it.effect("isn't there unless the container asks for it", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* attached(["sh", "-c", "sleep 1000"], ["a\n"], { stdin: false })).end, "runs")
    })
  )

  it.effect("at a terminal is shown as it is typed, and asked for", () =>
    Effect.gen(function* () {
      const { end, seen } = yield* attached(
        ["sh"],
        ["ecko\u007f\u007fho hi\r", "cd /etc\r", "sleep 100\r", "\u0003", "nope\r", "exit 3\r"],
        {
          tty: true,
          stdinOnce: true
        }
      )
      // the prompt was there before
      assert.strictEqual(
        seen,
        "ecko\b \b\b \bho hi\r\nhi\r\n/ # cd /etc\r\n/etc # sleep 100\r\n^C\r\n/etc # nope\r\nsh: nope: not found\r\n/etc # exit 3\r\n"
      )
      assert.strictEqual(end, "3 Error")
      assert.strictEqual((yield* attached(["sh"], ["echo a\r", "\u0004"], { tty: true })).end, "0 Completed")
      // the end of input in a line hands over what was typed, once
      assert.strictEqual((yield* attached(["cat"], ["ab", "\u0004", "\r"], { tty: true })).seen, "abab\r\n\r\n")
    })
  )
})
