import { assert, layer } from "@effect/vitest"
import { admin, type Duplex, type KubeApi, type KubeRequest, KubeStatus, type WatchEvent } from "@aiopslab/core/Kubernetes"
import * as KubeClient from "@aiopslab/core/KubeClient"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import { request as httpsRequest } from "node:https"
import * as HttpsClient from "@aiopslab/kubernetes/client/HttpsClient"
import * as Certificates from "@aiopslab/kubernetes/edge/Certificates"
import * as HttpsEdge from "@aiopslab/kubernetes/edge/HttpsEdge"
import type { Done } from "effect/Cause"

const pod = (name: string) => ({ apiVersion: "v1", kind: "Pod", metadata: { name, namespace: "ns", resourceVersion: "7" } })

const success = new TextEncoder().encode(JSON.stringify({ metadata: {}, status: "Success" }))

/** An API that tells who asked and what for; `left` opens when a watch is interrupted. */
const apiOf =
  (left: Deferred.Deferred<void>) =>
  (identity: { readonly user: string; readonly groups: ReadonlyArray<string> }): KubeApi => ({
    request: (request) => {
      if (request.path === "/missing") {
        return new KubeStatus({ code: 404, reason: "NotFound", message: 'pods "x" not found', details: { name: "x", kind: "pods" } })
      }
      if (request.path.endsWith("/log")) return Effect.succeed({ code: 200, body: "line one\nline two\n", contentType: "text/plain" })
      return Effect.succeed({ code: 200, body: { user: identity.user, groups: identity.groups, request }, warnings: ['say "hi" to 世界'] })
    },
    watch: () =>
      Stream.fromIterable<WatchEvent>([
        { type: "ADDED", object: pod("a") },
        { type: "MODIFIED", object: pod("a") }
      ]).pipe(
        Stream.concat(Stream.never),
        Stream.onExit(() => Deferred.succeed(left, undefined))
      ),
    connect: (request) =>
      Effect.gen(function* () {
        if (request.path.includes("/gone/")) {
          return yield* new KubeStatus({ code: 404, reason: "NotFound", message: 'pods "gone" not found' })
        }
        const out = yield* Queue.unbounded<{ readonly channel: number; readonly data: Uint8Array }, Done>()
        return {
          send: (frame) => Effect.asVoid(Queue.offer(out, { channel: 1, data: frame.data })),
          end: () => Queue.offer(out, { channel: 3, data: success }).pipe(Effect.andThen(Queue.end(out)), Effect.asVoid),
          received: Stream.fromQueue(out)
        } satisfies Duplex
      })
  })

class Served extends Context.Service<
  Served,
  {
    readonly url: string
    readonly ca: string
    readonly api: (identity: { readonly user: string; readonly groups: ReadonlyArray<string> }) => KubeApi
    readonly left: Deferred.Deferred<void>
  }
>()("test/Served") {
  static readonly layer = Layer.effect(
    Served,
    Effect.gen(function* () {
      const left = yield* Deferred.make<void>()
      const certificates = yield* Certificates.make(admin)
      const edge = yield* HttpsEdge.serve({
        api: apiOf(left),
        certificates,
        tokens: new Map([["t0ken", { user: "jane", groups: ["dev"] }]])
      })
      const api = yield* HttpsClient.make({
        server: edge.url,
        ca: certificates.authority,
        cert: certificates.client.certificate,
        key: certificates.client.key,
        headers: Effect.succeed({})
      })
      return Served.of({ url: edge.url, ca: certificates.authority, api, left })
    })
  )
}

const raw = (
  url: string,
  ca: string,
  options: { readonly method: string; readonly headers?: Record<string, string>; readonly body?: string | Buffer }
) =>
  Effect.callback<{ readonly code: number; readonly body: string }>((resume) => {
    const outgoing = httpsRequest(url, { method: options.method, ca, headers: options.headers ?? {} }, (response) => {
      let body = ""
      response.on("data", (chunk: Buffer) => (body += chunk.toString()))
      response.on("end", () => resume(Effect.succeed({ code: response.statusCode ?? 0, body })))
    })
    outgoing.on("error", () => {})
    outgoing.end(options.body)
  })

const get = (api: KubeApi, path: string, query?: KubeRequest["query"]) =>
  api.request({ method: "GET", path, ...(query === undefined ? {} : { query }) })

