/** Logs and exec, which need a kubelet: here a host that answers for one. */
import { admin, type Frame, type KubeApi } from "@aiopslab/core/Kubernetes"
import type { Host } from "@aiopslab/kubernetes/Host"
import * as Kubectl from "@aiopslab/kubectl/Kubectl"
import * as MemoryHost from "@aiopslab/kubernetes/MemoryHost"
import * as Server from "@aiopslab/kubernetes/Server"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import { load, namespace } from "./Golden.ts"

const bytes = (text: string) => new TextEncoder().encode(text)
const status = (exitCode: number) =>
  exitCode === 0
    ? { metadata: {}, status: "Success" }
    : {
        metadata: {},
        status: "Failure",
        reason: "NonZeroExitCode",
        message: `command terminated with non-zero exit code: exit status ${exitCode}`,
        details: { causes: [{ reason: "ExitCode", message: String(exitCode) }] }
      }

/** `cat` gives stdin back, `exit N` ends with N, everything else is echoed with the container's name; logs are lines of it. */
const kubelet: Pick<Host, "log" | "exec"> = {
  log: (container, options) =>
    Stream.make(`${container.pod}/${container.container}${options.previous ? " previous" : ""} one\n`, "two\n").pipe(
      options.tailLines === 1 ? Stream.drop(1) : (lines) => lines
    ),
  exec: (container, argv, options) =>
    Effect.gen(function* () {
      const received = yield* Queue.unbounded<Frame, import("effect/Cause").Done>()
      const end = (exitCode: number, out: string, err = "") => {
        if (out !== "") Queue.offerUnsafe(received, { channel: 1, data: bytes(out) })
        if (err !== "") Queue.offerUnsafe(received, { channel: 2, data: bytes(err) })
        Queue.offerUnsafe(received, { channel: 3, data: bytes(JSON.stringify(status(exitCode))) })
        Queue.endUnsafe(received)
      }
      let input = ""
      if (argv[0] === "exit") end(Number(argv[1]), "", "bye\n")
      else if (argv[0] !== "cat" || !options.stdin) end(0, `${container.container}: ${argv.join("|")}\n`)
      return {
        send: (frame) => Effect.sync(() => void (input += new TextDecoder().decode(frame.data))),
        end: () => Effect.sync(() => end(0, input)),
        received: Stream.fromQueue(received)
      }
    })
}

const cluster = Effect.gen(function* () {
  const host = yield* MemoryHost.make()
  const api: KubeApi = Server.make({ host: { ...host, ...kubelet } }).api(admin)
  yield* load(api)
  const kubectl = yield* Kubectl.make(api)
  return (line: string, stdin = "") => kubectl.run({ argv: line.split(" "), namespace, stdin })
})

const text = ({ exitCode, stderr, stdout }: Kubectl.KubectlResult) => [stdout, stderr, exitCode]

describe("kubectl exec", () => {
  it.effect("runs a command in the default container and says which", () =>
    Effect.gen(function* () {
      const run = yield* cluster
      assert.deepStrictEqual(text(yield* run("exec geo-6d5f-bbbbb -- echo hi -n")), [
        "server: echo|hi|-n\n",
        'Defaulted container "server" out of: server, proxy\n',
        0
      ])
      assert.deepStrictEqual(text(yield* run("exec geo-6d5f-bbbbb -c proxy -- ls")), ["proxy: ls\n", "", 0])
    })
  )

  it.effect("finds the best pod of a deployment", () =>
    Effect.gen(function* () {
      const run = yield* cluster
      assert.deepStrictEqual(text(yield* run("exec deploy/geo -- ls")), [
        "server: ls\n",
        'Defaulted container "server" out of: server, wait (init)\n',
        0
      ])
    })
  )

  it.effect("passes stdin on with -i only", () =>
    Effect.gen(function* () {
      const run = yield* cluster
      assert.deepStrictEqual(text(yield* run("exec -i geo-6d5f-bbbbb -c proxy -- cat", "one\ntwo\n")), ["one\ntwo\n", "", 0])
      assert.deepStrictEqual(text(yield* run("exec geo-6d5f-bbbbb -c proxy -- cat", "one\n")), ["proxy: cat\n", "", 0])
    })
  )

  it.effect("ends with the command's exit code", () =>
    Effect.gen(function* () {
      const run = yield* cluster
      assert.deepStrictEqual(text(yield* run("exec geo-6d5f-bbbbb -c proxy -- exit 3")), [
        "",
        "bye\ncommand terminated with exit code 3\n",
        3
      ])
    })
  )
})

describe("kubectl logs", () => {
  it.effect("reads a pod's log, its containers', and the one before", () =>
    Effect.gen(function* () {
      const run = yield* cluster
      assert.deepStrictEqual(text(yield* run("logs geo-6d5f-bbbbb -c proxy")), ["geo-6d5f-bbbbb/proxy one\ntwo\n", "", 0])
      assert.deepStrictEqual(text(yield* run("logs geo-6d5f-bbbbb -c proxy --tail=1")), ["two\n", "", 0])
      assert.deepStrictEqual(text(yield* run("logs -p geo-6d5f-bbbbb -c proxy")), ["geo-6d5f-bbbbb/proxy previous one\ntwo\n", "", 0])
      assert.deepStrictEqual(text(yield* run("logs geo-6d5f-bbbbb --all-containers --prefix --tail=1")), [
        "[pod/geo-6d5f-bbbbb/server] two\n[pod/geo-6d5f-bbbbb/proxy] two\n",
        "",
        0
      ])
    })
  )

  it.effect("reads those of a deployment's first pod and of a selector", () =>
    Effect.gen(function* () {
      const run = yield* cluster
      const [out, err] = text(yield* run("logs deploy/geo --tail=1"))
      assert.deepStrictEqual(
        [out, err],
        ["two\n", 'Found 2 pods, using pod/geo-6d5f-aaaaa\nDefaulted container "server" out of: server, wait (init)\n']
      )
      assert.strictEqual(
        (yield* run("logs -l app=geo -c server")).stdout,
        "geo-6d5f-aaaaa/server one\ntwo\ngeo-6d5f-bbbbb/server one\ntwo\n"
      )
    })
  )

  it.effect("refuses to follow", () =>
    Effect.gen(function* () {
      const run = yield* cluster
      assert.strictEqual((yield* run("logs -f geo-6d5f-aaaaa")).exitCode, 1)
    })
  )
})

describe("a command that takes long", () => {
  it.effect("is stopped at its limit and keeps what it has printed", () =>
    Effect.gen(function* () {
      const host = yield* MemoryHost.make()
      const api = Server.make({ host }).api(admin)
      yield* load(api)
      const fiber = yield* Effect.forkChild(Kubectl.run(api, { argv: ["rollout", "status", "deploy/geo"], namespace, limitMillis: 5000 }), {
        startImmediately: true
      })
      yield* TestClock.adjust("5 seconds")
      assert.deepStrictEqual(text(yield* Fiber.join(fiber)), [
        'Waiting for deployment "geo" rollout to finish: 1 of 2 updated replicas are available...\n',
        "kubectl rollout status did not end within 5 s and was stopped.\n",
        124
      ])
    })
  )
})
