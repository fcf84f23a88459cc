/**
 * The structure of the API's types, as patches, validation and apply need it. Types are read from `data.json` when they are first
 * asked for; `scripts/openapi.ts` documents the notation.
 */

export interface Scalar {
  readonly kind: "scalar"
  /** Of a named scalar, such as `apimachinery.pkg.apis.meta.v1.MicroTime`; else empty. */
  readonly name: string
  /** `any` and `object` are values of any shape. */
  readonly type: "string" | "integer" | "number" | "boolean" | "object" | "any" | "int-or-string" | "quantity"
  readonly format: string
  readonly values: ReadonlyArray<string>
}

export interface ListOf {
  readonly kind: "list"
  readonly items: Field
}

export interface MapOf {
  readonly kind: "map"
  readonly values: Field
}

export interface Struct {
  readonly kind: "struct"
  /** Without the prefix `io.k8s.`: `api.core.v1.PodSpec`. */
  readonly name: string
  readonly fields: ReadonlyMap<string, Field>
  readonly required: ReadonlyArray<string>
  /** `atomic` when server-side apply takes the struct as one value; a field that uses it may say otherwise. */
  readonly topology: string
}

export type Type = Scalar | ListOf | MapOf | Struct

/** A use of a type: in a field, an item, a map's value. */
export interface Field {
  readonly type: Type
  /** How server-side apply merges: of lists `atomic`, `set`, `map`; of structs and maps `granular`, `atomic`. */
  readonly topology: string
  readonly mapKeys: ReadonlyArray<string>
  /** Strategic merge: `merge`, `replace`, `retainKeys`. */
  readonly strategies: ReadonlyArray<string>
  readonly mergeKey: string | undefined
  readonly default: unknown
}

interface Definition {
  readonly p: Readonly<Record<string, string>>
  readonly r?: ReadonlyArray<string> | undefined
  readonly m?: string | undefined
}

export type Definitions = Readonly<Record<string, string | Definition>>

const scalarTypes: Readonly<Record<string, Scalar["type"]>> = {
  string: "string",
  integer: "integer",
  number: "number",
  boolean: "boolean",
  object: "object",
  any: "any",
  "int-or-string": "int-or-string",
  "string-or-number": "quantity"
}

const listHead = /^\[(?<topology>[a-z]*)(?:\((?<keys>[^)]*)\))?(?: ?(?<strategies>[a-zA-Z,]+)(?:\((?<mergeKey>[^)]*)\))?)?\]/
const refHead = /^<(?<words>[^>]*)>/
const topologies = new Set(["atomic", "granular", "map", "set"])

/** A reader of one set of definitions; a type is read once. */
export const reader = (definitions: Definitions): ((name: string) => Type | undefined) => {
  const read = new Map<string, Type>()

  const typeNamed = (name: string): Type | undefined => {
    const known = read.get(name)
    if (known !== undefined) return known
    const definition = definitions[name]
    if (definition === undefined) return undefined
    const type = typeof definition === "string" ? named(parse(definition).type, name) : struct(name, definition)
    read.set(name, type)
    return type
  }

  const struct = (name: string, definition: Definition): Struct => {
    let fields: ReadonlyMap<string, Field> | undefined
    return {
      kind: "struct",
      name,
      required: definition.r ?? [],
      topology: definition.m ?? "",
      get fields() {
        fields ??= new Map(Object.entries(definition.p).map(([key, text]) => [key, parse(text)]))
        return fields
      }
    }
  }

  const parse = (text: string): Field => {
    const list = listHead.exec(text)
    if (list?.groups !== undefined) {
      const { topology = "", keys = "", strategies = "", mergeKey } = list.groups
      return {
        type: { kind: "list", items: parse(text.slice(list[0].length)) },
        // a single word before `]` may be a strategy: finalizers are `[set merge]`, ownerless lists `[]`
        topology: topologies.has(topology) ? topology : "",
        mapKeys: keys === "" ? [] : keys.split(","),
        strategies: strategies === "" ? [] : strategies.split(","),
        mergeKey,
        default: undefined
      }
    }
    if (text.startsWith("{")) {
      const end = text.indexOf("}")
      return { ...plain({ kind: "map", values: parse(text.slice(end + 1)) }), topology: text.slice(1, end) }
    }
    const ref = refHead.exec(text)
    const [, body = "", value] = /^([^=]*)(?:=(.*))?$/.exec(text.slice(ref?.[0].length ?? 0)) ?? []
    const words = ref?.groups?.["words"]?.split(/[ ,]/) ?? []
    return {
      ...plain(body.startsWith("#") ? (typeNamed(body.slice(1)) ?? anything) : scalar(body)),
      topology: words.find((word) => topologies.has(word)) ?? "",
      strategies: words.filter((word) => !topologies.has(word)),
      default: value === undefined ? undefined : JSON.parse(value)
    }
  }

  return typeNamed
}

const anything: Scalar = { kind: "scalar", name: "", type: "any", format: "", values: [] }

const scalar = (text: string): Scalar => {
  const [head = "", values] = text.split("/")
  const [type = "", format = ""] = head.split(":")
  return { kind: "scalar", name: "", type: scalarTypes[type] ?? "any", format, values: values === undefined ? [] : values.split("|") }
}

const named = (type: Type, name: string): Type => (type.kind === "scalar" ? { ...type, name } : type)

const plain = (type: Type): Field => ({
  type,
  topology: "",
  mapKeys: [],
  strategies: [],
  mergeKey: undefined,
  default: undefined
})
