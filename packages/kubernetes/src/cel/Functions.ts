/** Functions that Kubernetes adds to the Common Expression Language: lists, quantities, URLs, formatting. */
import type { Environment } from "@marcbachmann/cel-js"
import * as Quantity from "../Quantity.ts"
import { withAddresses } from "./Addresses.ts"
import { withFormats } from "./Formats.ts"
import { withMatches } from "./Matches.ts"
import { withSets } from "./Sets.ts"
import { withSemver } from "./Semver.ts"

/** A value of CEL's type `kubernetes.Quantity`. */
export class CelQuantity {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** A value of CEL's type `kubernetes.URL`. */
export class CelUrl {
  readonly url: URL
  constructor(url: URL) {
    this.url = url
  }
}

type Comparable = bigint | number | string

const isComparable = (value: unknown): value is Comparable =>
  typeof value === "bigint" || typeof value === "number" || typeof value === "string"

const comparable = (list: ReadonlyArray<unknown>): ReadonlyArray<Comparable> => {
  const all = list.filter(isComparable)
  if (all.length < list.length) throw new Error("no such overload")
  return all
}

const extreme = (list: ReadonlyArray<unknown>, name: "min" | "max"): Comparable => {
  const [first, ...rest] = comparable(list)
  if (first === undefined) throw new Error(`${name} called on empty list`)
  return rest.reduce((found, one) => ((name === "min" ? one < found : one > found) ? one : found), first)
}

const sum = (list: ReadonlyArray<unknown>): bigint | number => {
  let whole = 0n
  let rest = 0
  let kind: "int" | "double" = "int"
  for (const one of list) {
    if (typeof one === "bigint") whole += one
    else if (typeof one === "number") {
      kind = "double"
      rest += one
    } else throw new Error("no such overload")
  }
  return kind === "int" ? whole : Number(whole) + rest
}

const isSorted = (list: ReadonlyArray<unknown>): boolean =>
  comparable(list).every((one, i, all) => {
    const before = all[i - 1]
    return before === undefined || before <= one
  })

const lists = (env: Environment): Environment =>
  env
    .registerFunction("list.sum(): dyn", sum)
    .registerFunction("list.min(): dyn", (list: ReadonlyArray<unknown>) => extreme(list, "min"))
    .registerFunction("list.max(): dyn", (list: ReadonlyArray<unknown>) => extreme(list, "max"))
    .registerFunction("list.isSorted(): bool", isSorted)
    .registerFunction("list.indexOf(dyn): int", (list: ReadonlyArray<unknown>, one: unknown) => BigInt(list.indexOf(one)))
    .registerFunction("list.lastIndexOf(dyn): int", (list: ReadonlyArray<unknown>, one: unknown) => BigInt(list.lastIndexOf(one)))

const shown = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(shown).join(", ")}]`
  if (value === null) return "null"
  return typeof value === "object"
    ? `{${Object.entries(value)
        .map(([key, one]) => `${key}: ${shown(one)}`)
        .join(", ")}}`
    : typeof value === "string"
      ? value
      : typeof value === "bigint"
        ? String(value)
        : JSON.stringify(value)
}

const whole = (value: unknown): bigint => (typeof value === "bigint" ? value : BigInt(Number(value)))

/** `%s %d %f %e %x %X %o %b %%`. */
const format = (text: string, values: ReadonlyArray<unknown>): string => {
  let next = 0
  return text.replace(/%(?:\.(\d+))?([sdfexXob%])/gu, (_, precision: string | undefined, verb: string) => {
    if (verb === "%") return "%"
    if (next >= values.length) throw new Error(`index ${next} out of range`)
    const value = values[next++]
    const digits = precision === undefined ? 6 : Number(precision)
    switch (verb) {
      case "f":
        return Number(value).toFixed(digits)
      case "e":
        return Number(value).toExponential(digits)
      case "x":
        return typeof value === "string" ? Buffer.from(value).toString("hex") : whole(value).toString(16)
      case "X":
        return (typeof value === "string" ? Buffer.from(value).toString("hex") : whole(value).toString(16)).toUpperCase()
      case "o":
        return whole(value).toString(8)
      case "b":
        return typeof value === "boolean" ? (value ? "1" : "0") : whole(value).toString(2)
      default:
        return shown(value)
    }
  })
}

/** At most so many times; always when the limit is negative. */
const replaced = (text: string, from: string, to: string, limit: bigint): string => {
  let left = limit < 0n ? Number.POSITIVE_INFINITY : Number(limit)
  return text.replaceAll(from, (found) => (left-- > 0 ? to : found))
}

/** The place behind the last character is the last there is, and has none. */
const charAt = (text: string, at: bigint): string => {
  const characters = Array.from(text)
  if (at < 0n || at > BigInt(characters.length)) throw new Error(`index out of range: ${at}`)
  return characters[Number(at)] ?? ""
}

const texts = (env: Environment): Environment =>
  env
    .registerFunction("string.format(list): string", format)
    .registerFunction("string.charAt(int): string", charAt)
    .registerFunction("string.replace(string, string): string", (text: string, from: string, to: string) => text.replaceAll(from, () => to))
    .registerFunction("string.replace(string, string, int): string", replaced)

const quantity = (text: string): CelQuantity => {
  if (!Quantity.isQuantity(text)) throw new Error(Quantity.failure(text))
  return new CelQuantity(text)
}

const nano = 1_000_000_000n

const tens: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 }

/** A quantity counts as an integer by how it is written: `1000m` and `1.0` are none. */
const integer = ({ text }: CelQuantity): bigint | undefined => {
  const [, places = "", suffix = ""] = /^[+-]?\d*\.?(\d*)(.*)$/u.exec(text) ?? []
  const exponent = tens[suffix] ?? (/^[eE]/u.test(suffix) ? Number(suffix.slice(1)) : 0)
  if (suffix.endsWith("i") ? places !== "" : exponent < places.length) return undefined
  const value = Quantity.nanos(text) / nano
  return BigInt.asIntN(64, value) === value ? value : undefined
}

const signOf = ({ text }: CelQuantity): bigint => {
  const nanos = Quantity.nanos(text)
  return nanos < 0n ? -1n : nanos > 0n ? 1n : 0n
}

const sumOf = (a: CelQuantity, b: CelQuantity | bigint): CelQuantity =>
  new CelQuantity(Quantity.add(a.text, typeof b === "bigint" ? String(b) : b.text))

const differenceOf = (a: CelQuantity, b: CelQuantity | bigint): CelQuantity =>
  new CelQuantity(Quantity.subtract(a.text, typeof b === "bigint" ? String(b) : b.text))

const compared = (a: CelQuantity, b: CelQuantity): number => Math.sign(Quantity.compare(a.text, b.text))

const quantities = (env: Environment): Environment =>
  env
    .registerType("Quantity", CelQuantity)
    .registerFunction("quantity(string): Quantity", quantity)
    .registerFunction("isQuantity(string): bool", Quantity.isQuantity)
    .registerFunction("Quantity.isGreaterThan(Quantity): bool", (a: CelQuantity, b: CelQuantity) => compared(a, b) > 0)
    .registerFunction("Quantity.isLessThan(Quantity): bool", (a: CelQuantity, b: CelQuantity) => compared(a, b) < 0)
    .registerFunction("Quantity.compareTo(Quantity): int", (a: CelQuantity, b: CelQuantity) => BigInt(compared(a, b)))
    .registerFunction("Quantity.asApproximateFloat(): double", ({ text }: CelQuantity) => Number(Quantity.nanos(text)) / Number(nano))
    .registerOperator("Quantity == Quantity", (a: CelQuantity, b: CelQuantity) => compared(a, b) === 0)
    .registerFunction("Quantity.isInteger(): bool", (one: CelQuantity) => integer(one) !== undefined)
    .registerFunction("Quantity.asInteger(): int", (one: CelQuantity) => {
      const value = integer(one)
      if (value === undefined) throw new Error("cannot convert value to integer")
      return value
    })
    .registerFunction("sign(Quantity): int", signOf)
    .registerFunction("Quantity.add(Quantity): Quantity", sumOf)
    .registerFunction("Quantity.sub(Quantity): Quantity", differenceOf)
    .registerFunction("Quantity.add(int): Quantity", sumOf)
    .registerFunction("Quantity.sub(int): Quantity", differenceOf)

/** As Go reads one: absolute, or a path alone. */
const parsedUrl = (text: string): URL | null => (text.startsWith("/") ? URL.parse(text, "go://") : URL.parse(text))

const urls = (env: Environment): Environment =>
  env
    .registerType("URL", CelUrl)
    .registerFunction("url(string): URL", (text: string) => {
      const url = parsedUrl(text)
      if (url === null)
        throw new Error(`URL parse error during conversion from string: parse ${JSON.stringify(text)}: invalid URI for request`)
      return new CelUrl(url)
    })
    .registerFunction("isURL(string): bool", (text: string) => parsedUrl(text) !== null)
    .registerFunction("URL.getScheme(): string", ({ url }: CelUrl) => (url.protocol === "go:" ? "" : url.protocol.replace(/:$/u, "")))
    .registerFunction("URL.getHost(): string", ({ url }: CelUrl) => url.host)
    .registerFunction("URL.getHostname(): string", ({ url }: CelUrl) => url.hostname.replace(/^\[|\]$/gu, ""))
    .registerFunction("URL.getPort(): string", ({ url }: CelUrl) => url.port)
    .registerFunction("URL.getEscapedPath(): string", ({ url }: CelUrl) => url.pathname)
    .registerFunction("URL.getQuery(): map", ({ url }: CelUrl) =>
      Object.fromEntries([...new Set(url.searchParams.keys())].map((key) => [key, url.searchParams.getAll(key)]))
    )

export const withKubernetes = (env: Environment): Environment =>
  withMatches(withSets(withFormats(withSemver(withAddresses(urls(quantities(texts(lists(env)))))))))
