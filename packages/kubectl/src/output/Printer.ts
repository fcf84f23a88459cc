/** The output formats that print objects: json, yaml, name, jsonpath, custom-columns. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { source } from "@aiopslab/kubernetes/apply/GoText"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { type Failure, failure } from "../Failure.ts"
import * as Fields from "../Fields.ts"
import type { Invocation } from "../Invocation.ts"
import * as GoTemplate from "./GoTemplate.ts"
import { mapJson, structJson } from "./Json.ts"
import * as JsonPath from "./JsonPath.ts"
import { align, tableLayout } from "./Tabs.ts"
import { yaml } from "./Yaml.ts"

/** What prints a value that is one object or a `List`. */
export type Print = (value: unknown) => Result.Result<string, Failure>

const withoutManagedFields = (value: unknown): unknown => {
  const items = Fields.at(value, "items")
  if (Array.isArray(items) && Fields.text(value, "kind").endsWith("List"))
    return { ...Fields.record(value), items: items.map(withoutManagedFields) }
  const metadata = Fields.record(value, "metadata")
  if (metadata["managedFields"] === undefined) return value
  const { managedFields: _, ...rest } = metadata
  return { ...Fields.record(value), metadata: rest }
}

/** `kind: List` of several objects, as kubectl wraps them. */
export const listOf = (items: ReadonlyArray<KubeObject>): unknown => ({
  apiVersion: "v1",
  items,
  kind: "List",
  metadata: { resourceVersion: "" }
})

const itemsOf = (value: unknown): ReadonlyArray<unknown> => {
  const items = Fields.at(value, "items")
  return Array.isArray(items) && Fields.text(value, "kind").endsWith("List") ? items : [value]
}

export const json = (value: unknown): string => `${mapJson(value, 4)}\n`

const cell = (found: ReadonlyArray<unknown>): string =>
  found.length === 0
    ? "<none>"
    : found
        .map((value) =>
          value === null || value === undefined ? "<none>" : typeof value === "object" ? goValue(value) : Fields.plain(value)
        )
        .join(",")

