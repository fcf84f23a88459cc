/** The files of a shell and those of the container that it is in, made equal: each learns what the other side has changed. */
import type { Files } from "@aiopslab/shell/Files"
import * as Effect from "effect/Effect"
import type { Container } from "../Container.ts"
import * as InContainer from "../kubelet/Files.ts"
import * as Program from "../kubelet/Program.ts"
import type { Cell } from "./Cell.ts"

export interface Mirror {
  /** What the shell changed is in the container afterwards. */
  readonly push: Effect.Effect<void>
  /** What the container changed is in the shell afterwards. */
  readonly pull: Effect.Effect<void>
}

/** `equal`: what both sides have now. A container that was started anew has nothing to do with the shell any more. */
export const make = (cell: Cell, { instance, key }: Container, files: Files, equal: Readonly<Record<string, string>>): Mirror => {
  let known: ReadonlyMap<string, string> = new Map(Object.entries(equal))
  const differing = (now: ReadonlyMap<string, string>): ReadonlyArray<readonly [path: string, text: string | undefined]> => [
    ...[...now].filter(([path, text]) => known.get(path) !== text),
    ...[...known.keys()].flatMap((path) => (now.has(path) ? [] : [[path, undefined] as const]))
  ]
  return {
    push: Effect.flatMap(files.all, (now) => {
      const changes = differing(now)
      known = now
      if (changes.length === 0) return Effect.void
      return cell.change((turn) => {
        let container = turn.containers.get(key)
        if (container === undefined || container.instance?.id !== instance?.id) return
        for (const [path, text] of changes) container = Program.write(turn, container, path, text)
        turn.setContainer(container)
      })
    }),
    pull: Effect.flatMap(cell.present, (world) => {
      const container = world.containers.get(key)
      if (container === undefined || container.instance?.id !== instance?.id) return Effect.void
      const now = new Map(Object.entries(InContainer.all(world, container)))
      const changes = differing(now)
      known = now
      return Effect.forEach(changes, ([path, text]) => (text === undefined ? files.remove(path) : files.write(path, text)), {
        discard: true
      })
    })
  }
}
