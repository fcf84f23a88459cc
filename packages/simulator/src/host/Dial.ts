/** A port of a pod as somebody finds it who connects to it: the node for a forwarded connection, the API server for a proxied request. */
import type { PodRef } from "@aiopslab/kubernetes/Host"
import * as Store from "@aiopslab/kubernetes/Store"
import type { Dialled } from "@aiopslab/kubernetes/web/Web"
import * as Effect from "effect/Effect"
import * as Draw from "../Draw.ts"
import * as Program from "../kubelet/Program.ts"
import * as Network from "../Network.ts"
import { listenerOf } from "../ReadyAddresses.ts"
import type { Cell } from "./Cell.ts"
import * as Web from "./Web.ts"

/** containerd's text, with a sandbox and a network namespace of the pod's own. */
const forwarded = (uid: string, port: number): string => {
  const sandbox = Draw.hex("sandbox", uid, 0, 8)
  return (
    `error forwarding port ${port} to pod ${sandbox}, uid : failed to execute portforward in network namespace ` +
    `"/var/run/netns/cni-${Draw.uuid(`netns ${uid}`, 0)}": failed to connect to localhost:${port} inside namespace "${sandbox}", ` +
    `IPv4: dial tcp4 127.0.0.1:${port}: connect: connection refused IPv6 dial tcp6 [::1]:${port}: connect: connection refused `
  )
}

export const dial = (cell: Cell, { namespace, pod }: PodRef, port: number): Effect.Effect<Dialled> =>
  Effect.map(cell.present, (world): Dialled => {
    const uid = Store.get(world.store, "pods", namespace, pod)?.metadata.uid ?? ""
    const address = world.pods.get(uid)?.ip ?? ""
    if (listenerOf(world, uid, port) === undefined) {
      return { _tag: "Failed", message: Network.refused(address, port).message, forwarded: forwarded(uid, port) }
    }
    return {
      _tag: "Connected",
      ask: (request) =>
        Effect.gen(function* () {
          const answered = yield* cell.change((turn) => {
            const target = listenerOf(turn, uid, port)
            return target === undefined ? undefined : Program.taken(turn, target, port, Web.requestOf(request))
          })
          if (answered === undefined) return undefined
          if (answered.millis > 0) yield* Effect.sleep(answered.millis)
          return Web.replyOf(answered.reply)
        })
    }
  })
