/** Filters, sorts and projections of the query language. An operator that is not known fails as the server's does. */
import { Failure, failure } from "./Failure.ts"
import {
  compare,
  type Document,
  flagOf,
  isArray,
  isDocument,
  isScalarObject,
  numberOf,
  type Value,
  valuesAt,
  withValueAt
} from "./Value.ts"

const isOperators = (value: Value): value is Document => {
  if (!isDocument(value) || isScalarObject(value)) return false
  for (const key in value) return key.startsWith("$")
  return false
}

const same = (found: Value, wanted: Value): boolean =>
  compare(found, wanted) === 0 || (isArray(found) && found.some((one) => compare(one, wanted) === 0))

const patternOf = (pattern: Value | undefined, options: Value | undefined): RegExp | undefined => {
  const source =
    typeof pattern === "string" ? pattern : isDocument(pattern) && typeof pattern.$regex === "string" ? pattern.$regex : undefined
  return source === undefined ? undefined : new RegExp(source, typeof options === "string" ? options.replace(/[^ims]/gu, "") : "")
}

type Test = (found: ReadonlyArray<Value>) => boolean

const ordered =
  (wanted: Value, holds: (order: number) => boolean): Test =>
  (found) =>
    found.some((one) => (isArray(one) ? one : [one]).some((each) => typeof each === typeof wanted && holds(compare(each, wanted))))

const operator = (name: string, wanted: Value, siblings: Document): Test | Failure => {
  switch (name) {
    case "$eq":
      return equals(wanted)
    case "$ne": {
      const test = equals(wanted)
      return (found) => !test(found)
    }
    case "$gt":
      return ordered(wanted, (order) => order > 0)
    case "$gte":
      return ordered(wanted, (order) => order >= 0)
    case "$lt":
      return ordered(wanted, (order) => order < 0)
    case "$lte":
      return ordered(wanted, (order) => order <= 0)
    case "$in":
    case "$nin": {
      if (!isArray(wanted)) return failure(2, `${name} needs an array`)
      const tests = wanted.map(equals)
      return (found) => tests.some((test) => test(found)) === (name === "$in")
    }
    case "$exists":
      return (found) => found.length > 0 === flagOf(wanted)
    case "$size":
      return (found) => found.some((one) => isArray(one) && one.length === numberOf(wanted))
    case "$all":
      return (found) => isArray(wanted) && wanted.every((one) => equals(one)(found))
    case "$regex": {
      const pattern = patternOf(wanted, siblings.$options)
      return (found) => found.some((one) => typeof one === "string" && pattern?.test(one) === true)
    }
    case "$options":
      return () => true
    case "$not": {
      const test = condition(wanted)
      return test instanceof Failure ? test : (found) => !test(found)
    }
    case "$elemMatch":
      return (found) =>
        found.some((one) => isArray(one) && one.some((each) => isDocument(each) && isDocument(wanted) && matches(each, wanted) === true))
    default:
      return failure(2, `unknown operator: ${name}`)
  }
}

const equals =
  (wanted: Value): Test =>
  (found) =>
    wanted === null && found.length === 0 ? true : found.some((one) => same(one, wanted))

const condition = (wanted: Value): Test | Failure => {
  if (!isOperators(wanted)) return equals(wanted)
  const tests: Array<Test> = []
  for (const [name, value] of Object.entries(wanted)) {
    const test = operator(name, value, wanted)
    if (test instanceof Failure) return test
    tests.push(test)
  }
  return (found) => tests.every((test) => test(found))
}

const each = (document: Document, filters: Value): ReadonlyArray<boolean> | Failure => {
  if (!isArray(filters) || filters.length === 0) return failure(2, "$and/$or/$nor must be a nonempty array")
  const out: Array<boolean> = []
  for (const filter of filters) {
    const result = matches(document, isDocument(filter) ? filter : {})
    if (result instanceof Failure) return result
    out.push(result)
  }
  return out
}

export const matches = (document: Document, filter: Document): boolean | Failure => {
  for (const [key, wanted] of Object.entries(filter)) {
    if (key === "$comment") continue
    if (key === "$and" || key === "$or" || key === "$nor") {
      const results = each(document, wanted)
      if (results instanceof Failure) return results
      if (key === "$and" ? results.includes(false) : results.includes(true) === (key === "$nor")) return false
      continue
    }
    if (key.startsWith("$")) return failure(2, `unknown top level operator: ${key}`)
    const test = condition(wanted)
    if (test instanceof Failure) return test
    if (!test(valuesAt(document, key))) return false
  }
  return true
}

/** The documents that match, in order; stops at `limit`. */
export const select = (documents: ReadonlyArray<Document>, filter: Document, limit = 0): ReadonlyArray<Document> | Failure => {
  const out: Array<Document> = []
  for (const document of documents) {
    const result = matches(document, filter)
    if (result instanceof Failure) return result
    if (result && out.push(document) === limit) break
  }
  return out
}

export const sorted = (documents: ReadonlyArray<Document>, by: Document): ReadonlyArray<Document> => {
  const keys = Object.entries(by)
  if (keys.length === 0) return documents
  return [...documents].sort((a, b) => {
    for (const [key, direction] of keys) {
      const order = compare(valuesAt(a, key)[0], valuesAt(b, key)[0])
      if (order !== 0) return (numberOf(direction) ?? 1) < 0 ? -order : order
    }
    return 0
  })
}

export const projected = (document: Document, projection: Document): Document => {
  const fields = Object.entries(projection)
  if (fields.length === 0) return document
  const including = fields.some(([key, value]) => key !== "_id" && flagOf(value))
  if (!including) return fields.reduce((out, [key, value]) => (flagOf(value) ? out : withValueAt(out, key, undefined)), document)
  let out: Document =
    projection._id === undefined || flagOf(projection._id) ? (document._id === undefined ? {} : { _id: document._id }) : {}
  for (const [key, value] of fields) {
    const found = valuesAt(document, key)[0]
    if (key !== "_id" && flagOf(value) && found !== undefined) out = withValueAt(out, key, found)
  }
  return out
}
