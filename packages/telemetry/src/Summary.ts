/** What the users of an operation got, in a few numbers. */
import type { OperationStats } from "@aiopslab/core/Telemetry"

/** Nearest rank, of sorted values; 0 of none. */
const percentile = (sorted: Float64Array, share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0

/** `latencies` of all requests in milliseconds, in any order. */
export const of = (operation: string, latencies: ReadonlyArray<number>, errors: number): OperationStats => {
  const sorted = new Float64Array(latencies).sort()
  return { operation, requests: sorted.length, errors, p50: percentile(sorted, 0.5), p99: percentile(sorted, 0.99) }
}
