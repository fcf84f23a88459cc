/** Numbers of pods that may be percentages. */
import * as Names from "../Names.ts"
import type { Report } from "../Report.ts"

const isPercent = (value: unknown): value is string => typeof value === "string" && /^\d+%$/.test(value)

/** As Go reads it: a text that is neither is 0. */
const amount = (value: unknown): number => {
  if (typeof value === "number") return value
  if (isPercent(value)) return Number(value.slice(0, -1))
  return typeof value === "string" && /^[+-]?\d+$/.test(value) ? Number(value) : 0
}

export const positive = (value: unknown, path: string, report: Report): void => {
  if (typeof value === "string") report.each(path, value, Names.explain(value, Names.percent))
  if (typeof value === "number" && value < 0) report.invalid(path, value, "must be greater than or equal to 0")
}

export const isZero = (value: unknown): boolean => amount(value) === 0

export const notMoreThanAll = (value: unknown, path: string, report: Report): void => {
  if (isPercent(value) && amount(value) > 100) report.invalid(path, value, "must not be greater than 100%")
}
