/** JSON Schemas in the words of a reference page: `"a" | "b"`, `{ use: text, with?: any }`. */

type Json = { readonly [key: string]: unknown }

export interface Field {
  readonly name: string
  readonly type: string
  readonly required: "required" | "optional"
  readonly about: string
}

/** A schema that has a name of its own wherever it appears. */
export interface Named {
  readonly name: string
  readonly schema: unknown
}

const isJson = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value)

const texts = (value: unknown): ReadonlyArray<string> => (Array.isArray(value) ? value.filter((each) => typeof each === "string") : [])

const isDuration = (schema: Json): boolean => typeof schema["pattern"] === "string" && schema["pattern"].includes("[0-9]+ms")

const exampleOf = (schema: Json): string => {
  const [first] = Array.isArray(schema["examples"]) ? schema["examples"] : []
  return first === undefined ? "text" : `text as ${JSON.stringify(first)}`
}

const withoutWords = (schema: unknown): string =>
  JSON.stringify(schema, (key, value: unknown) => (key === "description" || key === "examples" ? undefined : value))

/** The type in one line; `named` schemas stand under their names. */
export const typeText = (schema: unknown, named: ReadonlyArray<Named> = []): string => {
  if (!isJson(schema)) return "any"
  const own = named.find((one) => withoutWords(one.schema) === withoutWords(schema))
  if (own !== undefined) return `[${own.name}](#${own.name.toLowerCase()})`
  const union = schema["anyOf"] ?? schema["oneOf"]
  if (Array.isArray(union)) return union.map((each) => typeText(each, named)).join(" or ")
  if (Array.isArray(schema["enum"])) return schema["enum"].map((each) => `\`${String(each)}\``).join(", ")
  switch (schema["type"]) {
    case "string":
      return isDuration(schema) ? "duration" : exampleOf(schema)
    case "integer":
      return "whole number"
    case "number":
      return "number"
    case "boolean":
      return "true or false"
    case "null":
      return "null"
    case "array":
      return `list of ${typeText(schema["items"], named)}`
    case "object":
      return objectText(schema, named)
    default:
      return "any"
  }
}

const objectText = (schema: Json, named: ReadonlyArray<Named>): string => {
  const fields = fieldsOf(schema, named)
  if (fields.length > 0)
    return `{ ${fields.map(({ name, required, type }) => `${name}${required === "optional" ? "?" : ""}: ${type}`).join("; ")} }`
  return isJson(schema["additionalProperties"]) && Object.keys(schema["additionalProperties"]).length > 0
    ? `mapping to ${typeText(schema["additionalProperties"], named)}`
    : "mapping"
}

/** The properties of an object's schema, in its order. */
export const fieldsOf = (schema: unknown, named: ReadonlyArray<Named> = []): ReadonlyArray<Field> => {
  if (!isJson(schema) || !isJson(schema["properties"])) return []
  const required = texts(schema["required"])
  return Object.entries(schema["properties"]).map(([name, each]) => ({
    name,
    type: typeText(each, named),
    required: required.includes(name) ? "required" : "optional",
    about: isJson(each) && typeof each["description"] === "string" ? each["description"] : ""
  }))
}

const cell = (text: string): string => text.replaceAll("|", "\\|")

/** A Markdown table of fields; the column with words only where there are any. */
export const fieldTable = (fields: ReadonlyArray<Field>): string => {
  const wordy = fields.some(({ about }) => about !== "")
  const head = wordy ? ["| field | type | | what |", "|---|---|---|---|"] : ["| field | type | |", "|---|---|---|"]
  const rows = fields.map(({ about, name, required, type }) =>
    wordy ? `| \`${name}\` | ${cell(type)} | ${required} | ${cell(about)} |` : `| \`${name}\` | ${cell(type)} | ${required} |`
  )
  return [...head, ...rows].join("\n")
}
