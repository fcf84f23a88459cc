/** Clients that ask for much, read nothing or go away, over HTTP/2 and HTTP/1.1, at a bare API server. */
import { admin } from "@aiopslab/core/Kubernetes"
import { assert, layer } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from "node:http2"
import * as Certificates from "../../src/edge/Certificates.ts"
import * as HttpsEdge from "../../src/edge/HttpsEdge.ts"
import * as MemoryHost from "../../src/MemoryHost.ts"
import * as Server from "../../src/Server.ts"

class Served extends Context.Service<
  Served,
  { readonly url: string; readonly certificates: Certificates.Certificates; readonly session: Effect.Effect<ClientHttp2Session> }
>()("test/Robust") {
  static readonly layer = Layer.effect(
    Served,
    Effect.gen(function* () {
      const certificates = yield* Certificates.make(admin)
      const server = Server.make({ host: yield* MemoryHost.make() })
      const { url } = yield* HttpsEdge.serve({ api: server.api, certificates })
      const scope = yield* Effect.scope
      const session = Effect.acquireRelease(
        Effect.callback<ClientHttp2Session>((resume) => {
          const { certificate: cert, key } = certificates.client
          const opened = connect(url, { ca: certificates.authority, cert, key }, () => resume(Effect.succeed(opened)))
        }),
        (opened) => Effect.sync(() => opened.destroy())
      ).pipe(Effect.provideService(Scope.Scope, scope))
      return Served.of({ url, certificates, session })
    })
  )
}

interface Reply {
  readonly code: number
  readonly body: string
}

const replyOf = (stream: ClientHttp2Stream): Effect.Effect<Reply> =>
  Effect.callback((resume) => {
    let code = 0
    let body = ""
    stream.setEncoding("utf8")
    stream.on("response", (headers) => (code = Number(headers[":status"])))
    stream.on("data", (chunk: string) => (body += chunk))
    stream.on("end", () => resume(Effect.succeed({ code, body })))
    stream.on("error", () => resume(Effect.succeed({ code: 0, body })))
  })

const ask = (session: ClientHttp2Session, method: string, path: string, body?: string): Effect.Effect<Reply> =>
  Effect.suspend(() => {
    const stream = session.request({ ":method": method, ":path": path, "content-type": "application/json" })
    stream.end(body)
    return replyOf(stream)
  })

/** Reads lines until there are so many. */
const lines = (stream: ClientHttp2Stream, count: number): Effect.Effect<ReadonlyArray<string>> =>
  Effect.callback((resume) => {
    let rest = ""
    const found: Array<string> = []
    stream.setEncoding("utf8")
    stream.on("data", (chunk: string) => {
      const [...parts] = (rest + chunk).split("\n")
      rest = parts.pop() ?? ""
      found.push(...parts)
      if (found.length >= count) resume(Effect.succeed(found.slice(0, count)))
    })
  })

const configMaps = "/api/v1/namespaces/default/configmaps"
const configMap = (name: string, data = "x"): string =>
  JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data: { data } })

const codeOf = ({ code }: Reply): number => code

