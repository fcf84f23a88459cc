/**
 * `portforward` of pods: for the n-th port of the request, channel 2n carries the connection's bytes and channel 2n + 1 says why there is
 * none. Each begins with the port's number, low byte first (`v4.channel.k8s.io`).
 */
import type { Duplex, Frame, KubeStatus } from "@aiopslab/core/Kubernetes"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import type { PodRef } from "../Host.ts"
import { at } from "../Json.ts"
import * as Status from "../Status.ts"
import * as Conversation from "../web/Conversation.ts"
import type { Dialled } from "../web/Web.ts"
import type { ResourceCall } from "./Call.ts"
import { find } from "./Read.ts"
import { queryAll } from "./Route.ts"

const encoder = new TextEncoder()

const nothing = new Uint8Array()

interface Piece {
  readonly data: Uint8Array
  readonly then: "keep" | "close"
}

type Ask = Extract<Dialled, { readonly _tag: "Connected" }>["ask"]

/** Answers as many requests as have come in whole; hands back what is left over. */
const answered = (ask: Ask, bytes: Uint8Array): Effect.Effect<readonly [Uint8Array, ReadonlyArray<Piece>]> =>
  Effect.gen(function* () {
    const pieces: Array<Piece> = []
    let left = bytes
    for (;;) {
      const read = Conversation.read(left)
      if (read._tag === "Incomplete") return [left, pieces] as const
      const reply = read._tag === "Request" ? yield* ask(read.request) : undefined
      if (read._tag === "Malformed" || reply === undefined)
        return [nothing, [...pieces, { data: nothing, then: "close" as const }]] as const
      pieces.push({ data: Conversation.written(reply, read.request.method, read.then), then: read.then })
      if (read.then === "close") return [nothing, pieces] as const
      left = read.rest
    }
  })

const conversation = (ask: Ask, incoming: Queue.Dequeue<Uint8Array, Cause.Done>): Stream.Stream<Uint8Array> =>
  Stream.fromQueue(incoming).pipe(
    Stream.mapAccumEffect(
      (): Uint8Array => nothing,
      (left, data) => answered(ask, left.length === 0 ? data : Conversation.concatenated([left, data]))
    ),
    Stream.takeUntil(({ then }) => then === "close"),
    Stream.map(({ data }) => data),
    Stream.filter((data) => data.length > 0)
  )

const connection = (
  call: ResourceCall,
  pod: PodRef,
  port: number,
  index: number,
  incoming: Queue.Dequeue<Uint8Array, Cause.Done>
): Stream.Stream<Frame> => {
  const channel = 2 * index
  const number = new Uint8Array([port & 0xff, port >> 8])
  const greeting = Stream.make({ channel, data: number }, { channel: channel + 1, data: number })
  return Stream.concat(
    greeting,
    Stream.unwrap(
      Effect.map(call.host.dial(pod, port), (dialled) =>
        dialled._tag === "Failed"
          ? Stream.succeed({ channel: channel + 1, data: encoder.encode(dialled.forwarded) })
          : Stream.map(conversation(dialled.ask, incoming), (data) => ({ channel, data }))
      )
    )
  )
}

const portsOf = (call: ResourceCall): Result.Result<ReadonlyArray<number>, KubeStatus> => {
  const texts = queryAll(call.request, "ports").flatMap((text) => text.split(","))
  const wrong = texts.find((text) => !/^\d{1,5}$/u.test(text) || Number(text) < 1 || Number(text) > 65_535)
  return wrong === undefined
    ? Result.succeed(texts.map(Number))
    : Result.fail(Status.badRequest(`unable to parse ports query parameter: invalid port ${JSON.stringify(wrong)}`))
}

/** Without ports it only finds out whether there is something to connect to, and stays silent. */
export const portForward = (call: ResourceCall): Effect.Effect<Duplex, KubeStatus> =>
  Effect.gen(function* () {
    const pod = yield* Effect.fromResult(find(call, yield* call.host.store))
    const { name, namespace = "" } = pod.metadata
    if ((at(pod, "spec", "nodeName") ?? "") === "") return yield* Status.badRequest(`pod ${name} does not have a host assigned`)
    const ports = yield* Effect.fromResult(portsOf(call))
    const incoming = yield* Effect.forEach(ports, () => Queue.unbounded<Uint8Array, Cause.Done>())
    const connections = ports.flatMap((port, index) => {
      const queue = incoming[index]
      return queue === undefined ? [] : [connection(call, { namespace, pod: name }, port, index, queue)]
    })
    const to = (channel: number) => (channel % 2 === 0 ? incoming[channel / 2] : undefined)
    return {
      send: ({ channel, data }) => {
        const queue = to(channel)
        return queue === undefined ? Effect.void : Effect.asVoid(Queue.offer(queue, data))
      },
      end: (channel) => {
        const queue = to(channel)
        return queue === undefined ? Effect.void : Effect.asVoid(Queue.end(queue))
      },
      received: ports.length === 0 ? Stream.never : Stream.mergeAll(connections, { concurrency: "unbounded" })
    }
  })
