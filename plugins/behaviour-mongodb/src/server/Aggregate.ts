/** The pipeline stages that people type in a shell; another stage fails as an unknown one does on the server. */
import { Failure, failure } from "./Failure.ts"
import { projected, select, sorted } from "./Query.ts"
import { compare, type Document, isDocument, numberOf, textOf, type Value, valuesAt, withValueAt } from "./Value.ts"

const evaluate = (expression: Value, document: Document): Value =>
  typeof expression === "string" && expression.startsWith("$") ? (valuesAt(document, expression.slice(1))[0] ?? null) : expression

const numbersOf = (group: ReadonlyArray<Document>, expression: Value): ReadonlyArray<number> =>
  group.flatMap((document) => numberOf(evaluate(expression, document)) ?? [])

const sum = (numbers: ReadonlyArray<number>): number => numbers.reduce((total, one) => total + one, 0)

const extreme = (group: ReadonlyArray<Document>, expression: Value, sign: number): Value =>
  group.map((document) => evaluate(expression, document)).reduce((best, one) => (compare(one, best) * sign > 0 ? one : best))

const accumulate = (group: ReadonlyArray<Document>, accumulator: Document): Value | Failure => {
  const [name = "", expression = null] = Object.entries(accumulator)[0] ?? []
  const [head] = group
  switch (name) {
    case "$sum":
      return sum(numbersOf(group, expression))
    case "$avg": {
      const numbers = numbersOf(group, expression)
      return numbers.length === 0 ? null : sum(numbers) / numbers.length
    }
    case "$min":
      return extreme(group, expression, -1)
    case "$max":
      return extreme(group, expression, 1)
    case "$first":
      return head === undefined ? null : evaluate(expression, head)
    case "$push":
      return group.map((document) => evaluate(expression, document))
    default:
      return failure(15952, `unknown group operator '${name}'`)
  }
}

const group = (documents: ReadonlyArray<Document>, spec: Document): ReadonlyArray<Document> | Failure => {
  const groups = new Map<string, { readonly id: Value; readonly members: Array<Document> }>()
  for (const document of documents) {
    const id = evaluate(spec._id ?? null, document)
    const key = JSON.stringify(id)
    const found = groups.get(key)
    if (found === undefined) groups.set(key, { id, members: [document] })
    else found.members.push(document)
  }
  const out: Array<Document> = []
  for (const { id, members } of groups.values()) {
    let made: Document = { _id: id }
    for (const [field, accumulator] of Object.entries(spec)) {
      if (field === "_id") continue
      const value = accumulate(members, isDocument(accumulator) ? accumulator : {})
      if (value instanceof Failure) return value
      made = withValueAt(made, field, value)
    }
    out.push(made)
  }
  return out
}

const stage = (documents: ReadonlyArray<Document>, name: string, spec: Value): ReadonlyArray<Document> | Failure => {
  const fields = isDocument(spec) ? spec : {}
  switch (name) {
    case "$match":
      return select(documents, fields)
    case "$sort":
      return sorted(documents, fields)
    case "$limit":
      return documents.slice(0, numberOf(spec) ?? 0)
    case "$skip":
      return documents.slice(numberOf(spec) ?? 0)
    case "$project":
      return documents.map((document) => projected(document, fields))
    case "$count":
      return documents.length === 0 ? [] : [{ [textOf(spec) ?? "count"]: documents.length }]
    case "$group":
      return group(documents, fields)
    default:
      return failure(40324, `Unrecognized pipeline stage name: '${name}'`)
  }
}

export const aggregated = (documents: ReadonlyArray<Document>, pipeline: ReadonlyArray<Document>): ReadonlyArray<Document> | Failure => {
  let out = documents
  for (const one of pipeline) {
    const [name = "", spec = null] = Object.entries(one)[0] ?? []
    const next = stage(out, name, spec)
    if (next instanceof Failure) return next
    out = next
  }
  return out
}
