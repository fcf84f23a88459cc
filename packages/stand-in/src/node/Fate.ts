/** What becomes of one packet: how late it goes on, as netem would have it, or that it doesn't. Pure. */
import { type Disturbance, lossOf } from "./Ways.ts"

/** What packets of one leg leave behind: where in the range of its jitter each delay's last packet lay, from 0 to 1. */
export type Memory = Array<number>

/** Milliseconds; undefined when the packet is lost. `draw` gives numbers from 0 to 1. */
export const fateOf = (effects: ReadonlyArray<Disturbance>, memory: Memory, draw: () => number): number | undefined => {
  const loss = lossOf(effects)
  if (loss > 0 && draw() < loss) return undefined
  let late = 0
  for (const [i, effect] of effects.entries()) {
    if (effect._tag !== "Delay") continue
    const { correlation, jitterMillis, latencyMillis } = effect
    if (jitterMillis === 0) late += latencyMillis
    else {
      const fresh = draw()
      const share = correlation / 100
      const place = (memory[i] = share * (memory[i] ?? fresh) + (1 - share) * fresh)
      late += Math.max(0, latencyMillis + jitterMillis * (2 * place - 1))
    }
  }
  return late
}
