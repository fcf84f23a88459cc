/** `selectableFields`: paths that must lead to a scalar of the schema. */
import type { JsonRecord } from "../../Json.ts"
import { isRecord } from "../../Json.ts"
import type { Report } from "../Report.ts"
import { text } from "../Value.ts"

type Found = { readonly kind: "schema"; readonly schema: JsonRecord } | { readonly kind: "refused"; readonly why: string }

const refused = (why: string): Found => ({ kind: "refused", why })

const follow = (path: string, root: JsonRecord): Found => {
  const tokens = path.match(/[.[\]]|[^.[\]]+/g) ?? []
  let schema = root
  for (let i = 0; i < tokens.length; i += 2) {
    if (tokens[i] === "[") return refused("array notation is not allowed")
    if (tokens[i] !== ".") return refused(`expected [ or . but got: ${tokens[i] ?? ""}`)
    const name = tokens[i + 1]
    if (name === undefined) return refused("unexpected end of JSON path")
    const { additionalProperties, properties } = schema
    const next = isRecord(properties) ? properties[name] : additionalProperties
    if (!isRecord(next)) return refused("does not refer to a valid field")
    schema = next
  }
  return { kind: "schema", schema }
}

const scalars: ReadonlyArray<unknown> = ["string", "boolean", "integer"]
const most = 8

export const selectable = (fields: ReadonlyArray<JsonRecord>, root: JsonRecord, path: string, report: Report): void => {
  const seen = new Set<string>()
  for (const [i, field] of fields.entries()) {
    const at = `${path}[${i}].jsonPath`
    const from = text(field["jsonPath"])
    if (from === "") {
      report.required(at)
      continue
    }
    const found = follow(from, root)
    if (found.kind === "refused") {
      report.invalid(at, from, `is an invalid path: ${found.why}`)
      continue
    }
    if (from === ".metadata" || from.startsWith(".metadata.")) report.invalid(at, from, "must not point to fields in metadata")
    if (!scalars.includes(found.schema["type"])) {
      const why = "must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed."
      report.invalid(at, from, why)
    }
    if (seen.has(from)) report.duplicate(at, from)
    seen.add(from)
  }
  if (seen.size > most) report.tooMany(path, seen.size, most)
}
