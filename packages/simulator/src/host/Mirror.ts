/** The files of a shell and those of the container that it is in, made equal: each learns what the other side has changed. */
import type { Files } from "@aiopslab/shell/Files"
import * as Effect from "effect/Effect"
import * as InContainer from "../kubelet/Files.ts"
import * as Program from "../kubelet/Program.ts"
import type { World } from "../World.ts"
import type { Cell } from "./Cell.ts"

export interface Mirror {
  /** What the shell changed is in the container afterwards. */
  readonly push: Effect.Effect<void>
  /** What the container changed is in the shell afterwards. */
  readonly pull: Effect.Effect<void>
}

/** `equal`: the container whose files the shell has. One that was started anew has nothing to do with the shell any more. */
export const make = (cell: Cell, files: Files, equal: InContainer.Seen): Mirror => {
  const { instance, key } = equal.container
  /** What both sides had last. */
  let common = equal
  let texts = InContainer.all(equal, equal.container)

  const seenIn = ({ containers, volumes }: Pick<World, "containers" | "volumes">): InContainer.Seen | undefined => {
    const container = containers.get(key)
    return container === undefined || container.instance?.id !== instance?.id ? undefined : { container, volumes }
  }

  /** The shell, which has these texts, gets the container's. */
  const follow = (now: InContainer.Seen, had: InContainer.Texts): Effect.Effect<void> => {
    common = now
    texts = InContainer.all(now, now.container)
    return Effect.forEach(
      InContainer.differences(had, texts),
      ([path, text]) => (text === undefined ? files.remove(path) : files.write(path, text)),
      { discard: true }
    )
  }

  return {
    push: Effect.flatMap(files.all, (now) => {
      const changes = InContainer.differences(texts, now)
      if (changes.length === 0) return Effect.void
      return Effect.flatMap(
        cell.change((turn) => {
          let container = seenIn(turn)?.container
          if (container === undefined) return undefined
          for (const [path, text] of changes) container = Program.write(turn, container, path, text)
          turn.setContainer(container)
          return seenIn(turn)
        }),
        // what can't be written isn't
        (seen) => (seen === undefined ? Effect.void : follow(seen, now))
      )
    }),
    pull: Effect.flatMap(cell.present, (world) => {
      const seen = seenIn(world)
      return seen === undefined || InContainer.isUnchanged(common, seen) ? Effect.void : follow(seen, texts)
    })
  }
}
