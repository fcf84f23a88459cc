/** `semver()`: Semantic Versioning 2.0.0; with a second argument of true also with a `v` before it, leading zeros and parts left out. */
import type { Environment } from "@marcbachmann/cel-js"
import * as Result from "effect/Result"
import { quoted } from "../apply/GoText.ts"

type Identifier = bigint | string

/** A value of CEL's type `kubernetes.Semver`. */
class CelSemver {
  /** Major, minor, patch. */
  readonly numbers: ReadonlyArray<bigint>
  readonly prerelease: ReadonlyArray<Identifier>
  constructor(numbers: ReadonlyArray<bigint>, prerelease: ReadonlyArray<Identifier>) {
    this.numbers = numbers
    this.prerelease = prerelease
  }
}

const names = ["Major", "Minor", "Patch"]

const numberOf = (text: string, place: number): bigint => {
  const name = names[place] ?? ""
  if (!/^\d+$/.test(text)) throw new Error(`Invalid character(s) found in ${name.toLowerCase()} number ${quoted(text)}`)
  if (/^0\d/.test(text)) throw new Error(`${name} number must not contain leading zeroes ${quoted(text)}`)
  return BigInt(text)
}

const identifierOf = (text: string): Identifier => {
  if (text === "") throw new Error("Prerelease is empty")
  if (/^0\d+$/.test(text)) throw new Error(`Numeric PreRelease version must not contain leading zeroes ${quoted(text)}`)
  if (/^\d+$/.test(text)) return BigInt(text)
  if (!/^[0-9A-Za-z-]+$/.test(text)) throw new Error(`Invalid character(s) found in prerelease ${quoted(text)}`)
  return text
}

const checkBuild = (text: string): void => {
  if (text === "") throw new Error("Build meta data is empty")
  if (!/^[0-9A-Za-z-]+$/.test(text)) throw new Error(`Invalid character(s) found in build meta data ${quoted(text)}`)
}

/** Fails with the server's words. */
const parse = (text: string): CelSemver => {
  if (text === "") throw new Error("Version string empty")
  const [major = "", minor, ...others] = text.split(".")
  if (minor === undefined || others.length === 0) throw new Error("No Major.Minor.Patch elements found")
  const [whole = "", ...builds] = others.join(".").split("+")
  const dash = whole.indexOf("-")
  const patch = dash < 0 ? whole : whole.slice(0, dash)
  const numbers = [major, minor, patch].map(numberOf)
  const prerelease =
    dash < 0
      ? []
      : whole
          .slice(dash + 1)
          .split(".")
          .map(identifierOf)
  if (builds.length > 0) builds.join("+").split(".").forEach(checkBuild)
  return new CelSemver(numbers, prerelease)
}

const trimmed = (part: string): string => {
  if (part.length < 2) return part
  const rest = part.replace(/^0+/, "")
  return /^\d/.test(rest) ? rest : `0${rest}`
}

/** In the strict form. */
const normalized = (text: string): string => {
  const [major = "", minor, ...others] = text.trim().replace(/^v/, "").split(".")
  const parts = [major, ...(minor === undefined ? [] : [minor]), ...(others.length === 0 ? [] : [others.join(".")])].map(trimmed)
  if (parts.length < 3 && /[+-]/.test(parts.at(-1) ?? "")) throw new Error("Short version cannot contain PreRelease/Build meta data")
  return [...parts, "0", "0"].slice(0, 3).join(".")
}

type Form = "strict" | "normalized"

const read = (text: string, form: Form): CelSemver => parse(form === "strict" ? text : normalized(text))
const formOf = (isNormalized: unknown): Form => (isNormalized === true ? "normalized" : "strict")

const isSemver = (text: string, form: Form): boolean => Result.isSuccess(Result.try(() => read(text, form)))

type Ordered = bigint | number | string

const order = <A extends Ordered>(a: A, b: A): number => (a === b ? 0 : a < b ? -1 : 1)

const compareIdentifiers = (a: Identifier, b: Identifier): number => (typeof a === typeof b ? order(a, b) : typeof a === "bigint" ? -1 : 1)

/** A version without a prerelease comes after those with one; builds count for nothing. */
const compare = (a: CelSemver, b: CelSemver): number => {
  for (const [i, number] of a.numbers.entries()) {
    const other = b.numbers[i] ?? 0n
    if (number !== other) return order(number, other)
  }
  const [left, right] = [a.prerelease.length, b.prerelease.length]
  if (left === 0 || right === 0) return order(right, left)
  for (const [i, one] of a.prerelease.entries()) {
    const other = b.prerelease[i]
    if (other === undefined) return 1
    const found = compareIdentifiers(one, other)
    if (found !== 0) return found
  }
  return order(left, right)
}

export const withSemver = (env: Environment): Environment =>
  env
    .registerType("Semver", CelSemver)
    .registerFunction("semver(string): Semver", (text: string) => read(text, "strict"))
    .registerFunction("semver(string, bool): Semver", (text: string, isNormalized: unknown) => read(text, formOf(isNormalized)))
    .registerFunction("isSemver(string): bool", (text: string) => isSemver(text, "strict"))
    .registerFunction("isSemver(string, bool): bool", (text: string, isNormalized: unknown) => isSemver(text, formOf(isNormalized)))
    .registerOperator("Semver == Semver", (a: CelSemver, b: CelSemver) => compare(a, b) === 0)
    .registerFunction("Semver.major(): int", ({ numbers }: CelSemver) => numbers[0] ?? 0n)
    .registerFunction("Semver.minor(): int", ({ numbers }: CelSemver) => numbers[1] ?? 0n)
    .registerFunction("Semver.patch(): int", ({ numbers }: CelSemver) => numbers[2] ?? 0n)
    .registerFunction("Semver.isGreaterThan(Semver): bool", (a: CelSemver, b: CelSemver) => compare(a, b) > 0)
    .registerFunction("Semver.isLessThan(Semver): bool", (a: CelSemver, b: CelSemver) => compare(a, b) < 0)
    .registerFunction("Semver.compareTo(Semver): int", (a: CelSemver, b: CelSemver) => BigInt(compare(a, b)))
