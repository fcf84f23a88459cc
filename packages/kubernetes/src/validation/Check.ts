/**
 * Rules about a record and how they combine. Each looks at one key and reports in the server's words; a rule's place in a list is its
 * place in the answer.
 */
import type { JsonRecord } from "../Json.ts"
import { array, isRecord, number, records, string } from "../Json.ts"
import type { Report } from "./Report.ts"
import * as Names from "./Names.ts"

export type Check = (value: JsonRecord, path: string, report: Report) => void

/** Of a text: why it is not what it should be. */
export type Explain = (text: string) => ReadonlyArray<string>

export const child = (path: string, key: string): string => (path === "" ? key : `${path}.${key}`)

/** A text that may be absent. */
export const text = (value: JsonRecord, key: string): string => string(value[key]) ?? ""

/** One after another. */
export const all =
  (...checks: ReadonlyArray<Check>): Check =>
  (value, path, report) => {
    for (const check of checks) check(value, path, report)
  }

export const none: Check = () => undefined

/** Not absent and not empty. */
export const required =
  (...keys: ReadonlyArray<string>): Check =>
  (value, path, report) => {
    for (const key of keys) if ((value[key] ?? "") === "") report.required(child(path, key))
  }

export const requiredList =
  (key: string, detail = ""): Check =>
  (value, path, report) => {
    if (array(value[key]).length === 0) report.required(child(path, key), detail)
  }

/** A number that is absent or not negative. */
export const notNegative =
  (...keys: ReadonlyArray<string>): Check =>
  (value, path, report) => {
    for (const key of keys) {
      const found = number(value[key])
      if (found !== undefined && found < 0) report.invalid(child(path, key), found, "must be greater than or equal to 0")
    }
  }

export const inRange =
  (key: string, low: number, high: number, why = Names.range(low, high)): Check =>
  (value, path, report) => {
    const found = number(value[key])
    if (found !== undefined && (found < low || found > high)) report.invalid(child(path, key), found, why)
  }

const largest = 2_147_483_647

/** Ids of users and groups. */
export const isId = (key: string): Check => inRange(key, 0, largest)

export const ids =
  (key: string): Check =>
  (value, path, report) => {
    for (const [i, id] of array(value[key]).entries()) {
      if (typeof id === "number" && (id < 0 || id > largest)) report.invalid(`${child(path, key)}[${i}]`, id, Names.range(0, largest))
    }
  }

export const fileMode = (key: string): Check => inRange(key, 0, 0o777, "must be a number between 0 and 0777 (octal), both inclusive")

/** A value of a set, listed in alphabetical order; absent is allowed. */
export const oneOf =
  (key: string, supported: ReadonlyArray<string>): Check =>
  (value, path, report) => {
    const found = string(value[key])
    if (found !== undefined && !supported.includes(found)) report.notSupported(child(path, key), found, supported)
  }

/** A value of a list, listed in its order; empty is said to be required. */
export const choice =
  (key: string, supported: ReadonlyArray<string>, detail = ""): Check =>
  (value, path, report) => {
    const found = text(value, key)
    if (found === "") report.required(child(path, key), detail)
    else if (!supported.includes(found)) report.notSupportedAsListed(child(path, key), found, supported)
  }

/** A text in a format; absent and empty are allowed. */
export const format =
  (key: string, explain: Explain): Check =>
  (value, path, report) => {
    const found = text(value, key)
    if (found !== "") report.each(child(path, key), found, explain(found))
  }

/** A text in a format, also when it is empty; absent is allowed. */
export const formatIfPresent =
  (key: string, explain: Explain): Check =>
  (value, path, report) => {
    const found = string(value[key])
    if (found !== undefined) report.each(child(path, key), found, explain(found))
  }

/** A text in a format that must be there. */
export const requiredFormat =
  (key: string, explain: Explain): Check =>
  (value, path, report) => {
    const found = text(value, key)
    if (found === "") report.required(child(path, key))
    else report.each(child(path, key), found, explain(found))
  }

export const isLabel: Explain = (value) => Names.explain(value, Names.dnsLabel)
export const isSubdomain: Explain = (value) => Names.explain(value, Names.subdomain)

/** What a record under a key must be, when it is there. */
export const under =
  (key: string, check: Check): Check =>
  (value, path, report) => {
    const found = value[key]
    if (isRecord(found)) check(found, child(path, key), report)
  }

/** What every record of a list under a key must be. */
export const each =
  (key: string, check: Check): Check =>
  (value, path, report) => {
    for (const [i, item] of records(value[key]).entries()) check(item, `${child(path, key)}[${i}]`, report)
  }

/** Only where a condition holds. */
export const when =
  (condition: (value: JsonRecord) => boolean, check: Check): Check =>
  (value, path, report) => {
    if (condition(value)) check(value, path, report)
  }

/** A host's port, which may be a name. */
export const portOrName =
  (key: string): Check =>
  (value, path, report) => {
    const port = value[key] ?? 0
    if (typeof port === "number" && (port < 1 || port > 65_535)) report.invalid(child(path, key), port, Names.portNumber)
    if (typeof port === "string") report.each(child(path, key), port, Names.explainPortName(port))
  }
