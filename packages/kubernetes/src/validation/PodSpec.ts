/** Ports and values of a set, in services and bindings. */
import type { Report } from "./Report.ts"

export const port = (value: unknown, path: string, report: Report): void => {
  if (typeof value === "number" && (value < 1 || value > 65_535)) {
    report.invalid(path, value, "must be between 1 and 65535, inclusive")
  }
}

export const oneOf = (value: unknown, supported: ReadonlyArray<string>, path: string, report: Report): void => {
  if (typeof value === "string" && !supported.includes(value)) report.notSupported(path, value, supported)
}
