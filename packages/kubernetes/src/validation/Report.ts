/** Collects what is wrong, worded as the real server words it. */
import type { Cause } from "../Status.ts"

export class Report {
  readonly causes: Array<Cause> = []

  required(field: string, detail = ""): void {
    this.causes.push({ reason: "FieldValueRequired", message: detail === "" ? "Required value" : `Required value: ${detail}`, field })
  }

  invalid(field: string, value: unknown, why: string): void {
    this.causes.push({ reason: "FieldValueInvalid", message: `Invalid value: ${shown(value)}: ${why}`, field })
  }

  notSupported(field: string, value: unknown, supported: ReadonlyArray<string>): void {
    const list = [...supported]
      .sort()
      .map((one) => JSON.stringify(one))
      .join(", ")
    this.causes.push({ reason: "FieldValueNotSupported", message: `Unsupported value: ${shown(value)}: supported values: ${list}`, field })
  }

  duplicate(field: string, value: unknown): void {
    this.causes.push({ reason: "FieldValueDuplicate", message: `Duplicate value: ${shown(value)}`, field })
  }

  forbidden(field: string, why: string): void {
    this.causes.push({ reason: "FieldValueForbidden", message: `Forbidden: ${why}`, field })
  }

  notFound(field: string, value: unknown): void {
    this.causes.push({ reason: "FieldValueNotFound", message: `Not found: ${shown(value)}`, field })
  }
}

const shown = (value: unknown): string => (value === undefined ? "null" : JSON.stringify(sorted(value)))

/** Go prints maps in the order of their keys. */
const sorted = (value: unknown): unknown =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(
        Object.entries(value)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([key, item]) => [key, sorted(item)])
      )
    : value