layer(Served.layer, { excludeTestServices: true })("the HTTPS edge", (it) => {
  it.effect("a client certificate's subject is the identity, and the request arrives whole", () =>
    Effect.gen(function* () {
      const { api } = yield* Served
      const reply = yield* api(admin).request({
        method: "POST",
        path: "/api/v1/pods",
        query: { dryRun: "All", command: ["a b", "c"] },
        body: { x: 1 }
      })
      assert.deepStrictEqual(reply.warnings, ['say "hi" to 世界'])
      const body = reply.body as { readonly user: string; readonly groups: ReadonlyArray<string>; readonly request: KubeRequest }
      assert.deepStrictEqual([body.user, body.groups], ["kubernetes-admin", ["system:masters", "system:authenticated"]])
      assert.deepStrictEqual(body.request.query, { dryRun: "All", command: ["a b", "c"] })
      assert.deepStrictEqual(body.request.body, { x: 1 })
    })
  )

  it.effect("impersonation changes who asks, and only masters may", () =>
    Effect.gen(function* () {
      const { api, ca, url } = yield* Served
      const reply = yield* get(api({ user: "agent", groups: ["a", "b"] }), "/x")
      const body = reply.body as { readonly user: string; readonly groups: ReadonlyArray<string> }
      assert.deepStrictEqual([body.user, body.groups], ["agent", ["a", "b", "system:authenticated"]])
      const account = yield* get(api({ user: "system:serviceaccount:shop:runner", groups: [] }), "/x")
      const asked = account.body as { readonly groups: ReadonlyArray<string> }
      assert.deepStrictEqual(asked.groups, ["system:serviceaccounts", "system:serviceaccounts:shop", "system:authenticated"])
      const refused = yield* raw(`${url}/x`, ca, { method: "GET", headers: { authorization: "Bearer t0ken", "impersonate-user": "root" } })
      assert.strictEqual(refused.code, 403)
    })
  )

  it.effect("a failure is the server's Status on both sides", () =>
    Effect.gen(function* () {
      const { api } = yield* Served
      const status = yield* Effect.flip(get(api(admin), "/missing"))
      assert.deepStrictEqual(
        [status.code, status.reason, status.message, status.details],
        [404, "NotFound", 'pods "x" not found', { name: "x", kind: "pods" }]
      )
    })
  )

  it.effect("nobody, a bad token, broken protobuf, a huge body and an unknown method are refused with their codes", () =>
    Effect.gen(function* () {
      const { ca, url } = yield* Served
      const authorization = "Bearer t0ken"
      const codes = yield* Effect.all([
        raw(`${url}/x`, ca, { method: "GET" }),
        raw(`${url}/x`, ca, { method: "GET", headers: { authorization: "Bearer no" } }),
        raw(`${url}/x`, ca, {
          method: "POST",
          headers: { authorization, "content-type": "application/vnd.kubernetes.protobuf" },
          body: "k8s"
        }),
        raw(`${url}/x`, ca, { method: "POST", headers: { authorization }, body: Buffer.alloc(4_000_000, 32) }),
        raw(`${url}/x`, ca, { method: "OPTIONS", headers: { authorization } })
      ])
      assert.deepStrictEqual(
        codes.map((answer) => answer.code),
        [401, 401, 400, 413, 405]
      )
    })
  )

  it.effect("watch=False is no watch, as Python's client says that it wants a list", () =>
    Effect.gen(function* () {
      const { ca, url } = yield* Served
      const answer = yield* raw(`${url}/api/v1/pods?watch=False`, ca, { method: "GET", headers: { authorization: "Bearer t0ken" } })
      assert.strictEqual(answer.code, 200)
    })
  )

  it.effect("a watch streams as it happens, and a client that leaves ends it", () =>
    Effect.gen(function* () {
      const { api, left } = yield* Served
      const events = yield* api(admin).watch({ method: "GET", path: "/api/v1/pods" }).pipe(Stream.take(2), Stream.runCollect)
      assert.deepStrictEqual(
        events.map((event) => event.type),
        ["ADDED", "MODIFIED"]
      )
      yield* Deferred.await(left)
    })
  )

  it.effect("exec carries bytes both ways and ends with the status", () =>
    Effect.gen(function* () {
      const { api } = yield* Served
      const result = yield* KubeClient.exec(api(admin), { namespace: "ns", pod: "p" }, ["cat"], "über\n")
      assert.deepStrictEqual(result, { stdout: "über\n", stderr: "", exitCode: 0 })
    })
  )

  it.effect("an upgrade that is refused fails with the Status", () =>
    Effect.gen(function* () {
      const { api } = yield* Served
      const status = yield* Effect.flip(KubeClient.exec(api(admin), { namespace: "ns", pod: "gone" }, ["ls"]))
      assert.strictEqual(status.code, 404)
    })
  )

  it.effect("an interrupted request leaves nothing behind", () =>
    Effect.gen(function* () {
      const { api } = yield* Served
      const fiber = yield* Effect.forkChild(Stream.runDrain(api(admin).watch({ method: "GET", path: "/api/v1/pods" })), {
        startImmediately: true
      })
      yield* Fiber.interrupt(fiber)
      const reply = yield* get(api(admin), "/after")
      assert.strictEqual(reply.code, 200)
    })
  )
})
