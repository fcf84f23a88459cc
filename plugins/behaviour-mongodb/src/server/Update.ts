/** Update documents: a replacement, or operators. */
import { Failure, failure } from "./Failure.ts"
import { compare, type Document, isArray, isDocument, numberOf, type Value, valuesAt, withValueAt } from "./Value.ts"
import { matches } from "./Query.ts"

type Apply = (document: Document, path: string, value: Value, inserting: "insert" | "update") => Document | Failure

const pushed = (value: Value): ReadonlyArray<Value> => (isDocument(value) && isArray(value.$each) ? value.$each : [value])

const operators: Readonly<Record<string, Apply>> = {
  $set: withValueAt,
  $setOnInsert: (document, path, value, inserting) => (inserting === "insert" ? withValueAt(document, path, value) : document),
  $unset: (document, path) => withValueAt(document, path, undefined),
  $inc: (document, path, value) => withValueAt(document, path, (numberOf(valuesAt(document, path)[0]) ?? 0) + (numberOf(value) ?? 0)),
  $mul: (document, path, value) => withValueAt(document, path, (numberOf(valuesAt(document, path)[0]) ?? 0) * (numberOf(value) ?? 0)),
  $min: (document, path, value) => {
    const found = valuesAt(document, path)[0]
    return found === undefined || compare(value, found) < 0 ? withValueAt(document, path, value) : document
  },
  $max: (document, path, value) => {
    const found = valuesAt(document, path)[0]
    return found === undefined || compare(value, found) > 0 ? withValueAt(document, path, value) : document
  },
  $rename: (document, path, value) => {
    const found = valuesAt(document, path)[0]
    return found === undefined || typeof value !== "string" ? document : withValueAt(withValueAt(document, path, undefined), value, found)
  },
  $push: (document, path, value) => {
    const found = document[path] ?? valuesAt(document, path)[0]
    return withValueAt(document, path, [...(isArray(found) ? found : []), ...pushed(value)])
  },
  $addToSet: (document, path, value) => {
    const found = document[path] ?? valuesAt(document, path)[0]
    const list = isArray(found) ? found : []
    return withValueAt(document, path, [...list, ...pushed(value).filter((one) => !list.some((each) => compare(each, one) === 0))])
  },
  $pull: (document, path, value) => {
    const found = document[path] ?? valuesAt(document, path)[0]
    if (!isArray(found)) return document
    const goes = (one: Value) => compare(one, value) === 0 || (isDocument(one) && isDocument(value) && matches(one, value) === true)
    return withValueAt(
      document,
      path,
      found.filter((one) => !goes(one))
    )
  }
}

const first = (document: Document): string | undefined => Object.keys(document)[0]

export const updated = (document: Document, update: Document, inserting: "insert" | "update" = "update"): Document | Failure => {
  if (first(update)?.startsWith("$") !== true) return { ...(document._id === undefined ? {} : { _id: document._id }), ...update }
  let out = document
  for (const [name, fields] of Object.entries(update)) {
    const apply = operators[name]
    if (apply === undefined) {
      return failure(9, `Unknown modifier: ${name}. Expected a valid update modifier or pipeline-style update specified as an array`)
    }
    for (const [path, value] of Object.entries(isDocument(fields) ? fields : {})) {
      const next = apply(out, path, value, inserting)
      if (next instanceof Failure) return next
      out = next
    }
  }
  return out
}
