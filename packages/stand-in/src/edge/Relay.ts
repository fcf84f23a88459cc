/** The relay of impaired packets: what a tunnel brings goes back to the kernel when its time has come, as it is. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { createSocket } from "node:dgram"
import { fateOf, type Memory } from "../node/Fate.ts"
import type { Address } from "../Machine.ts"
import { relay, tunnelPort } from "../node/Impairing.ts"
import type { Disturbance } from "../node/Ways.ts"

type Legs = ReadonlyMap<number, ReadonlyArray<Disturbance>>

/** RFC 7348: four bytes of flags, three of the network, one that is reserved. */
const headerLength = 8
const networkOf = (datagram: Buffer): number => datagram.readUIntBE(4, 3)

/** Bytes that wait for this process. */
const receiving = 4 * 1024 * 1024

/** Gives what changes the legs; those that stay keep what they remember. */
export const open = (
  draw: () => number,
  at: Address & { readonly tunnel: Address } = { ...relay, tunnel: { host: "127.0.0.1", port: tunnelPort } }
): Effect.Effect<(legs: Legs) => void, Error, Scope.Scope> =>
  Effect.gen(function* () {
    let legs: Legs = new Map()
    const memories = new Map<number, Memory>()
    const socket = yield* Effect.acquireRelease(
      Effect.sync(() => createSocket({ type: "udp4", recvBufferSize: receiving })),
      (socket) => Effect.sync(() => socket.close())
    )
    socket.on("message", (datagram) => {
      if (datagram.length < headerLength) return
      const network = networkOf(datagram)
      const memory = memories.get(network)
      const late = memory === undefined ? undefined : fateOf(legs.get(network) ?? [], memory, draw)
      if (late === undefined) return
      const onwards = (): void => {
        // what has nowhere to go any more is lost
        if (memories.has(network)) socket.send(datagram, at.tunnel.port, at.tunnel.host, () => undefined)
      }
      if (late === 0) onwards()
      else setTimeout(onwards, late).unref()
    })
    yield* Effect.callback<void, Error>((resume) => {
      socket.once("error", (error) => resume(Effect.fail(error)))
      socket.bind(at.port, at.host, () => resume(Effect.void))
    })
    socket.on("error", () => undefined)
    return (now) => {
      for (const network of memories.keys()) if (!now.has(network)) memories.delete(network)
      for (const network of now.keys()) if (!memories.has(network)) memories.set(network, [])
      legs = now
    }
  })
