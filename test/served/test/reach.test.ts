import { assert, describe, layer } from "@effect/vitest"
import { requireProgram } from "@aiopslab/testkit/Requirements"
import { KubeConfig, PortForward } from "@kubernetes/client-node"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { PassThrough, Writable } from "node:stream"
import { finish, start } from "./Program.ts"
import { ServedCluster } from "./ServedCluster.ts"

const missing = requireProgram("kubectl")
const hotel = "test-hotel-reservation"
const namespace = ["-n", hotel]

/** A kubectl that goes on; its first line tells the port that it has chosen. */
const listening = Effect.fnUntraced(function* (argv: ReadonlyArray<string>, env: Readonly<Record<string, string>> = {}) {
  const { dir, kubeconfig } = yield* ServedCluster
  const child = yield* start("kubectl", { argv: ["--kubeconfig", kubeconfig, ...argv], cwd: dir, env: { HOME: dir, ...env } })
  const [line] = yield* child.stdout.pipe(Stream.decodeText(), Stream.splitLines, Stream.take(1), Stream.runCollect)
  const port = /127\.0\.0\.1:(\d+)/u.exec(line ?? "")?.[1]
  assert.isDefined(port, line)
  return { child, url: `http://127.0.0.1:${port}` }
})

const fetched = (url: string, init: RequestInit = {}) =>
  Effect.promise(async (signal) => {
    const response = await fetch(url, { ...init, signal })
    return { code: response.status, type: response.headers.get("content-type"), text: await response.text() }
  })

