/** Checks of single fields that many kinds share. `path` is the field's; an absent value of an optional field passes. */
import { equal } from "../Equal.ts"
import * as Quantity from "../Quantity.ts"
import * as Names from "./Names.ts"
import type { Report } from "./Report.ts"

export const negative = "must be greater than or equal to 0"
export const notPositive = "must be greater than 0"
export const immutableText = "field is immutable"

/** A text, empty where there is none: what Go makes of a missing one. */
export const text = (value: unknown): string => (typeof value === "string" ? value : "")

export const number = (value: unknown): number => (typeof value === "number" ? value : 0)

export const notNegative = (value: unknown, path: string, report: Report): void => {
  if (number(value) < 0) report.invalid(path, value, negative)
}

export const positive = (value: unknown, path: string, report: Report): void => {
  if (number(value) <= 0) report.invalid(path, number(value), notPositive)
}

export const quantityNotNegative = (value: unknown, path: string, report: Report): void => {
  if (value !== undefined && Quantity.compare(value, "0") < 0) report.invalid(path, value, negative)
}

export const quantityPositive = (value: unknown, path: string, report: Report): void => {
  if (Quantity.compare(value ?? "0", "0") <= 0) report.invalid(path, value ?? "0", "must be greater than zero")
}

export const oneOf = (value: unknown, supported: ReadonlyArray<string>, path: string, report: Report): void => {
  if (typeof value === "string" && !supported.includes(value)) report.notSupported(path, value, supported)
}

/** One of the values, and not empty. */
export const requiredOneOf = (value: unknown, supported: ReadonlyArray<string>, path: string, report: Report): void => {
  if (text(value) === "") report.required(path)
  else oneOf(value, supported, path, report)
}

export const inRange = (value: unknown, low: number, high: number, path: string, report: Report): void => {
  if (typeof value === "number" && (value < low || value > high)) report.invalid(path, value, Names.range(low, high))
}

/** A port's number; 0 where it is missing. */
export const port = (value: unknown, path: string, report: Report): void => inRange(number(value), 1, 65_535, path, report)

/** A port by number or by name. */
export const portOrName = (value: unknown, path: string, report: Report): void => {
  if (typeof value === "string") report.each(path, value, Names.explainPortName(value))
  else port(value, path, report)
}

export const immutable = (now: unknown, before: unknown, path: string, report: Report): void => {
  if (!equal(now, before)) report.invalid(path, now, immutableText)
}

export const label = (value: string, path: string, report: Report): void => report.each(path, value, Names.explain(value, Names.dnsLabel))

export const subdomain = (value: string, path: string, report: Report): void =>
  report.each(path, value, Names.explain(value, Names.subdomain))

export const qualifiedName = (value: string, path: string, report: Report): void => report.each(path, value, Names.explainKey(value))

/** A required name in a format. */
export const requiredName = (value: unknown, explain: (value: string) => ReadonlyArray<string>, path: string, report: Report): void => {
  if (text(value) === "") report.required(path)
  else report.each(path, value, explain(text(value)))
}
