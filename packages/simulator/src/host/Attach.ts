/** `attach`: what the container's first process writes from now on. Its standard input goes to a process that doesn't read it. */
import type { Duplex, Frame, KubeStatus } from "@aiopslab/core/Kubernetes"
import type { ContainerRef } from "@aiopslab/kubernetes/Host"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Cell } from "./Cell.ts"
import { notFound, success } from "./Exec.ts"
import { withEnd } from "../Container.ts"
import * as Logs from "./Logs.ts"

const encoder = new TextEncoder()

/** A terminal has one stream, and ends its lines with both. */
const framesOf = (lines: ReadonlyArray<Logs.Line>, tty: "tty" | "pipes"): ReadonlyArray<Frame> =>
  lines.map(({ ending, line, stream }) => ({
    channel: stream === "stderr" && tty === "pipes" ? 2 : 1,
    data: encoder.encode(tty === "tty" ? withEnd({ line, ending }).replace("\n", "\r\n") : withEnd({ line, ending }))
  }))

export const attach = (
  cell: Cell,
  ref: ContainerRef,
  options: { readonly stdin: boolean; readonly tty: boolean }
): Effect.Effect<Duplex, KubeStatus> =>
  Effect.flatMap(cell.present, (world) => {
    const container = Logs.find(world, ref)
    const id = container?.instance?.id
    if (container?.state._tag !== "Running" || id === undefined) return Effect.fail(notFound(ref.container))
    const written = Logs.growing(cell, ref, id, world.now + 1)
    return Effect.succeed<Duplex>({
      send: () => Effect.void,
      end: () => Effect.void,
      received: Stream.concat(
        Stream.flatMap(written, (lines) => Stream.fromIterable(framesOf(lines, options.tty ? "tty" : "pipes"))),
        Stream.succeed(success)
      )
    })
  })
