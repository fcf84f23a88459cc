/** `attach`: what the container's first process writes from now on, and what it is given to read. */
import type { Duplex, Frame, KubeStatus } from "@aiopslab/core/Kubernetes"
import type { ContainerRef } from "@aiopslab/kubernetes/Host"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Cell } from "./Cell.ts"
import { notFound, success } from "./Exec.ts"
import * as Store from "@aiopslab/kubernetes/Store"
import { withEnd } from "../Container.ts"
import { asPod, specOf } from "../Kinds.ts"
import * as Program from "../kubelet/Program.ts"
import type { World } from "../World.ts"
import * as Logs from "./Logs.ts"

const encoder = new TextEncoder()

/** A terminal has one stream, and ends its lines with both. */
const framesOf = (lines: ReadonlyArray<Logs.Line>, tty: "tty" | "pipes"): ReadonlyArray<Frame> =>
  lines.map(({ ending, line, stream }) => ({
    channel: stream === "stderr" && tty === "pipes" ? 2 : 1,
    data: encoder.encode(tty === "tty" ? withEnd({ line, ending }).replace("\n", "\r\n") : withEnd({ line, ending }))
  }))

/** Whether a container's standard input ends with the first who attached to it. */
const isOnce = (world: World, { container, namespace, pod }: ContainerRef): boolean => {
  const found = Store.get(world.store, "pods", namespace, pod)
  return found !== undefined && specOf(asPod(found), container)?.stdinOnce === true
}

export const attach = (
  cell: Cell,
  ref: ContainerRef,
  options: { readonly stdin: boolean; readonly tty: boolean }
): Effect.Effect<Duplex, KubeStatus> =>
  Effect.flatMap(cell.present, (world) => {
    const container = Logs.find(world, ref)
    const id = container?.instance?.id
    if (container?.state._tag !== "Running" || id === undefined) return Effect.fail(notFound(ref.container))
    const isWritten = options.stdin && container.input !== undefined
    const decoder = new TextDecoder()
    const typed = (text: string, then: "more" | "end"): Effect.Effect<void> =>
      cell.change((turn) => {
        if (turn.containers.get(container.key)?.instance?.id === id) Program.step(turn, container.key, { _tag: "Input", text, then })
      })
    let isOpen = isWritten && isOnce(world, ref)
    const end = Effect.suspend(() => {
      if (!isOpen) return Effect.void
      isOpen = false
      return typed("", "end")
    })
    const written = Logs.growing(cell, ref, id, world)
    return Effect.succeed<Duplex>({
      send: ({ channel, data }) => (channel === 0 && isWritten ? typed(decoder.decode(data, { stream: true }), "more") : Effect.void),
      end: (channel) => (channel === 0 ? end : Effect.void),
      received: Stream.concat(
        Stream.flatMap(written, (lines) => Stream.fromIterable(framesOf(lines, options.tty ? "tty" : "pipes"))),
        Stream.succeed(success)
      ).pipe(Stream.ensuring(end))
    })
  })
