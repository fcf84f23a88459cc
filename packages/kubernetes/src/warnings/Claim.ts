/** Parts of bytes that a claim asks for. */
import type { JsonRecord } from "../Json.ts"
import { at, string } from "../Json.ts"
import * as Quantity from "../Quantity.ts"

export const isFractional = (value: unknown): boolean => Quantity.milliValue(value) % 1000 !== 0

export const fractional = (value: string, path: string): string =>
  `${path}: fractional byte value ${JSON.stringify(value)} is invalid, must be an integer`

/** Of the spec of a PersistentVolumeClaim, also inside others. */
export const claimWarnings = (spec: JsonRecord, path: string): ReadonlyArray<string> =>
  ["requests", "limits"].flatMap((key) => {
    const value = string(at(spec, "resources", key, "storage"))
    return value !== undefined && isFractional(value) ? [fractional(value, `${path}.resources.${key}[storage]`)] : []
  })
