/**
 * Requests about one kind after the other: a good object, then the same with one value missing, empty, malformed or out of range, each as
 * a dry run; once it is stored, its row in a table and the same faults as updates.
 */
import type { KubeApi, KubeRequest } from "@aiopslab/core/Kubernetes"
import { patchTypes } from "@aiopslab/core/Kubernetes"
import { array, at, isArray, isRecord, record, records, string } from "@aiopslab/kubernetes/Json"
import { builtInScheme, resourceOf } from "@aiopslab/kubernetes/Scheme"
import * as Effect from "effect/Effect"
import { parseAllDocuments } from "yaml"
import * as Steps from "../golden/Steps.ts"

export interface Case {
  readonly label: string
  readonly request: KubeRequest
}

/** The code, then the row of a table, or what is wrong, or what is warned of. */
export type Answer = ReadonlyArray<unknown>

type Fault = readonly [pointer: string, value: unknown]

const replacements = (value: unknown): ReadonlyArray<unknown> =>
  typeof value === "string" ? ["", "Bad_Value!"] : typeof value === "number" ? [-1, 70_000] : isArray(value) ? [[]] : []

const escaped = (key: string): string => key.replaceAll("~", "~0").replaceAll("/", "~1")

/** A value that is absent is removed. */
const faults = (value: unknown, pointer: string): ReadonlyArray<Fault> => {
  const own: ReadonlyArray<Fault> =
    pointer === "" ? [] : [[pointer, undefined], ...replacements(value).map((next): Fault => [pointer, next])]
  const children = isArray(value) ? value.map((item, i) => [String(i), item] as const) : isRecord(value) ? Object.entries(value) : []
  return [...own, ...children.flatMap(([key, item]) => faults(item, `${pointer}/${escaped(key)}`))]
}

const isFixed = (pointer: string): boolean =>
  pointer === "/apiVersion" || pointer === "/kind" || pointer === "/metadata" || pointer === "/metadata/name"

const without = (value: unknown, path: ReadonlyArray<string>, next: unknown): unknown => {
  const [key, ...rest] = path
  if (key === undefined) return next
  if (isArray(value)) {
    const i = Number(key)
    return rest.length === 0 && next === undefined
      ? value.filter((_, j) => j !== i)
      : value.map((item, j) => (j === i ? without(item, rest, next) : item))
  }
  const { [key]: old, ...others } = record(value)
  if (rest.length === 0 && next === undefined) return others
  return Object.fromEntries(Object.entries(record(value)).map(([name, item]) => [name, name === key ? without(old, rest, next) : item]))
}

const table = "application/json;as=Table;v=v1;g=meta.k8s.io"
const dryRun = { dryRun: "All" }

const casesOf = (object: unknown): ReadonlyArray<Case> => {
  const apiVersion = string(at(object, "apiVersion")) ?? ""
  const kind = string(at(object, "kind")) ?? ""
  const name = string(at(object, "metadata", "name")) ?? ""
  const resource = resourceOf(builtInScheme, { apiVersion, kind })
  const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`
  const path = `${root}${resource?.namespaced === true ? "/namespaces/default" : ""}/${resource?.plural ?? ""}`
  const found = faults(object, "").filter(([pointer]) => !isFixed(pointer))
  const words = ([pointer, value]: Fault): string => (value === undefined ? `no ${pointer}` : `${pointer} ${JSON.stringify(value)}`)
  const changes = ([pointer, value]: Fault): unknown => [
    value === undefined ? { op: "remove", path: pointer } : { op: "replace", path: pointer, value }
  ]
  const keys = (pointer: string): ReadonlyArray<string> =>
    pointer
      .slice(1)
      .split("/")
      .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"))
  const about = `${kind} ${name}`
  return [
    { label: `${about} create`, request: { method: "POST", path, query: dryRun, body: object } },
    ...found.map((fault): Case => ({
      label: `${about} create: ${words(fault)}`,
      request: { method: "POST", path, query: dryRun, body: without(object, keys(fault[0]), fault[1]) }
    })),
    { label: `${about} stored`, request: { method: "POST", path, body: object } },
    { label: `${about} table`, request: { method: "GET", path: `${path}/${name}`, accept: table } },
    ...found.map((fault): Case => ({
      label: `${about} update: ${words(fault)}`,
      request: { method: "PATCH", path: `${path}/${name}`, query: dryRun, body: changes(fault), contentType: patchTypes.json }
    }))
  ]
}

export const cases = (yaml: string): ReadonlyArray<Case> => parseAllDocuments(yaml).flatMap((document) => casesOf(document.toJS()))

/** A refused patch shows the whole object, whose order is the server's own affair. */
const cause = (one: Readonly<Record<string, unknown>>): string =>
  `${String(one["field"])}: ${String(one["message"]).replace(/^Invalid value: "\{.*\}": /s, "Invalid value: <object>: ")}`

/** The time since a date that an object of ours names. */
const aged = (cell: unknown): unknown => (typeof cell === "string" && /^\d+y(\d+d)?$/.test(cell) ? "<age>" : cell)

export const answer = (api: KubeApi, request: KubeRequest): Effect.Effect<Answer> =>
  Effect.map(Steps.answer(api, request), ({ body, code, warnings }) => {
    const causes = records(at(body, "details", "causes"))
    const columns = records(at(body, "columnDefinitions")).map(
      (one) => `${String(one["name"])} ${String(one["type"])} ${String(one["priority"])}`
    )
    const rows = records(at(body, "rows")).map((row) => array(row["cells"]).map(aged))
    return code >= 400
      ? [code, ...(causes.length === 0 ? [at(body, "message")] : causes.map(cause))]
      : [code, ...(columns.length === 0 ? [] : [columns, rows]), ...warnings]
  })
