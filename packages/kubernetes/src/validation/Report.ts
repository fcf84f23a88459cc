/** Collects what is wrong, worded as the real server words it. */
import { goJson } from "../GoEncoder.ts"
import type { Cause } from "../Status.ts"

export class Report {
  readonly causes: Array<Cause> = []

  #add(reason: Cause["reason"], head: string, detail: string, field: string): void {
    this.causes.push({ reason, message: detail === "" ? head : `${head}: ${detail}`, field })
  }

  get failed(): boolean {
    return this.causes.length > 0
  }

  required(field: string, detail = ""): void {
    this.#add("FieldValueRequired", "Required value", detail, field)
  }

  invalid(field: string, value: unknown, why: string): void {
    this.#add("FieldValueInvalid", `Invalid value: ${shown(value)}`, why, field)
  }

  /** `invalid` of a value that is not shown. */
  invalidOmitted(field: string, why: string): void {
    this.#add("FieldValueInvalid", "Invalid value", why, field)
  }

  /** `invalid`, once for each reason. */
  each(field: string, value: unknown, reasons: ReadonlyArray<string>): void {
    for (const why of reasons) this.invalid(field, value, why)
  }

  /** The supported values in alphabetical order, as of a Go set. */
  notSupported(field: string, value: unknown, supported: ReadonlyArray<string>): void {
    this.notSupportedAsListed(field, value, [...supported].sort())
  }

  /** The supported values in the order given. */
  notSupportedAsListed(field: string, value: unknown, supported: ReadonlyArray<string>): void {
    const list = supported.map(quote).join(", ")
    this.#add("FieldValueNotSupported", `Unsupported value: ${shown(value)}`, list === "" ? "" : `supported values: ${list}`, field)
  }

  duplicate(field: string, value: unknown, why = ""): void {
    this.#add("FieldValueDuplicate", `Duplicate value: ${shown(value)}`, why, field)
  }

  forbidden(field: string, why: string): void {
    this.#add("FieldValueForbidden", "Forbidden", why, field)
  }

  notFound(field: string, value: unknown, detail = ""): void {
    this.#add("FieldValueNotFound", `Not found: ${shown(value)}`, detail, field)
  }

  /** In bytes. */
  tooLong(field: string, limit: number): void {
    this.#add("FieldValueTooLong", "Too long", `may not be more than ${limit} ${limit === 1 ? "byte" : "bytes"}`, field)
  }

  tooMany(field: string, count: number, limit: number): void {
    this.#add("FieldValueTooMany", `Too many: ${count}`, `must have at most ${limit} ${limit === 1 ? "item" : "items"}`, field)
  }

  typeInvalid(field: string, value: unknown, why: string): void {
    this.#add("FieldValueTypeInvalid", `Invalid value: ${shown(value)}`, why, field)
  }

  internal(field: string, why: string): void {
    this.#add("InternalError", "Internal error", why, field)
  }
}

/** A value that prints as it stands: Go's rendering of a struct that has no JSON form. */
export class Verbatim {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** As `fmt.Sprintf("%v: %q")` and `json.Marshal` print values. */
export const shown = (value: unknown): string =>
  value instanceof Verbatim ? value.text : typeof value === "string" ? quote(value) : goJson(ordered(value))

const short: Readonly<Record<string, string>> = { "\u0007": "\\a", "\u000b": "\\v" }

/** Go's `%q`. */
export const quote = (text: string): string =>
  JSON.stringify(text).replaceAll(/\\u00([01][0-9a-f])|\u007f/g, (whole, code: string | undefined) =>
    code === undefined ? "\\x7f" : (short[String.fromCodePoint(Number.parseInt(code, 16))] ?? (whole === "" ? "" : `\\x${code}`))
  )

/** Go prints maps in the order of their keys; a struct is given in the order of its fields by `inOrder`. */
export const ordered = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(ordered)
    : value instanceof InOrder
      ? Object.fromEntries(value.entries.map(([key, item]) => [key, ordered(item)]))
      : typeof value === "object" && value !== null
        ? Object.fromEntries(
            Object.entries(value)
              .sort(([a], [b]) => (a < b ? -1 : 1))
              .map(([key, item]) => [key, ordered(item)])
          )
        : value

class InOrder {
  readonly entries: ReadonlyArray<readonly [string, unknown]>

  constructor(entries: ReadonlyArray<readonly [string, unknown]>) {
    this.entries = entries
  }
}

/**
 * A struct as its Go type prints: fields in the order of their declaration. Internal types print under Go's names and with all of
 * their fields: `inOrder({ APIGroup: "", Kind: "Role", Name: "x" })`.
 */
export const inOrder = (fields: Readonly<Record<string, unknown>>): unknown =>
  new InOrder(Object.entries(fields).filter(([, value]) => value !== undefined))
