/** A command as the server quotes it in its messages: `{ find: "geo", filter: {}, $db: "geo-db" }`. */
import { type Document, isArray, isDocument, type Value } from "./Value.ts"

const secret = new Set(["pwd", "password", "key", "payload"])

export const render = (value: Value): string => {
  if (typeof value === "string") return `"${value}"`
  if (typeof value === "number") return Number.isInteger(value) ? `${value}.0` : String(value)
  if (isArray(value)) return value.length === 0 ? "[]" : `[ ${value.map(render).join(", ")} ]`
  if (isDocument(value)) {
    if (typeof value.$oid === "string") return `ObjectId('${value.$oid}')`
    if (typeof value.$uuid === "string") return `UUID("${value.$uuid}")`
    if (typeof value.$numberLong === "string") return value.$numberLong
    return renderFields(value)
  }
  return String(value)
}

const renderFields = (document: Document): string => {
  const fields = Object.entries(document)
  return fields.length === 0
    ? "{}"
    : `{ ${fields.map(([key, value]) => `${key}: ${secret.has(key) ? '"xxx"' : render(value)}`).join(", ")} }`
}
