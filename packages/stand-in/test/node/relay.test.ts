import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { createSocket, type Socket } from "node:dgram"
import * as Relay from "../../src/edge/Relay.ts"
import type { Disturbance } from "../../src/node/Ways.ts"

const host = "127.0.0.1"

const bound = Effect.acquireRelease(
  Effect.callback<Socket>((resume) => {
    const socket = createSocket("udp4")
    socket.bind(0, host, () => resume(Effect.succeed(socket)))
  }),
  (socket) => Effect.sync(() => socket.close())
)

/** As the kernel sends a frame of this network. */
const datagram = (network: number, text: string): Buffer => {
  const header = Buffer.from([8, 0, 0, 0, 0, 0, 0, 0])
  header.writeUIntBE(network, 4, 3)
  return Buffer.concat([header, Buffer.from(text)])
}

/** The next one that comes back. */
const arrival = (socket: Socket) =>
  Effect.callback<Buffer>((resume) => void socket.once("message", (received) => resume(Effect.succeed(received))))

describe("the relay", () => {
  it.live("gives packets back as they were when their time has come, and loses those of nobody", () =>
    Effect.gen(function* () {
      const tunnel = yield* bound
      // a port that is free
      const port = yield* Effect.scoped(Effect.map(bound, (socket) => socket.address().port))
      const steer = yield* Relay.open(() => 0.5, { host, port, tunnel: { host, port: tunnel.address().port } })
      const late: Disturbance = { _tag: "Delay", latencyMillis: 150, jitterMillis: 0, correlation: 0 }
      steer(
        new Map<number, ReadonlyArray<Disturbance>>([
          [70_000, [late]],
          [2, [{ _tag: "Loss", percent: 60 }]]
        ])
      )
      const start = yield* Clock.currentTimeMillis
      for (const one of [datagram(3, "nobody's"), datagram(2, "lost"), datagram(70_000, "late"), Buffer.from("short")]) {
        tunnel.send(one, port, host)
      }
      assert.deepStrictEqual(yield* arrival(tunnel), datagram(70_000, "late"))
      assert.isAtLeast((yield* Clock.currentTimeMillis) - start, 149)
      steer(new Map([[2, []]]))
      tunnel.send(datagram(2, "free"), port, host)
      assert.deepStrictEqual(yield* arrival(tunnel), datagram(2, "free"))
    })
  )
})
