/** `kubectl get`: the server's tables, or objects in the format of `-o`. */
import type { KubeStatus } from "@aiopslab/core/Kubernetes"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { bool, type CommandLine, int, short, text, texts } from "../CommandLine.ts"
import { type ApiResource, ofKind, singularName } from "../Discovery.ts"
import { Failure, failure } from "../Failure.ts"
import * as Duration from "../Duration.ts"
import * as Fields from "../Fields.ts"
import { type Invocation, type Problem, reportAll, type Verb } from "../Invocation.ts"
import * as JsonPath from "../output/JsonPath.ts"
import { listOf, printer } from "../output/Printer.ts"
import { align, tableLayout } from "../output/Tabs.ts"
import { allNamespacesFlag, fetch, objects, selectionFlags, severalTypes, type Target, targets } from "../Selection.ts"
import { compareValues } from "../output/Order.ts"
import { raw } from "./Raw.ts"

const tableAccept = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"

interface Row {
  readonly cells: ReadonlyArray<string>
  readonly object: unknown
}

interface Table {
  readonly resource: ApiResource
  readonly columns: ReadonlyArray<string>
  readonly rows: Array<Row>
}

/** A cell stops at its first line end, as kubectl's does. */
const cellText = (value: unknown): string => {
  const whole = typeof value === "string" ? value : value === null || value === undefined ? "" : Fields.plain(value)
  const end = /[\f\n\r]/u.exec(whole)
  return end === null ? whole : `${whole.slice(0, end.index)}...`
}

const tableOf = (resource: ApiResource, body: unknown, { wide }: { readonly wide: boolean }): Table => {
  const definitions = Fields.list(body, "columnDefinitions")
  const shown = definitions.flatMap((column, index) => (wide || Fields.number(column, "priority") === 0 ? [index] : []))
  return {
    resource,
    columns: shown.map((index) => Fields.text(definitions[index], "name").toUpperCase()),
    rows: Fields.list(body, "rows").map((row) => ({
      cells: shown.map((index) => cellText(Fields.at(row, "cells", index))),
      object: Fields.at(row, "object")
    }))
  }
}

/** What kubectl shows of an object without the server's table. */
const ownTable = (resource: ApiResource, body: unknown, now: number): Table => {
  const items = Array.isArray(Fields.at(body, "items")) ? Fields.list(body, "items") : [body]
  return {
    resource,
    columns: ["NAME", "AGE"],
    rows: items.map((object) => {
      const made = Fields.time(object, "metadata", "creationTimestamp")
      return { cells: [Fields.text(object, "metadata", "name"), made === undefined ? "<unknown>" : Duration.human(now - made)], object }
    })
  }
}

const labelsText = (object: unknown): string => {
  const pairs = Fields.sorted(Fields.record(object, "metadata", "labels")).map(([key, value]) => `${key}=${String(value)}`)
  return pairs.length === 0 ? "<none>" : pairs.join(",")
}

const lines = (table: Table, line: CommandLine, options: { readonly kinds: boolean }): string => {
  const namespaces = line.isSet("all-namespaces") && table.resource.namespaced
  const labels = line.texts("label-columns")
  const name = (object: unknown, cell: string) =>
    options.kinds ? `${singularName(table.resource)}/${cell}` : cell || Fields.text(object, "metadata", "name")
  const header = [
    ...(namespaces ? ["NAMESPACE"] : []),
    ...table.columns,
    ...labels.map((label) => (label.split("/").at(-1) ?? label).toUpperCase()),
    ...(line.isSet("show-labels") ? ["LABELS"] : [])
  ]
  const nameAt = table.columns.indexOf("NAME")
  const rows = table.rows.map(({ cells, object }) => [
    ...(namespaces ? [Fields.text(object, "metadata", "namespace")] : []),
    ...cells.map((cell, index) => (index === nameAt ? name(object, cell) : cell)),
    ...labels.map((label) => Fields.text(object, "metadata", "labels", label)),
    ...(line.isSet("show-labels") ? [labelsText(object)] : [])
  ])
  const all = line.isSet("no-headers") ? rows : [header, ...rows]
  return align(`${all.map((cells) => cells.join("\t")).join("\n")}\n`, tableLayout)
}

const sortRows = (rows: Array<Row>, by: string): Result.Result<ReadonlyArray<Row>, Failure> => {
  const steps = JsonPath.parseRelaxed(by)
  // kubectl shows nothing then
  if (Result.isFailure(steps)) return Result.succeed([])
  const keyed = rows.map((row) => ({ row, key: JsonPath.find(steps.success, row.object)[0] }))
  // kubectl shows nothing then
  if (keyed.every(({ key }) => key === undefined)) return Result.succeed([])
  return Result.succeed(keyed.sort((a, b) => compareValues(a.key, b.key)).map(({ row }) => row))
}

