/** Where two values differ, leaf by leaf. */
import { isRecord } from "@aiopslab/kubernetes/Json"
import { equal } from "@aiopslab/kubernetes/Equal"
import type { Path } from "./Tree.ts"
import { text } from "./Tree.ts"

export interface Difference {
  readonly at: string
  readonly ours: unknown
  readonly real: unknown
}

export const differences = (ours: unknown, real: unknown, path: Path = []): ReadonlyArray<Difference> => {
  if (equal(ours, real)) return []
  if (isRecord(ours) && isRecord(real)) {
    return [...new Set([...Object.keys(ours), ...Object.keys(real)])]
      .sort()
      .flatMap((key) => differences(ours[key], real[key], [...path, key]))
  }
  if (Array.isArray(ours) && Array.isArray(real) && ours.length === real.length) {
    return ours.flatMap((item, i) => differences(item, real[i], [...path, i]))
  }
  return [{ at: text(path), ours, real }]
}
