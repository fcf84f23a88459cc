/** The table of a custom resource: NAME and what its definition's `additionalPrinterColumns` ask for, or the age. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import type { JsonRecord } from "../Json.ts"
import { isArray, isRecord, string } from "../Json.ts"
import type { Custom } from "../Scheme.ts"
import type { ColumnDefinition } from "../Table.ts"
import { age } from "../Time.ts"
import * as JsonPath from "./JsonPath.ts"

export interface Rendered {
  readonly columns: ReadonlyArray<ColumnDefinition>
  readonly rows: ReadonlyArray<ReadonlyArray<unknown>>
}

const created: JsonRecord = { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp", description: "" }

const text = (value: unknown): string =>
  typeof value === "string" ? value : isArray(value) || isRecord(value) ? JSON.stringify(value) : String(value)

const cell = (column: JsonRecord, object: KubeObject, now: number): unknown => {
  const found = JsonPath.values(object, string(column["jsonPath"]) ?? "")
  const [first] = found
  if (first === undefined) return null
  switch (column["type"]) {
    case "integer":
      return typeof first === "number" ? Math.trunc(first) : null
    case "number":
      return typeof first === "number" ? first : null
    case "boolean":
      return typeof first === "boolean" ? first : null
    case "date":
      return typeof first === "string" ? age(first, now) : null
    default:
      return found.map(text).join(" ")
  }
}

/** `now` in milliseconds since the epoch. */
export const render = ({ columns }: Custom, objects: ReadonlyArray<KubeObject>, now: number): Rendered => {
  const shown = columns.length === 0 ? [created] : columns
  return {
    columns: [
      { name: "Name", type: "string", format: "name", description: "", priority: 0 },
      ...shown.map((column) => ({
        name: string(column["name"]) ?? "",
        type: string(column["type"]) ?? "string",
        format: string(column["format"]) ?? "",
        description:
          string(column["description"]) ?? `Custom resource definition column (in JSONPath format): ${String(column["jsonPath"])}`,
        priority: Number(column["priority"] ?? 0)
      }))
    ],
    rows: objects.map((object) => [object.metadata.name, ...shown.map((column) => cell(column, object, now))])
  }
}
