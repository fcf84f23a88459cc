/** A column of a table: what it is called and what it shows of an object. Names are those of kube-apiserver 1.34. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { array, at, print, record, records, string, stringRecord } from "../Json.ts"
import * as Selector from "../Selector.ts"
import { age as ageOf } from "../Time.ts"

export type Cell = string | number | boolean

export interface Column {
  readonly name: string
  readonly type: "string" | "integer" | "boolean" | "date"
  readonly format: "" | "name" | "quantity" | "duration"
  /** 1 shows with `-o wide` only. */
  readonly priority: 0 | 1
  readonly cell: (object: KubeObject, now: number) => Cell
}

type Show = Column["cell"]

export const text = (name: string, cell: Show): Column => ({ name, type: "string", format: "", priority: 0, cell })

export const wide = (name: string, cell: Show): Column => ({ ...text(name, cell), priority: 1 })

export const integer = (name: string, cell: Show): Column => ({ ...text(name, cell), type: "integer" })

export const boolean = (name: string, cell: Show): Column => ({ ...text(name, cell), type: "boolean" })

export const name: Column = { ...text("Name", (object) => object.metadata.name), format: "name" }

export const age: Column = text("Age", (object, now) => ageOf(object.metadata.creationTimestamp, now))

export const createdAt: Column = {
  ...text("Created At", (object) => object.metadata.creationTimestamp ?? ""),
  type: "date"
}

/** The value at a path as text, or what stands for nothing. */
export const path =
  (none: string, ...keys: ReadonlyArray<string>): Show =>
  (object) => {
    const value = at(object, ...keys)
    return value === undefined || value === "" || value === null ? none : print(value)
  }

export const count =
  (...keys: ReadonlyArray<string>): Show =>
  (object) => {
    const value = at(object, ...keys)
    return typeof value === "number" ? value : 0
  }

export const joined = (values: ReadonlyArray<string>, none = ""): string => (values.length === 0 ? none : values.join(","))

/** At most so many values, then how many more there are. */
export const few = (values: ReadonlyArray<string>, limit: number, none: string): string =>
  values.length === 0
    ? none
    : values.length <= limit
      ? values.join(",")
      : `${values.slice(0, limit).join(",")} + ${values.length - limit} more...`

export const labelsText = (value: unknown): string =>
  joined(
    Object.entries(stringRecord(value))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => `${key}=${item}`),
    "<none>"
  )

export const selectorText = (value: unknown): string => {
  const text = Selector.print(Selector.fromLabelSelector(value))
  return text === "" ? "<none>" : text
}

export const containers = (...spec: ReadonlyArray<string>): ReadonlyArray<Column> => {
  const field =
    (key: string): Show =>
    (object) =>
      joined(records(at(object, ...spec, "containers")).map((container) => string(container[key]) ?? ""))
  return [wide("Containers", field("name")), wide("Images", field("image"))]
}

export const size = (value: unknown): number => (Array.isArray(value) ? array(value).length : Object.keys(record(value)).length)

/** The condition of a type, `{}` when there is none. */
export const condition = (object: unknown, type: string): Readonly<Record<string, unknown>> =>
  records(at(object, "status", "conditions")).find((one) => one["type"] === type) ?? {}