layer(Served.layer, { excludeTestServices: true })("a server for many and odd clients", (it) => {
  it.effect("speaks HTTP/2: a hundred requests at once on one connection, by the certificate's subject", () =>
    Effect.gen(function* () {
      const session = yield* (yield* Served).session
      assert.strictEqual(session.alpnProtocol, "h2")
      const names = Array.from({ length: 100 }, (_, i) => `many-${i}`)
      const made = yield* Effect.forEach(names, (name) => ask(session, "POST", configMaps, configMap(name)), { concurrency: "unbounded" })
      assert.deepStrictEqual([...new Set(made.map(codeOf))], [201])
      const { body } = yield* ask(
        session,
        "POST",
        "/apis/authentication.k8s.io/v1/selfsubjectreviews",
        '{"apiVersion":"authentication.k8s.io/v1","kind":"SelfSubjectReview"}'
      )
      assert.include(body, '"username":"kubernetes-admin"')
    })
  )

  it.effect("a watch on one connection with other requests, which ends with its stream", () =>
    Effect.gen(function* () {
      const session = yield* (yield* Served).session
      const watch = session.request({ ":path": `${configMaps}?watch=1&resourceVersion=0&fieldSelector=metadata.name%3Dwatched` })
      const first = yield* Effect.forkChild(lines(watch, 1), { startImmediately: true })
      yield* ask(session, "POST", configMaps, configMap("watched"))
      const [line = ""] = yield* Fiber.join(first)
      assert.include(line, '"ADDED"')
      watch.close(constants.NGHTTP2_CANCEL)
      assert.strictEqual((yield* ask(session, "GET", `${configMaps}/watched`)).code, 200)
    })
  )

  it.effect("a client that never reads holds up nobody", () =>
    Effect.gen(function* () {
      const served = yield* Served
      const [deaf, other] = [yield* served.session, yield* served.session]
      const query = "watch=1&resourceVersion=0&labelSelector=loud%3Dyes"
      const unread = deaf.request({ ":path": `${configMaps}?${query}` })
      unread.pause()
      const heard = other.request({ ":path": `${configMaps}?${query}` })
      const all = yield* Effect.forkChild(lines(heard, 200), { startImmediately: true })
      const text = "x".repeat(100_000)
      for (let i = 0; i < 200; i++) {
        const body = JSON.stringify({
          apiVersion: "v1",
          kind: "ConfigMap",
          metadata: { name: `loud-${i}`, labels: { loud: "yes" } },
          data: { text }
        })
        assert.strictEqual((yield* ask(other, "POST", configMaps, body)).code, 201)
      }
      assert.lengthOf(yield* Fiber.join(all), 200)
      // of 20 MB it was sent no more than a window
      assert.isBelow(deaf.socket.bytesRead, 2_000_000)
      assert.isAbove(other.socket.bytesRead, 20_000_000)
      unread.close(constants.NGHTTP2_CANCEL)
    })
  )

  it.effect("a body of 10 MB is refused, endless nesting too, and the connection serves on", () =>
    Effect.gen(function* () {
      const session = yield* (yield* Served).session
      assert.strictEqual((yield* ask(session, "POST", configMaps, configMap("huge", "x".repeat(10_000_000)))).code, 413)
      const nested = `{"apiVersion":"v1","kind":"ConfigMap","data":${'{"a":'.repeat(200_000)}1${"}".repeat(200_000)}}`
      const refused = yield* ask(session, "POST", configMaps, nested)
      assert.strictEqual(refused.code, 400)
      assert.include(refused.body, "exceeded max depth")
      assert.strictEqual((yield* ask(session, "GET", configMaps)).code, 200)
    })
  )

  it.effect("copies in a patch that double what they copy are stopped", () =>
    Effect.gen(function* () {
      const session = yield* (yield* Served).session
      yield* ask(session, "POST", configMaps, configMap("copied", "x".repeat(1_000)))
      const patch = Array.from({ length: 40 }, (_, i) => ({ op: "copy", from: "/data", path: `/data/c${i}` }))
      const stream = session.request({ ":method": "PATCH", ":path": `${configMaps}/copied`, "content-type": "application/json-patch+json" })
      stream.end(JSON.stringify(patch))
      assert.strictEqual((yield* replyOf(stream)).code, 422)
    })
  )

  it.effect("three hundred watchers each hear of everything once and in order, however much happens at once", () =>
    Effect.gen(function* () {
      const served = yield* Served
      const sessions = yield* Effect.replicateEffect(served.session, 3)
      const path = `${configMaps}?watch=1&resourceVersion=0&labelSelector=crowd%3Dyes`
      const watches = Array.from({ length: 300 }, (_, i) => sessions[i % 3]?.request({ ":path": path })).filter(
        (watch) => watch !== undefined
      )
      const heard = yield* Effect.forkChild(
        Effect.forEach(watches, (watch) => lines(watch, 40), { concurrency: "unbounded" }),
        { startImmediately: true }
      )
      const writer = yield* served.session
      const body = (i: number): string =>
        JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: `crowd-${i}`, labels: { crowd: "yes" } } })
      const made = yield* Effect.forEach(
        Array.from({ length: 40 }, (_, i) => i),
        (i) => ask(writer, "POST", configMaps, body(i)),
        { concurrency: 8 }
      )
      const revisions = made.map((reply) => Number(JSON.parse(reply.body).metadata.resourceVersion)).sort((a, b) => a - b)
      for (const all of yield* Fiber.join(heard)) {
        assert.deepStrictEqual(
          all.map((line) => Number(JSON.parse(line).object.metadata.resourceVersion)),
          revisions
        )
      }
    })
  )

  it.effect("one change is told to each as its selector sees it", () =>
    Effect.gen(function* () {
      const session = yield* (yield* Served).session
      const watch = (selector: string): ClientHttp2Stream =>
        session.request({ ":path": `${configMaps}?watch=1&resourceVersion=0&labelSelector=${encodeURIComponent(selector)}` })
      const hearing = yield* Effect.forkChild(
        Effect.forEach([watch("seen"), watch("seen=a"), watch("seen=b"), watch("seen")], (each) => lines(each, 2), {
          concurrency: "unbounded"
        }),
        { startImmediately: true }
      )
      const body = (seen: string): string =>
        JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "seen", labels: { seen } } })
      for (const [method, seen] of [
        ["POST", "a"],
        ["PUT", "b"],
        ["PUT", "c"]
      ] as const) {
        yield* ask(session, method, method === "POST" ? configMaps : `${configMaps}/seen`, body(seen))
      }
      const told = (yield* Fiber.join(hearing)).map((all) =>
        all.map((line) => `${JSON.parse(line).type} ${JSON.parse(line).object.metadata.labels.seen}`)
      )
      assert.deepStrictEqual(told, [
        ["ADDED a", "MODIFIED b"],
        ["ADDED a", "DELETED b"],
        ["ADDED b", "DELETED c"],
        ["ADDED a", "MODIFIED b"]
      ])
    })
  )
})
