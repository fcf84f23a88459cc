/** What the agent has written on the cluster, so that `keep` leaves its repairs alone. */
import type { TouchedKey } from "@aiopslab/core/Fault"

export interface Touched {
  /** A write, by the objects that it touched; of a command in a container none. */
  readonly wrote: (keys: ReadonlyArray<TouchedKey>) => void
  readonly has: (key: TouchedKey) => boolean
  /** Whether there was any write. */
  readonly any: () => boolean
}

export const make = (): Touched => {
  const touched = new Set<TouchedKey>()
  let any = false
  return {
    wrote: (keys) => {
      any = true
      for (const key of keys) touched.add(key)
    },
    has: (key) => touched.has(key),
    any: () => any
  }
}
