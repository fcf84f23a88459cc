/** Who owns which fields of an object: `metadata.managedFields`, decoded. */
import * as Result from "effect/Result"
import { equal } from "../Equal.ts"
import type { JsonRecord } from "../Json.ts"
import { isArray, isRecord, string } from "../Json.ts"
import { parseTime } from "../Time.ts"
import type { FieldSet } from "./FieldSet.ts"
import * as Fields from "./FieldSet.ts"
import * as FieldsV1 from "./FieldsV1.ts"

export interface Manager {
  readonly manager: string
  readonly operation: "Apply" | "Update"
  readonly apiVersion: string
  /** Empty for the object itself. */
  readonly subresource: string
}

export interface Entry extends Manager {
  /** As on the wire; `undefined` for an owner that changed nothing. */
  readonly time: string | undefined
  readonly fields: FieldSet
}

/** No two entries are of the same manager. */
export type Managed = ReadonlyArray<Entry>

export const none: Managed = []

/** What tells managers apart: appliers are the same in every version. It sorts as the real server's identifiers do. */
export const identity = ({ apiVersion, manager, operation, subresource }: Manager): string =>
  JSON.stringify({
    ...(manager === "" ? {} : { manager }),
    operation,
    ...(operation === "Apply" ? {} : { apiVersion }),
    ...(subresource === "" ? {} : { subresource })
  })

const text = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

export const seconds = ({ time }: Entry): number => Math.floor((parseTime(time) ?? 0) / 1000)

const order = (a: Entry, b: Entry): number =>
  text(a.operation, b.operation) ||
  seconds(a) - seconds(b) ||
  text(a.manager, b.manager) ||
  text(a.apiVersion, b.apiVersion) ||
  text(a.subresource, b.subresource)

/** The entries in the order of the wire. */
export const encode = (managed: Managed): ReadonlyArray<JsonRecord> =>
  managed.toSorted(order).map(({ apiVersion, fields, manager, operation, subresource, time }) => ({
    ...(manager === "" ? {} : { manager }),
    operation,
    apiVersion,
    ...(time === undefined ? {} : { time }),
    fieldsType: "FieldsV1",
    fieldsV1: FieldsV1.encode(fields),
    ...(subresource === "" ? {} : { subresource })
  }))

/** As they are read again: of two entries of one manager the later one counts. */
export const distinct = (managed: Managed): Managed => {
  const found = new Map(managed.toSorted(order).map((entry) => [identity(entry), entry]))
  return found.size === managed.length ? managed : [...found.values()]
}

const decodeEntry = (json: unknown): Entry | undefined => {
  if (!isRecord(json)) return undefined
  const { operation } = json
  const apiVersion = string(json["apiVersion"]) ?? ""
  if ((operation !== "Apply" && operation !== "Update") || apiVersion === "" || json["fieldsType"] !== "FieldsV1") return undefined
  const fields = json["fieldsV1"] === undefined ? Result.succeed(Fields.empty) : FieldsV1.decode(json["fieldsV1"])
  if (Result.isFailure(fields)) return undefined
  return {
    manager: string(json["manager"]) ?? "",
    operation,
    apiVersion,
    subresource: string(json["subresource"]) ?? "",
    time: string(json["time"]),
    fields: fields.success
  }
}

/** `undefined` when any entry is malformed. Of two entries of one manager the later one counts. */
export const decode = (json: unknown): Managed | undefined => {
  if (!isArray(json)) return undefined
  const out = new Map<string, Entry>()
  for (const each of json) {
    const entry = decodeEntry(each)
    if (entry === undefined) return undefined
    out.set(identity(entry), entry)
  }
  return [...out.values()]
}

/** A client takes ownership off an object with an empty list, or (where an empty one is not sent) a list of one empty entry. */
export const isReset = (json: unknown): boolean => isArray(json) && (json.length === 0 || (json.length === 1 && equal(json[0], {})))

/** Whether the same managers own the same fields, whenever they took them. */
export const sameOwners = (a: Managed, b: Managed): boolean => {
  if (a.length !== b.length) return false
  const others = new Map(b.map((entry) => [identity(entry), entry]))
  return a.every((entry) => {
    const other = others.get(identity(entry))
    return other !== undefined && other.apiVersion === entry.apiVersion && Fields.equals(entry.fields, other.fields)
  })
}
