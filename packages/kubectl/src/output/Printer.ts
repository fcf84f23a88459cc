/** The output formats that print objects: json, yaml, name, jsonpath, custom-columns. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import * as Result from "effect/Result"
import { type Failure, failure } from "../Failure.ts"
import * as Fields from "../Fields.ts"
import * as GoTemplate from "./GoTemplate.ts"
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

export const json = (value: unknown): string => `${JSON.stringify(Fields.sortKeys(withoutManagedFields(value)), undefined, 4)}\n`

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

const allowed =
  "custom-columns,custom-columns-file,go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,name,template,templatefile,wide,yaml"

/**
 * The printer of a format (`-o`), or undefined when it is the table's (none, `wide`).
 * `nameOf` says how `-o name` calls an object; `template` is the value of `--template`.
 */
export const printer = (
  format: string | undefined,
  options: {
    readonly headers: boolean
    readonly nameOf: (object: unknown) => string
    readonly template: string | undefined
    readonly formats?: string
  }
): Result.Result<Print | undefined, Failure> => {
  if (format === undefined || format === "" || format === "wide") return Result.succeed(undefined)
  const equals = format.indexOf("=")
  const [name, argument] = equals < 0 ? [format, options.template] : [format.slice(0, equals), format.slice(equals + 1)]
  switch (name) {
    case "json":
      return Result.succeed((value) => Result.succeed(json(value)))
    case "yaml":
      return Result.succeed((value) => Result.succeed(yaml(withoutManagedFields(value))))
    case "name":
      return Result.succeed((value) =>
        Result.succeed(
          itemsOf(value)
            .map((item) => `${options.nameOf(item)}\n`)
            .join("")
        )
      )
    case "jsonpath":
    case "jsonpath-as-json": {
      if (argument === undefined || argument === "") return Result.fail(failure("template format specified but no template given"))
      const template = JsonPath.parse(argument)
      if (Result.isFailure(template)) return Result.fail(failure(`error parsing jsonpath ${argument}, ${template.failure}`))
      return Result.succeed((value) => Result.succeed(JsonPath.render(template.success, withoutManagedFields(value))))
    }
    case "go-template":
    case "template": {
      if (argument === undefined || argument === "") return Result.fail(failure("template format specified but no template given"))
      const template = GoTemplate.parse(argument)
      if (Result.isFailure(template))
        return Result.fail(failure(`error parsing template ${argument}, template: output:1: ${template.failure}`))
      return Result.succeed((value) =>
        Result.mapError(GoTemplate.render(template.success, withoutManagedFields(value)), (why) =>
          failure(`error executing template ${JSON.stringify(argument)}: ${why}`)
        )
      )
    }
    case "custom-columns":
      return argument === undefined || argument === ""
        ? Result.fail(failure("custom-columns format specified but no custom columns given"))
        : customColumns(argument, options)
    default:
      return Result.fail(
        failure(
          `unable to match a printer suitable for the output format ${JSON.stringify(format)}, allowed formats are: ${options.formats ?? allowed}`
        )
      )
  }
}
