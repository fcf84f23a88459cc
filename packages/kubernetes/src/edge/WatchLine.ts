/** Events of a watch as lines of JSON. What a thousand watchers hear is written down once: the lines of the last objects are remembered. */
import type { KubeObject, WatchEvent } from "@aiopslab/core/Kubernetes"
import * as Effect from "effect/Effect"
import { eventText } from "../server/JsonText.ts"
import type { ClientResponse } from "./Exchange.ts"
import { drained } from "./Respond.ts"

/** Objects whose lines are remembered. */
const kept = 64

/** A piece that a slow watcher may keep waiting is about so long, or one line. */
const pieceBytes = 16 * 1024

export interface WatchLines {
  /** In pieces of many lines, each once the client has taken those before. */
  readonly write: (response: ClientResponse, events: ReadonlyArray<WatchEvent>) => Effect.Effect<void>
}

type Lines = Partial<Record<WatchEvent["type"], Buffer>>

export const make = (): WatchLines => {
  const known = new Map<KubeObject, Lines>()

  const linesOf = (object: KubeObject): Lines => {
    const before = known.get(object)
    if (before !== undefined) return before
    const [oldest] = known.keys()
    if (known.size >= kept && oldest !== undefined) known.delete(oldest)
    const lines: Lines = {}
    known.set(object, lines)
    return lines
  }

  const lineOf = (event: WatchEvent): Buffer => (linesOf(event.object)[event.type] ??= Buffer.from(eventText(event)))

  const write = (response: ClientResponse, events: ReadonlyArray<WatchEvent>, from = 0): Effect.Effect<void> =>
    Effect.suspend(() => {
      const lines: Array<Buffer> = []
      let to = from
      for (let bytes = 0; bytes < pieceBytes && to < events.length; to++) {
        const event = events[to]
        if (event === undefined) break
        const line = lineOf(event)
        lines.push(line)
        bytes += line.length
      }
      const [line] = lines
      const written = drained(response, lines.length === 1 && line !== undefined ? line : Buffer.concat(lines))
      return to < events.length ? Effect.andThen(written, write(response, events, to)) : written
    })

  return { write }
}
