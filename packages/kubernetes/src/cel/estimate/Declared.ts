/** What is known of a value before there is one: its type, how many characters, items or entries it may have, and what is within. */
import type { Type } from "./Type.ts"

export interface Declared {
  readonly type: Type
  readonly most: number
  /** The fewest bytes of it as JSON. */
  readonly bytes: number
  readonly item?: Declared
  readonly key?: Declared
  readonly fields?: ReadonlyMap<string, Declared>
}

/** By a path's steps; `undefined` where nothing is known. */
export const at = (declared: Declared, steps: ReadonlyArray<string>): Declared | undefined => {
  let found: Declared | undefined = declared
  for (const step of steps) {
    if (found === undefined) return undefined
    found = step === "@items" || step === "@values" ? found.item : step === "@keys" ? found.key : found.fields?.get(step)
  }
  return found
}
