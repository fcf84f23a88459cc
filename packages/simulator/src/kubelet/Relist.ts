/**
 * A kubelet asks its runtime once a second what runs (pkg/kubelet/pleg): starts and ends show when it next asks, and who starts and ends
 * in between is never seen running.
 */
import { bits } from "../Draw.ts"
import type { World } from "../World.ts"

export const periodMillis = 1_000

/** Each node has its own moments. */
export const next = ({ now, seed }: Pick<World, "now" | "seed">, node: string): number => {
  const phase = bits(seed, `relist ${node}`, 0) % periodMillis
  return now + periodMillis - ((now - phase) % periodMillis)
}