const printTables = Effect.fnUntraced(function* (inv: Invocation, of: ReadonlyArray<Target>): Effect.fn.Return<number, Problem> {
  const tables: Array<Table> = []
  const problems: Array<KubeStatus> = []
  const wide = inv.line.text("output") === "wide"
  const sortBy = inv.line.text("sort-by")
  const own = inv.line.has("server-print") && !inv.line.isSet("server-print")
  const now = yield* Clock.currentTimeMillis
  for (const target of of) {
    const reply = yield* Effect.result(
      fetch(inv, target, {
        ...(own ? {} : { accept: tableAccept }),
        ...(sortBy === undefined ? {} : { query: { includeObject: "Object" } })
      })
    )
    if (Result.isFailure(reply)) {
      if (!(inv.line.isSet("ignore-not-found") && reply.failure.code === 404 && target._tag === "One")) problems.push(reply.failure)
      continue
    }
    const table =
      own || Fields.text(reply.success.body, "kind") !== "Table"
        ? ownTable(target.resource, reply.success.body, now)
        : tableOf(target.resource, reply.success.body, { wide })
    const last = tables.at(-1)
    if (target._tag === "One" && last?.resource === target.resource && last.columns.length === table.columns.length)
      last.rows.push(...table.rows)
    else if (table.rows.length > 0) tables.push(table)
  }
  const kinds = inv.line.isSet("show-kind") || severalTypes(inv, of)
  const printed: Array<string> = []
  for (const table of tables) {
    const rows = sortBy === undefined ? table.rows : yield* Effect.fromResult(sortRows(table.rows, sortBy))
    if (rows.length === 0) continue
    printed.push(lines({ ...table, rows: [...rows] }, inv.line, { kinds }))
  }
  inv.out(printed.join(inv.line.isSet("no-headers") ? "" : "\n"))
  if (printed.length === 0 && problems.length === 0 && !inv.line.isSet("ignore-not-found")) {
    const namespaced = of.every((target) => target.resource.namespaced) && !inv.line.isSet("all-namespaces")
    inv.err(namespaced ? `No resources found in ${inv.namespace} namespace.\n` : "No resources found\n")
  }
  return reportAll(inv, problems)
})

const printObjects = Effect.fnUntraced(function* (inv: Invocation, of: ReadonlyArray<Target>): Effect.fn.Return<number, Problem> {
  const discovery = yield* inv.directory.all
  const print = yield* printer(inv, {
    formats: "tables",
    nameOf: (object) => {
      const resource = ofKind(discovery, Fields.text(object, "apiVersion"), Fields.text(object, "kind"))
      const kind = resource === undefined ? Fields.text(object, "kind").toLowerCase() : singularName(resource)
      return `${kind}/${Fields.text(object, "metadata", "name")}`
    }
  })
  if (print === undefined) return yield* printTables(inv, of)
  const { found, problems } = yield* objects(inv, of)
  const shown = problems.filter((problem) => !(inv.line.isSet("ignore-not-found") && problem.code === 404))
  const single = of.length === 1 && of[0]?._tag === "One"
  const sortBy = inv.line.text("sort-by")
  const rows = found.map(({ object }): Row => ({ cells: [], object }))
  const ordered = sortBy === undefined ? rows : yield* Effect.fromResult(sortRows(rows, sortBy))
  const items = ordered.map(({ object }) => object).filter(Fields.isObject)
  const [first] = items
  if (single) {
    if (first !== undefined) inv.out(yield* Effect.fromResult(print(first)))
  } else if (items.length > 0 || shown.length === 0) inv.out(yield* Effect.fromResult(print(listOf(items))))
  return reportAll(inv, shown)
})

const required =
  'You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of supported resources.\n\nerror: Required resource not specified.\nUse "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).\nSee \'kubectl get -h\' for help and examples'

export const get: Verb = {
  flags: {
    ...selectionFlags,
    ...allNamespacesFlag,
    output: short("o", text),
    template: text,
    "no-headers": bool,
    "show-labels": bool,
    "show-kind": bool,
    "show-managed-fields": bool,
    "label-columns": short("L", texts),
    "sort-by": text,
    "ignore-not-found": bool,
    watch: short("w", bool),
    "watch-only": bool,
    "output-watch-events": bool,
    "chunk-size": int,
    "allow-missing-template-keys": bool,
    "server-print": bool,
    subresource: text,
    raw: text
  },
  run: Effect.fnUntraced(function* (inv) {
    const url = inv.line.text("raw")
    if (url !== undefined) return yield* raw(inv, "GET", url)
    if (inv.line.isSet("watch") || inv.line.isSet("watch-only")) {
      return yield* failure("a watch would not end here: run the command again, or use `kubectl wait` or `kubectl rollout status`")
    }
    const of = yield* targets(inv, inv.line.positional, "optional")
    if (of.length === 0) return yield* new Failure({ text: required, exitCode: 1 })
    const output = inv.line.text("output")
    if (output === undefined || output === "" || output === "wide") return yield* printTables(inv, of)
    return yield* printObjects(inv, of)
  })
}
