/** How server-side apply takes a field apart: what is one value, what is owned by parts. */
import type { Field, Scalar, Struct } from "../scheme/Type.ts"
import * as Element from "./Element.ts"

export type Shape =
  /** A scalar, or a list or map that is owned as a whole. */
  | { readonly kind: "leaf" }
  | { readonly kind: "set"; readonly items: Field }
  | { readonly kind: "keyed"; readonly keys: ReadonlyArray<string>; readonly items: Field }
  | { readonly kind: "map"; readonly values: Field }
  /** `others` is the field of names that the schema does not know; `undefined` when there are none. */
  | { readonly kind: "struct"; readonly type: Struct; readonly others: Field | undefined }
  /** Without a schema: maps are taken apart, the rest is leaves. */
  | { readonly kind: "free" }

const leaf: Shape = { kind: "leaf" }
const free: Shape = { kind: "free" }

const anything: Scalar = { kind: "scalar", name: "", type: "any", format: "", values: [] }

const plain = (type: Field["type"]): Field => ({
  type,
  topology: "",
  mapKeys: [],
  strategies: [],
  mergeKey: undefined,
  default: undefined
})

export const freeField: Field = plain(anything)

export const fieldOf = (type: Struct): Field => plain(type)

/** Structs whose unknown fields are free: objects of kinds without a schema. */
const open = new WeakSet<Struct>()

export const opened = (type: Struct): Struct => {
  open.add(type)
  return type
}

export const isOpen = (type: Struct): boolean => open.has(type)

/** The schema of a kind that has none of its own: only its metadata is known. */
export const withoutSchema = (metadata: Struct): Struct => {
  const text = plain({ ...anything, type: "string" })
  return opened({
    kind: "struct",
    name: "",
    topology: "",
    required: [],
    fields: new Map([
      ["apiVersion", text],
      ["kind", text],
      ["metadata", { ...plain(metadata), default: {} }]
    ])
  })
}

export const shapeOf = (field: Field): Shape => {
  const { type } = field
  switch (type.kind) {
    case "scalar":
      return type.type === "any" || (type.type === "object" && !type.name.endsWith(".RawExtension")) ? free : leaf
    case "list":
      return field.topology === "set"
        ? { kind: "set", items: type.items }
        : field.topology === "map"
          ? { kind: "keyed", keys: field.mapKeys, items: type.items }
          : leaf
    case "map":
      return field.topology === "atomic" ? leaf : { kind: "map", values: type.values }
    case "struct":
      return (field.topology || type.topology) === "atomic" ? leaf : { kind: "struct", type, others: isOpen(type) ? freeField : undefined }
  }
}

/** The field of a name within a struct or map. */
export const memberField = (shape: Shape, name: string): Field => {
  switch (shape.kind) {
    case "struct":
      return shape.type.fields.get(name) ?? shape.others ?? freeField
    case "map":
      return shape.values
    default:
      return freeField
  }
}

const elements = new WeakMap<Struct, ReadonlyMap<string, Element.Element>>()

const elementsOf = (type: Struct): ReadonlyMap<string, Element.Element> => {
  const known = elements.get(type)
  if (known !== undefined) return known
  const made = new Map(Array.from(type.fields.keys(), (name) => [name, Element.field(name)]))
  elements.set(type, made)
  return made
}

/** The step to a name within a struct or map. Objects of a kind share those of its schema. */
export const memberElement = (shape: Shape, name: string): Element.Element =>
  (shape.kind === "struct" ? elementsOf(shape.type).get(name) : undefined) ?? Element.field(name)

/** Whether a name is a field of the schema rather than a key of a map: such are owned only through what is below them. */
export const isNamed = (shape: Shape, name: string): boolean => shape.kind === "struct" && shape.type.fields.has(name)
