/** The structural schema of a custom resource as a type, for what server-side apply reads of it. */
import type { JsonRecord } from "../Json.ts"
import { isRecord, record, string, strings } from "../Json.ts"
import type { Field, Scalar, Struct } from "../scheme/Type.ts"
import { freeField, opened } from "./Shape.ts"

const scalars: Readonly<Record<string, Scalar["type"]>> = { string: "string", integer: "integer", number: "number", boolean: "boolean" }

const plain: Omit<Field, "type"> = { topology: "", mapKeys: [], strategies: [], mergeKey: undefined, default: undefined }

/** Without a name: no Go struct stands behind it. */
const structOf = (schema: JsonRecord): Struct => {
  const fields = new Map(Object.entries(record(schema["properties"])).map(([name, member]) => [name, fieldOf(record(member))]))
  const struct: Struct = { kind: "struct", name: "", fields, required: [], topology: "" }
  return schema["x-kubernetes-preserve-unknown-fields"] === true ? opened(struct) : struct
}

const fieldOf = (schema: JsonRecord): Field => {
  const type = string(schema["type"]) ?? ""
  if (type === "array") {
    return {
      ...plain,
      type: { kind: "list", items: fieldOf(record(schema["items"])) },
      topology: string(schema["x-kubernetes-list-type"]) ?? "",
      mapKeys: strings(schema["x-kubernetes-list-map-keys"])
    }
  }
  const topology = string(schema["x-kubernetes-map-type"]) ?? ""
  if (isRecord(schema["properties"])) return { ...plain, type: structOf(schema), topology }
  if (isRecord(schema["additionalProperties"])) {
    return { ...plain, type: { kind: "map", values: fieldOf(schema["additionalProperties"]) }, topology }
  }
  const scalar = scalars[type]
  if (scalar === undefined) return freeField
  return {
    ...plain,
    type: { kind: "scalar", name: "", type: scalar, format: string(schema["format"]) ?? "", values: [] },
    default: schema["default"]
  }
}

/** Of a whole object, whose metadata is that of all. */
export const structuralType = (schema: JsonRecord, metadata: Struct): Struct => {
  const { fields, ...rest } = structOf(schema)
  const text: Field = { ...plain, type: { kind: "scalar", name: "", type: "string", format: "", values: [] } }
  const all = new Map([...fields, ["apiVersion", text], ["kind", text], ["metadata", { ...plain, type: metadata, default: {} }]])
  const struct: Struct = { ...rest, fields: all }
  return schema["x-kubernetes-preserve-unknown-fields"] === true ? opened(struct) : struct
}
