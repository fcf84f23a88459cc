/**
 * Resource quantities: `100m`, `1.5Gi`, `2e3`. Exact to a billionth, as the API's are. Source: the API's documentation of
 * `Quantity`.
 */

import { print as plain } from "./Json.ts"
import { remembered } from "./Remembered.ts"

type Family = "binary" | "decimal" | "exponent"

interface Quantity {
  readonly nanos: bigint
  readonly family: Family
}

const nano = 1_000_000_000n
const binary: ReadonlyArray<readonly [string, bigint]> = [
  ["Ei", 1n << 60n],
  ["Pi", 1n << 50n],
  ["Ti", 1n << 40n],
  ["Gi", 1n << 30n],
  ["Mi", 1n << 20n],
  ["Ki", 1n << 10n],
  ["", 1n]
]
/** By the power of ten they stand for. */
const decimal: ReadonlyArray<readonly [string, number]> = [
  ["E", 18],
  ["P", 15],
  ["T", 12],
  ["G", 9],
  ["M", 6],
  ["k", 3],
  ["", 0],
  ["m", -3],
  ["u", -6],
  ["n", -9]
]

const pattern = /^(?<sign>[+-]?)(?<whole>\d*)(?:\.(?<part>\d*))?(?:(?<suffix>[KMGTPE]i|[numkMGTPE])|[eE](?<exponent>[+-]?\d+))?$/

/** Objects say the same few quantities again and again. */
const parse = remembered((text): Quantity | undefined => {
  const found = pattern.exec(text)?.groups
  if (found === undefined) return undefined
  const { exponent, part = "", sign, suffix = "", whole = "" } = found
  if (whole === "" && part === "") return undefined
  const digits = BigInt(whole + part)
  const factor = binary.find(([name]) => name === suffix && suffix !== "")?.[1]
  const power = exponent === undefined ? (decimal.find(([name]) => name === suffix)?.[1] ?? 0) : Number(exponent)
  if (Math.abs(power) > 30 || part.length > 60) return undefined
  const scaled = factor === undefined ? 9 + power - part.length : 9 - part.length
  const base = digits * (factor ?? 1n)
  const size = scaled >= 0 ? base * 10n ** BigInt(scaled) : ceilDivide(base, 10n ** BigInt(-scaled))
  return {
    nanos: sign === "-" ? -size : size,
    family: factor !== undefined ? "binary" : exponent !== undefined ? "exponent" : "decimal"
  }
})

const read = (value: unknown): Quantity | undefined =>
  typeof value === "string" ? parse(value) : typeof value === "number" ? parse(String(value)) : undefined

const ceilDivide = (a: bigint, b: bigint): bigint => (a + b - 1n) / b

export const isQuantity = (value: unknown): boolean => read(value) !== undefined

/** In whole units, fractions rounded up: bytes of `memory`. 0 for what is no quantity. */
export const value = (quantity: unknown): number => {
  const { nanos } = read(quantity) ?? zero
  return Number(nanos < 0n ? nanos / nano : ceilDivide(nanos, nano))
}

/** In thousandths, rounded up: millicores of `cpu`. 0 for what is no quantity. */
export const milliValue = (quantity: unknown): number => {
  const { nanos } = read(quantity) ?? zero
  return Number(nanos < 0n ? nanos / 1_000_000n : ceilDivide(nanos, 1_000_000n))
}

/** Without a fraction, thousandths being the least that counts. */
export const isWhole = (quantity: unknown): boolean => milliValue(quantity) % 1000 === 0

const zero: Quantity = { nanos: 0n, family: "decimal" }

/** Negative, zero or positive, as a comparator. */
export const compare = (a: unknown, b: unknown): number => {
  const difference = (read(a) ?? zero).nanos - (read(b) ?? zero).nanos
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

const printDecimal = (nanos: bigint): string => {
  for (const [suffix, power] of decimal) {
    const unit = 10n ** BigInt(power + 9)
    if (nanos % unit === 0n) return `${nanos / unit}${suffix}`
  }
  return `${nanos}n`
}

const print = ({ family, nanos }: Quantity): string => {
  if (nanos === 0n) return "0"
  if (family === "binary" && nanos % nano === 0n && (nanos >= 1024n * nano || nanos <= -1024n * nano)) {
    const whole = nanos / nano
    for (const [suffix, unit] of binary) if (whole % unit === 0n) return `${whole / unit}${suffix}`
  }
  if (family === "exponent") {
    for (const [, power] of decimal) {
      const unit = 10n ** BigInt(power + 9)
      if (nanos % unit === 0n) return power === 0 ? `${nanos / unit}` : `${nanos / unit}e${power}`
    }
  }
  return printDecimal(nanos)
}

/** The form in which the server stores it: `0.5Gi` becomes `512Mi`, `1000m` becomes `1`. `undefined` for what is no quantity. */
export const canonical = (quantity: unknown): string | undefined => {
  const found = read(quantity)
  return found === undefined ? undefined : print(found)
}

const suffixes: ReadonlySet<string> = new Set(["", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"])

/** Why what is no quantity is none. */
export const failure = (quantity: unknown): string => {
  const text = plain(quantity)
  const [, whole, suffix = ""] = /^([-+]?\d*(?:\.\d*)?)([eEinumkKMGTP]*[-+]?\d*)$/.exec(text.trim()) ?? []
  if (whole === undefined || text === "") {
    return "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
  }
  return suffixes.has(suffix) || /^[eE][-+]?\d+$/.test(suffix)
    ? "unable to parse numeric part of quantity"
    : "unable to parse quantity's suffix"
}

const combined = (a: unknown, b: unknown, sign: 1n | -1n): string => {
  const [left, right] = [read(a) ?? zero, read(b) ?? zero]
  // a zero has no family of its own
  return print({ nanos: left.nanos + sign * right.nanos, family: left.nanos === 0n ? right.family : left.family })
}

/** The sum in its canonical form, in the family of the first that is not zero. */
export const add = (a: unknown, b: unknown): string => combined(a, b, 1n)

export const subtract = (a: unknown, b: unknown): string => combined(a, b, -1n)

/** In billionths. 0 for what is no quantity. */
export const nanos = (quantity: unknown): bigint => (read(quantity) ?? zero).nanos