/** Go's `%v` of JSON: `map[a:b]`, `[x y]`. */
export const goValue = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(goValue).join(" ")}]`
  if (typeof value === "object" && value !== null)
    return `map[${Fields.sorted(Fields.record(value))
      .map(([key, inner]) => `${key}:${goValue(inner)}`)
      .join(" ")}]`
  return value === null || value === undefined ? "<nil>" : Fields.plain(value)
}

const customColumns = (spec: string, { headers }: { readonly headers: boolean }): Result.Result<Print, Failure> => {
  const names: Array<string> = []
  const paths: Array<Parameters<typeof JsonPath.find>[0]> = []
  for (const part of spec.split(",")) {
    const colon = part.indexOf(":")
    if (colon < 0) return Result.fail(failure(`unexpected custom-columns spec: ${part}, expected <header>:<json-path-expr>`))
    const steps = JsonPath.parseRelaxed(part.slice(colon + 1))
    if (Result.isFailure(steps)) return Result.fail(failure(`error parsing jsonpath ${part.slice(colon + 1)}, ${steps.failure}`))
    names.push(part.slice(0, colon))
    paths.push(steps.success)
  }
  return Result.succeed((value) => {
    const rows = itemsOf(value).map((item) => paths.map((steps) => cell(JsonPath.find(steps, item))).join("\t"))
    return Result.succeed(align(`${[...(headers ? [names.join("\t")] : []), ...rows].join("\n")}\n`, tableLayout))
  })
}

const allowed = [
  "go-template",
  "go-template-file",
  "json",
  "jsonpath",
  "jsonpath-as-json",
  "jsonpath-file",
  "name",
  "template",
  "templatefile",
  "yaml"
]

const tables = ["custom-columns", "custom-columns-file", "wide"]

const jsonPath = (argument: string, how: "text" | "json"): Result.Result<Print, Failure> =>
  Result.mapError(JsonPath.parse(argument), (why) => failure(`error parsing jsonpath ${argument}, ${why}`)).pipe(
    Result.map(
      (template): Print =>
        (value) =>
          Result.mapError(how === "json" ? JsonPath.renderJson(template, value) : JsonPath.render(template, value), (why) =>
            failure(
              `error executing jsonpath ${JSON.stringify(argument)}: Error executing template: ${why}. Printing more information for debugging the template:\n\ttemplate was:\n\t\t${argument}\n\tobject given to jsonpath engine was:\n\t\t${source(value)}\n\n`
            )
          )
    )
  )

const goTemplate = (argument: string): Result.Result<Print, Failure> =>
  Result.mapError(GoTemplate.parse(argument), (why) => failure(`error parsing template ${argument}, template: output:1: ${why}`)).pipe(
    Result.map(
      (template): Print =>
        (value) =>
          Result.mapError(GoTemplate.render(template, value), (why) =>
            failure(`error executing template ${JSON.stringify(argument)}: ${why}`)
          )
    )
  )

/** `go-template-file=x` is `go-template` with what the file says. */
const fromFile: Readonly<Record<string, string>> = {
  "custom-columns-file": "custom-columns",
  "go-template-file": "go-template",
  "jsonpath-file": "jsonpath",
  templatefile: "template"
}

/** The two lines of a file of custom columns: headers, and paths below them. */
const columnsOf = (text: string): string => {
  const [headers = [], paths = []] = text.split("\n").map((line) => line.split(/\s+/u).filter((word) => word !== ""))
  return headers.map((header, index) => `${header}:${paths[index] ?? ""}`).join(",")
}

const argumentOf = Effect.fnUntraced(function* (inv: Invocation, name: string, given: string | undefined) {
  if (given === undefined || fromFile[name] === undefined) return given
  const text = yield* inv.files.read(given)
  if (text === undefined)
    return yield* failure(
      `${name === "custom-columns-file" ? "" : `error reading --template ${given}, `}open ${given}: no such file or directory`
    )
  return name === "custom-columns-file" ? columnsOf(text) : text
})

/** How a command holds the objects that it prints. */
export type Held = "as map" | "as struct"

/** The printer of `-o`, or undefined when it is the table's (none, `wide`). `nameOf` says how `-o name` calls an object. */
export const printer = Effect.fnUntraced(function* (
  inv: Invocation,
  options: { readonly nameOf: (object: unknown) => string; readonly formats: "objects" | "tables"; readonly held?: Held }
): Effect.fn.Return<Print | undefined, Failure> {
  const { line } = inv
  const format = line.text("output") ?? ""
  if (format === "" || (format === "wide" && options.formats === "tables")) return undefined
  const equals = format.indexOf("=")
  const [name, given] = equals < 0 ? [format, line.text("template")] : [format.slice(0, equals), format.slice(equals + 1)]
  const shown = line.isSet("show-managed-fields") ? (value: unknown) => value : withoutManagedFields
  const argument = (yield* argumentOf(inv, name, given)) ?? ""
  const needed = (printed: () => Result.Result<Print, Failure>, missing = "template format specified but no template given") =>
    Effect.fromResult(argument === "" ? Result.fail(failure(missing)) : printed())
  switch (fromFile[name] ?? name) {
    case "json":
      return (value) => {
        const seen = shown(value)
        return Result.succeed(options.held === "as struct" && Fields.isObject(seen) ? `${structJson(seen, 4)}\n` : json(seen))
      }
    case "yaml":
      return (value) => Result.succeed(`${inv.hasPrinted() ? "---\n" : ""}${yaml(shown(value))}`)
    case "name":
      return (value) =>
        Result.succeed(
          itemsOf(value)
            .map((item) => `${options.nameOf(item)}\n`)
            .join("")
        )
    case "jsonpath":
      return yield* needed(() => jsonPath(argument, "text"))
    case "jsonpath-as-json":
      return yield* needed(() => jsonPath(argument, "json"))
    case "go-template":
    case "template":
      return yield* needed(() => goTemplate(argument))
    case "custom-columns":
      if (options.formats === "tables")
        return yield* needed(
          () => customColumns(argument, { headers: !line.isSet("no-headers") }),
          "custom-columns format specified but no custom columns given"
        )
  }
  const formats = options.formats === "tables" ? [...allowed, ...tables].toSorted() : allowed
  return yield* failure(
    `unable to match a printer suitable for the output format ${JSON.stringify(format)}, allowed formats are: ${formats.join(",")}`
  )
})
