import { assert, describe, it } from "@effect/vitest"
import * as Frames from "@aiopslab/kubernetes/edge/spdy/Frames"
import * as Headers from "@aiopslab/kubernetes/edge/spdy/Headers"
import * as Tunnel from "@aiopslab/kubernetes/edge/spdy/Tunnel"
import { type Duplex, type KubeApi, KubeStatus, type KubeRequest } from "@aiopslab/core/Kubernetes"
import type { Done } from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import { deflateSync } from "node:zlib"

const text = new TextDecoder()

/** Echoes on the data channel after the greeting; port 81 has nobody. */
const api: KubeApi = {
  request: () => Effect.die("no request"),
  watch: () => Stream.die("no watch"),
  connect: ({ query }: KubeRequest) =>
    Effect.gen(function* () {
      if (query?.["ports"] === "82") return yield* new KubeStatus({ code: 404, reason: "NotFound", message: "gone" })
      const greeting = [0, 1].map((channel) => ({ channel, data: new Uint8Array([80, 0]) }))
      const queue = yield* Queue.unbounded<{ readonly channel: number; readonly data: Uint8Array }, Done>()
      yield* Queue.offerAll(queue, greeting)
      if (query?.["ports"] === "81") {
        yield* Queue.offer(queue, { channel: 1, data: Buffer.from("refused") })
        yield* Queue.end(queue)
      }
      return {
        send: ({ data }) => Effect.asVoid(Queue.offer(queue, { channel: 0, data })),
        end: () => Effect.asVoid(Queue.end(queue)),
        received: Stream.fromQueue(queue)
      } satisfies Duplex
    })
}

const request: KubeRequest = { method: "GET", path: "/api/v1/namespaces/a/pods/b/portforward" }

/** The other side of a tunnel. */
const client = Effect.gen(function* () {
  const sent = yield* Queue.unbounded<Uint8Array>()
  const take = yield* Tunnel.make(api, request, (bytes) => Effect.asVoid(Queue.offer(sent, bytes)))
  const codec = Headers.make()
  const open = Effect.fnUntraced(function* (stream: number, headers: Headers.Headers) {
    const head = Buffer.alloc(10)
    head.writeUInt32BE(stream)
    return Frames.control(Frames.types.synStream, 0, Buffer.concat([head, yield* codec.encode(headers)]))
  })
  const next = Effect.map(Queue.take(sent), (bytes) => Frames.first(Buffer.from(bytes))?.[0])
  return { take, open, next }
})

const data = (frame: Frames.SpdyFrame | undefined) =>
  frame?._tag === "Data" ? { stream: frame.stream, flags: frame.flags, text: text.decode(frame.body) } : frame

describe("SPDY/3 of port-forward", () => {
  it("the dictionary is the protocol's", () => {
    // a zlib stream names its dictionary by its Adler-32
    assert.strictEqual(Headers.dictionary.length, 1423)
    assert.strictEqual(deflateSync("x", { dictionary: Headers.dictionary }).readUInt32BE(2), 0xe3c6a7c2)
  })

  it.effect("header blocks are one stream: each needs those before it", () =>
    Effect.gen(function* () {
      const [ours, theirs] = [Headers.make(), Headers.make()]
      const first = yield* ours.encode({ Streamtype: "error", port: "80" })
      const second = yield* ours.encode({ streamtype: "data", port: "80" })
      assert.isBelow(second.length, first.length)
      assert.deepStrictEqual(yield* theirs.decode(first), { streamtype: "error", port: "80" })
      assert.deepStrictEqual(yield* theirs.decode(second), { streamtype: "data", port: "80" })
      assert.isUndefined(yield* Headers.make().decode(second))
    })
  )

  it.live("a pair of streams is a connection, however the bytes are cut", () =>
    Effect.gen(function* () {
      const { next, open, take } = yield* client
      const opening = Buffer.concat([
        yield* open(1, { streamtype: "error", port: "80", requestid: "0" }),
        yield* open(3, { streamtype: "data", port: "80", requestid: "0" }),
        Frames.data(3, Frames.fin, Buffer.from("hello"))
      ])
      for (const byte of opening) yield* take(new Uint8Array([byte]))
      assert.deepInclude(yield* next, { _tag: "Control", type: Frames.types.synReply })
      assert.deepInclude(yield* next, { _tag: "Control", type: Frames.types.synReply })
      assert.deepStrictEqual(data(yield* next), { stream: 3, flags: 0, text: "hello" })
      assert.deepStrictEqual(data(yield* next), { stream: 3, flags: Frames.fin, text: "" })
      assert.deepStrictEqual(data(yield* next), { stream: 1, flags: Frames.fin, text: "" })
      yield* take(Frames.control(Frames.types.ping, 0, Buffer.from([0, 0, 0, 7])))
      assert.deepInclude(yield* next, { _tag: "Control", type: Frames.types.ping })
    }).pipe(Effect.scoped)
  )

  for (const [port, why] of [
    ["81", "refused"],
    ["82", "gone"]
  ] as const) {
    it.live(`port ${port}: the error stream says "${why}", both end`, () =>
      Effect.gen(function* () {
        const { next, open, take } = yield* client
        yield* take(yield* open(1, { streamtype: "error", port, requestid: "0" }))
        yield* take(yield* open(3, { streamtype: "data", port, requestid: "0" }))
        yield* Effect.andThen(next, next)
        assert.deepStrictEqual(data(yield* next), { stream: 1, flags: 0, text: why })
        const ends = [data(yield* next), data(yield* next)]
        assert.sameDeepMembers(ends, [
          { stream: 1, flags: Frames.fin, text: "" },
          { stream: 3, flags: Frames.fin, text: "" }
        ])
      }).pipe(Effect.scoped)
    )
  }
})
