/** Lists and names as the kinds of dynamic resource allocation check them. */
import type { JsonRecord } from "../../Json.ts"
import { array, isRecord, record, records, strings } from "../../Json.ts"
import { compile } from "../Expression.ts"
import * as Names from "../Names.ts"
import type { Report } from "../Report.ts"
import { csiDriver } from "../storage/VolumeSource.ts"
import { subdomain, text } from "../Value.ts"

type Item = (value: JsonRecord, path: string, report: Report) => void

/** What is too much is told after what is wrong. */
export const list = (value: unknown, limit: number, item: Item, path: string, report: Report): void => {
  const items = records(value)
  for (const [i, one] of items.entries()) item(one, `${path}[${i}]`, report)
  if (items.length > limit) report.tooMany(path, items.length, limit)
}

/** Each of them once. */
export const named = (value: unknown, limit: number, key: string, item: Item, path: string, report: Report): void => {
  list(value, limit, item, path, report)
  const names = records(value).map((one) => text(one[key]))
  for (const [i, name] of names.entries()) if (names.indexOf(name) < i) report.duplicate(`${path}[${i}].${key}`, name)
}

export const texts = (
  value: unknown,
  limit: number,
  item: (value: string, path: string, report: Report) => void,
  path: string,
  report: Report
): void => {
  const items = strings(value)
  for (const [i, one] of items.entries()) item(one, `${path}[${i}]`, report)
  if (items.length > limit) report.tooMany(path, items.length, limit)
  for (const [i, one] of items.entries()) if (items.indexOf(one) < i) report.duplicate(`${path}[${i}]`, one)
}

export const label = (name: string, path: string, report: Report): void => report.each(path, name, Names.explain(name, Names.dnsLabel))

export const driver = (name: unknown, path: string, report: Report): void => csiDriver(text(name), path, report)

const longestPool = 253

export const pool = (value: unknown, path: string, report: Report): void => {
  const name = text(value)
  if (name === "") return report.required(path)
  if (Buffer.byteLength(name) > longestPool) report.tooLong(path, longestPool)
  for (const part of name.split("/")) subdomain(part, path, report)
}

const longestId = 32

const identifier = (name: string, path: string, report: Report): void => {
  if (Buffer.byteLength(name) > longestId) report.tooLong(path, longestId)
  report.each(path, name, Names.explain(name, Names.cIdentifier))
}

/** An attribute's name, with or without the domain of who defines it. */
export const qualified = (name: string, path: string, report: Report): void => {
  if (name === "") return report.required(path, "name required")
  const [domain = "", id, ...more] = name.split("/")
  if (id === undefined) return identifier(domain, path, report)
  if (more.length > 0) return
  if (domain === "") report.required(path, "the domain must not be empty")
  else driver(domain, path, report)
  if (id === "") report.required(path, "the name must not be empty")
  else identifier(id, path, report)
}

export const fullyQualified = (name: string, path: string, report: Report): void => {
  qualified(name, path, report)
  if (name !== "" && !name.includes("/")) report.invalid(path, name, "must include a domain")
}

const device = { device: { driver: "dyn", attributes: "dyn", capacity: "dyn", allowMultipleAllocations: "dyn" } } as const
const longestExpression = 10_240

const selector: Item = (value, path, report) => {
  if (!isRecord(value["cel"])) return report.required(`${path}.cel`)
  const source = text(value["cel"]["expression"])
  const at = `${path}.cel.expression`
  if (Buffer.byteLength(source) > longestExpression) return report.tooLong(at, longestExpression)
  const { error, type } = compile(source, device)
  if (error !== "") report.invalid(at, source, error)
  else if (type !== undefined && type !== "bool" && type !== "dyn") {
    report.invalid(at, source, `must evaluate to bool or the unknown type, not ${type}`)
  }
}

export const selectors = (value: unknown, path: string, report: Report): void => list(value, 32, selector, path, report)

const longestParameters = 10_240

/** An object of any fields. */
export const raw = (value: unknown, path: string, report: Report): void => {
  if (value === undefined || value === null) return report.required(path)
  if (Buffer.byteLength(JSON.stringify(value)) > longestParameters) return report.tooLong(path, longestParameters)
  if (!isRecord(value)) report.invalid(path, "<value omitted>", "must be a valid JSON object")
}

export const configuration: Item = (value, path, report) => {
  const { opaque } = value
  if (!isRecord(opaque)) return report.required(`${path}.opaque`)
  driver(opaque["driver"], `${path}.opaque.driver`, report)
  raw(opaque["parameters"], `${path}.opaque.parameters`, report)
}

/** Conditions that a device must have before, or must not get while, it is bound. */
export const binding = (value: JsonRecord, path: string, report: Report): void => {
  const own = strings(value["bindingConditions"])
  const failures = strings(value["bindingFailureConditions"])
  const each = (given: ReadonlyArray<string>, at: string): void => {
    for (const [i, one] of given.entries()) report.each(`${at}[${i}]`, one, Names.explainKey(one))
    if (given.length > 4) report.tooMany(at, given.length, 4)
  }
  each(own, `${path}.bindingConditions`)
  each(failures, `${path}.bindingFailureConditions`)
  for (const [i, one] of own.entries()) if (own.indexOf(one) < i) report.duplicate(`${path}.bindingConditions[${i}]`, one)
  for (const [i, one] of failures.entries()) {
    const at = `${path}.bindingFailureConditions[${i}]`
    if (failures.indexOf(one) < i) report.duplicate(at, one)
    if (own.includes(one)) report.invalid(at, one, "bindingFailureConditions must not overlap with bindingConditions")
  }
  if (own.length === 0 && failures.length > 0) {
    report.invalid(
      `${path}.bindingConditions`,
      array(value["bindingConditions"]),
      "bindingConditions are required to use bindingFailureConditions"
    )
  }
  if (failures.length === 0 && own.length > 0) {
    report.invalid(
      `${path}.bindingFailureConditions`,
      array(value["bindingFailureConditions"]),
      "bindingFailureConditions are required to use bindingConditions"
    )
  }
}

/** A map's entries in the order of their keys, with the paths of their values. */
export const entries = (value: unknown, path: string): ReadonlyArray<readonly [key: string, item: JsonRecord, path: string]> =>
  Object.entries(record(value))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => [key, record(item), `${path}[${shortened(key)}]`] as const)

const shownKey = 96

const shortened = (key: string): string => {
  if (key.length <= shownKey) return key
  const rest = shownKey - 3
  return `${key.slice(0, Math.floor((rest + 1) / 2))}...${key.slice(key.length - Math.floor(rest / 2))}`
}
