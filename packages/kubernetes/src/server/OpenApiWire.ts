/**
 * OpenAPI v2 as protobuf, which is the only form in which client-go asks for it. Field numbers: github.com/google/gnostic, openapiv2/OpenAPIv2.proto.
 * What the server doesn't describe of itself is not in these tables.
 */
import type { JsonRecord } from "../Json.ts"
import { array, isRecord, record } from "../Json.ts"

/** As it is asked for; `@` has no place in what an answer says of itself. */
export const asked = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf"
export const mediaType = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"

type Bytes = ReadonlyArray<number>

/** A value as a field of that number. */
type Writer = (number: number, value: unknown) => Bytes

const encoder = new TextEncoder()

const varint = (value: number): Bytes => {
  const out: Array<number> = []
  let rest = value
  while (rest >= 128) {
    out.push((rest % 128) + 128)
    rest = Math.floor(rest / 128)
  }
  return [...out, rest]
}

const sized = (number: number, bytes: Bytes): Bytes => varint(number * 8 + 2).concat(varint(bytes.length), bytes)

const text: Writer = (number, value) => sized(number, [...encoder.encode(String(value))])

const flag: Writer = (number, value) => (value === true ? [...varint(number * 8), 1] : [])

const count: Writer = (number, value) => [...varint(number * 8), ...varint(Number(value))]

const double: Writer = (number, value) => {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setFloat64(0, Number(value), true)
  return [...varint(number * 8 + 1), ...bytes]
}

/** `Any`, which holds YAML: JSON is. */
const any: Writer = (number, value) => sized(number, text(2, JSON.stringify(value)))

const each =
  (write: Writer): Writer =>
  (number, value) =>
    array(value).flatMap((item) => write(number, item))

/** A map as pairs of name and value. */
const pairs = (at: number, entries: JsonRecord, write: Writer): Bytes =>
  Object.entries(entries).flatMap(([name, value]) => sized(at, [...text(1, name), ...write(2, value)]))

const named =
  (write: () => Writer, at = 1): Writer =>
  (number, value) =>
    sized(number, pairs(at, record(value), write()))

type Fields = Readonly<Record<string, readonly [number: number, write: Writer]>>

const isExtension = (name: string): boolean => name.startsWith("x-")

/** What has no field and is no extension is left out. */
const content = (fields: Fields, extensions: number, value: unknown): Bytes =>
  Object.entries(record(value)).flatMap(([name, item]) => {
    const field = fields[name]
    if (field !== undefined) return field[1](field[0], item)
    return isExtension(name) ? pairs(extensions, { [name]: item }, any) : []
  })

const message =
  (fields: () => Fields, extensions: number): Writer =>
  (number, value) =>
    sized(number, content(fields(), extensions, value))

const additional: Writer = (number, value) => sized(number, isRecord(value) ? schema(1, value) : flag(2, value))

const types: Writer = (number, value) => sized(number, text(1, value))

const items: Writer = (number, value) => sized(number, schema(1, value))

/** The second version has what is said of a reference beside it. */
const flat = (value: unknown): unknown => {
  const { allOf, ...rest } = record(value)
  const [only, ...others] = array(allOf)
  return isRecord(only) && others.length === 0 ? { ...rest, ...only } : value
}

const schema: Writer = (number, value) => schemaMessage(number, flat(value))

const schemaMessage = message(
  () => ({
    $ref: [1, text],
    format: [2, text],
    title: [3, text],
    description: [4, text],
    default: [5, any],
    multipleOf: [6, double],
    maximum: [7, double],
    exclusiveMaximum: [8, flag],
    minimum: [9, double],
    exclusiveMinimum: [10, flag],
    maxLength: [11, count],
    minLength: [12, count],
    pattern: [13, text],
    maxItems: [14, count],
    minItems: [15, count],
    uniqueItems: [16, flag],
    maxProperties: [17, count],
    minProperties: [18, count],
    required: [19, each(text)],
    enum: [20, each(any)],
    additionalProperties: [21, additional],
    type: [22, types],
    items: [23, items],
    allOf: [24, each(schema)],
    properties: [25, named(() => schema)]
  }),
  31
)

const queryParameter = message(() => ({ in: [2, text], name: [4, text], type: [6, text], uniqueItems: [20, flag] }), 23)

/** ParametersItem, of it Parameter, NonBodyParameter, QueryParameterSubSchema. */
const parameter: Writer = (number, value) => sized(number, sized(1, sized(2, queryParameter(3, value))))

const response: Writer = (number, value) => sized(number, message(() => ({ description: [1, text] }), 5)(1, value))

const operation = message(
  () => ({
    operationId: [5, text],
    produces: [6, each(text)],
    consumes: [7, each(text)],
    parameters: [8, each(parameter)],
    responses: [9, named(() => response)]
  }),
  13
)

const path = message(
  () => ({ get: [2, operation], put: [3, operation], post: [4, operation], delete: [5, operation], patch: [8, operation] }),
  10
)

const document: Fields = {
  swagger: [1, text],
  info: [2, message(() => ({ title: [1, text], version: [2, text] }), 7)],
  paths: [8, named(() => path, 2)],
  definitions: [9, named(() => schema)]
}

export const encode = (swagger: JsonRecord): Uint8Array => Uint8Array.from(content(document, 16, swagger))