describe.skipIf(missing !== undefined)(`programs in the cluster, reached from outside${missing ?? ""}`, () => {
  layer(ServedCluster.layer("x60"), { excludeTestServices: true, timeout: "60 seconds" })((it) => {
    for (const target of ["svc/consul", "deploy/consul"]) {
      it.effect(`port-forward ${target}: many requests, many connections`, () =>
        Effect.gen(function* () {
          const { url } = yield* listening(["port-forward", target, ":8500", ...namespace])
          assert.deepInclude(yield* fetched(`${url}/v1/status/leader`), { code: 200, text: "127.0.0.1:8300" })
          const registration = JSON.stringify({ Name: `lantern-${target}`, Port: 1 })
          assert.strictEqual((yield* fetched(`${url}/v1/agent/service/register`, { method: "PUT", body: registration })).code, 200)
          const all = yield* Effect.all(
            Array.from({ length: 20 }, () => fetched(`${url}/v1/catalog/services`)),
            { concurrency: "unbounded" }
          )
          for (const { code, text, type } of all) {
            assert.deepStrictEqual([code, type], [200, "application/json"])
            assert.include(text, `"lantern-${target}":[]`)
          }
          assert.strictEqual((yield* fetched(`${url}/nothing`)).code, 404)
        })
      )
    }

    it.effect("a port where nobody listens: the kubelet's words, and kubectl ends", () =>
      Effect.gen(function* () {
        const { child, url } = yield* listening(["port-forward", "svc/consul", ":8300", ...namespace])
        const failed = yield* Effect.flip(Effect.tryPromise(() => fetch(url)))
        assert.isDefined(failed)
        const said = yield* Stream.mkString(Stream.decodeText(child.stderr))
        assert.match(said, /error forwarding port 8300 to pod [0-9a-f]{64}, uid : failed to execute portforward in network namespace/u)
        assert.match(said, /IPv4: dial tcp4 127\.0\.0\.1:8300: connect: connection refused IPv6 dial tcp6/u)
        assert.match(said, /error: lost connection to pod\n$/u)
      })
    )

    it.effect("clients older than WebSockets speak SPDY: exec, its streams and its code, and port-forward", () =>
      Effect.gen(function* () {
        const { dir, kubeconfig } = yield* ServedCluster
        const env = { HOME: dir, KUBECTL_REMOTE_COMMAND_WEBSOCKETS: "false", KUBECTL_PORT_FORWARD_WEBSOCKETS: "false" }
        const exec = (argv: ReadonlyArray<string>, stdin: string) =>
          finish("kubectl", {
            argv: ["--kubeconfig", kubeconfig, "exec", "-i", "deploy/mongodb-geo", ...namespace, "--", ...argv],
            env,
            stdin
          })
        const failed = yield* exec(["sh", "-c", "cat; echo wrong >&2; exit 4"], "given")
        assert.deepStrictEqual([failed.code, failed.stdout], [4, "given"])
        assert.strictEqual(failed.stderr, "wrong\ncommand terminated with exit code 4\n")
        const { url } = yield* listening(["port-forward", "svc/consul", ":8500", ...namespace], env)
        assert.deepInclude(yield* fetched(`${url}/v1/status/leader`), { code: 200, text: "127.0.0.1:8300" })
      })
    )

    it.effect("the PortForward of @kubernetes/client-node", () =>
      Effect.gen(function* () {
        const { kubeconfig, kubectl } = yield* ServedCluster
        const config = new KubeConfig()
        config.loadFromFile(kubeconfig)
        const name = yield* kubectl(["get", "pod", "-l", "io.kompose.service=consul", "-o", "name", ...namespace])
        const answer = yield* Effect.callback<string>((resume) => {
          const input = new PassThrough()
          let text = ""
          const output = new Writable({
            write: (chunk: unknown, _encoding, done) => {
              text += String(chunk)
              if (text.includes("8300")) resume(Effect.succeed(text))
              done()
            }
          })
          void new PortForward(config, true)
            .portForward(hotel, name.stdout.trim().replace("pod/", ""), [8500], output, null, input)
            .then(() => input.write("GET /v1/status/leader HTTP/1.1\r\nhost: consul\r\n\r\n"))
        })
        assert.match(answer, /^HTTP\/1\.1 200 OK\r\n/u)
        assert.match(answer, /\r\n\r\n127\.0\.0\.1:8300$/u)
      })
    )

    it.effect("a proxied request is answered by the program, or refused as the real server does", () =>
      Effect.gen(function* () {
        const { kubectl } = yield* ServedCluster
        const raw = (path: string) => Effect.map(kubectl(["get", "--raw", path]), ({ stderr, stdout }) => stdout + stderr)
        const services = `/api/v1/namespaces/${hotel}/services`
        assert.strictEqual(yield* raw(`${services}/http:consul:8500/proxy/v1/status/leader`), "127.0.0.1:8300")
        assert.strictEqual(
          yield* raw(`${services}/consul:99/proxy/`),
          'Error from server (ServiceUnavailable): no service port 99 found for service "consul"\n'
        )
        assert.strictEqual(yield* raw(`${services}/nobody/proxy/`), 'Error from server (NotFound): services "nobody" not found\n')
        const name = (yield* kubectl(["get", "pod", "-l", "io.kompose.service=consul", "-o", "name", ...namespace])).stdout.trim()
        assert.match(
          yield* raw(`/api/v1/namespaces/${hotel}/${name.replace("pod/", "pods/")}:81/proxy/`),
          /^Error from server \(ServiceUnavailable\): error trying to reach service: dial tcp 10\.244\.\d+\.\d+:81: connect: connection refused\n$/u
        )
        assert.strictEqual(yield* raw("/api/v1/nodes/kind-worker/proxy/healthz"), "ok")
        assert.match(yield* raw("/api/v1/nodes/kind-worker/proxy/metrics"), /\nkubelet_running_pods \d+\n/u)
        assert.match(yield* raw("/api/v1/nodes/kind-worker/proxy/stats/summary"), /"podRef":\{"name":"consul-/u)
      })
    )

    it.effect("kubectl proxy, and what it passes on", () =>
      Effect.gen(function* () {
        const { url } = yield* listening(["proxy", "--port=0"])
        const found = yield* fetched(`${url}/api/v1/namespaces/${hotel}/services/consul:8500/proxy/v1/catalog/services?dc=one`)
        assert.strictEqual(found.code, 200)
        assert.include(found.text, "srv-geo")
        assert.strictEqual((yield* fetched(`${url}/version`)).code, 200)
      })
    )

    it.effect("attach shows what is written from now on, both streams, until the container ends", () =>
      Effect.gen(function* () {
        const { kubectl } = yield* ServedCluster
        const script = "echo early; sleep 900; for i in 1 2 3; do echo out $i; echo err $i >&2; sleep 20; done"
        const ran = yield* kubectl(["run", "speaker", "-n", "default", "--image=busybox:1.35", "--restart=Never", "--", "sh", "-c", script])
        assert.strictEqual(ran.code, 0, ran.stderr)
        yield* kubectl(["wait", "--for=condition=Ready", "pod/speaker", "-n", "default", "--timeout=60s"])
        const attached = yield* kubectl(["attach", "speaker", "-n", "default"])
        assert.strictEqual(attached.code, 0, attached.stderr)
        assert.strictEqual(attached.stdout, "out 1\nout 2\nout 3\n")
        assert.include(attached.stderr, "err 1\nerr 2\nerr 3\n")
        const ended = yield* kubectl(["attach", "speaker", "-n", "default"])
        assert.include(ended.stderr, "cannot attach a container in a completed pod; current phase is Succeeded")
      })
    )
  })
})
