/** The Go structs behind the types of the API, from `generated/wire.json`: what OpenAPI does not hold of their fields. */
import wire from "./generated/wire.json" with { type: "json" }

export interface GoField {
  /** In JSON; of fields in line, the name of their type. */
  readonly name: string
  /** Of protobuf. */
  readonly number: number
  /** `optional`: a plain value that counts as absent when it is zero; `nullable`: a pointer, a list or a map that is null when there is none. */
  readonly place: "field" | "optional" | "nullable" | "inline"
  /** As Go prints it, of a type that has a name and is no struct: `v1.PullPolicy`; else empty. */
  readonly type: string
}

const texts: Readonly<Record<string, string>> = wire

const written = /^(?<inline>\+)?(?<name>[^=]+)=(?<number>\d+)(?<mark>[?!])?(?::(?<type>.+))?$/

const field = (text: string): GoField => {
  const { inline, mark, name = "", number = "", type = "" } = written.exec(text)?.groups ?? {}
  const place = inline !== undefined ? "inline" : mark === "?" ? "optional" : mark === "!" ? "nullable" : "field"
  return { name, number: Number(number), place, type }
}

const declared = new Map<string, ReadonlyArray<GoField>>()

/** In the order of their declaration. `type` is named as in OpenAPI, `api.core.v1.PodSpec`; a custom resource's has no fields here. */
export const declaredFields = (type: string): ReadonlyArray<GoField> => {
  const known = declared.get(type)
  if (known !== undefined) return known
  const text = texts[type]
  const read = text === undefined ? [] : text.split(" ").map(field)
  declared.set(type, read)
  return read
}

const flat = new Map<string, ReadonlyMap<string, GoField>>()

/** The same by name in JSON, with those of the types in line where they stand. */
export const goFields = (type: string): ReadonlyMap<string, GoField> => {
  const known = flat.get(type)
  if (known !== undefined) return known
  const read = new Map<string, GoField>()
  for (const one of declaredFields(type)) {
    if (one.place !== "inline") read.set(one.name, one)
    else for (const [name, inner] of goFields(one.name)) read.set(name, inner)
  }
  flat.set(type, read)
  return read
}

const left = new Map<string, ReadonlySet<string>>()

/** The plain fields that JSON leaves out when they are zero. */
export const omitted = (type: string): ReadonlySet<string> => {
  let known = left.get(type)
  if (known === undefined) {
    known = new Set([...goFields(type).values()].filter(({ place }) => place === "optional").map(({ name }) => name))
    left.set(type, known)
  }
  return known
}
