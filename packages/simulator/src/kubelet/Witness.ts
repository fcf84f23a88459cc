/** Watches what a program or a command looks at, to know when it would come to the same answer again. */
import type { ProgramContext } from "@aiopslab/core/Behaviour"
import type { Container } from "../Container.ts"
import * as Draw from "../Draw.ts"
import type { World } from "../World.ts"
import * as Files from "./Files.ts"
import { contextOf } from "./ProgramContext.ts"

export interface Witness {
  readonly context: ProgramContext
  /** Whether all it looked at was the container itself: not the time, not chance, no volume. */
  readonly isContent: () => boolean
}

export const of = (world: World, container: Container): Witness => {
  let draws = 0
  let content = true
  const context = contextOf(world, container, () => {
    content = false
    return Draw.uniform(world.seed, `witness ${container.key}`, draws++)
  })
  const own = (path: string): string => {
    if (!Files.isOwn(container, path)) content = false
    return path
  }
  return {
    context: {
      ...context,
      get now() {
        content = false
        return world.now
      },
      file: (path) => context.file(own(path)),
      list: (directory) => context.list(own(directory)),
      data: (path) => context.data(own(path))
    },
    isContent: () => content
  }
}
