/**
 * What a step of an expression costs, as cel-go and Kubernetes count at runtime (cel-go `interpreter/runtimecost.go`, apiserver
 * `pkg/cel/library/cost.go`): one for a name, a field or a call, and more for what goes through texts and lists.
 */
import { isArray, isRecord } from "../Json.ts"
import { newList, parsing, patternFactor, rewriting, textFactor, traversing } from "./Factors.ts"

/** A question of what somebody may do: two of them are within the limit of one expression. */
const authorization = 350_000

/** How many characters, items or entries; one of anything else. */
export const sizeOf = (value: unknown): number => {
  if (typeof value === "string") {
    let size = value.length
    for (let i = 1; i < value.length; i++) if ((value.charCodeAt(i) & 0xfc00) === 0xdc00) size--
    return size
  }
  if (isArray(value) || value instanceof Uint8Array) return value.length
  return isRecord(value) && Object.getPrototypeOf(value) === Object.prototype ? Object.keys(value).length : 1
}

const read = (characters: number): number => Math.ceil(characters * textFactor)
const searched = (text: unknown, pattern: unknown): number => read(1 + sizeOf(text)) * Math.ceil(sizeOf(pattern) * patternFactor)

/** Every text within a list, to its end; one of anything else. */
const traversal = (value: unknown): number => {
  if (typeof value === "string") return Math.floor(sizeOf(value) * textFactor)
  return isArray(value) ? value.reduce((sum: number, one) => sum + traversal(one), 0) : 1
}

/** Texts are compared to the end of the shorter one. */
const compared = (left: unknown, right: unknown): number =>
  typeof left === "string" && typeof right === "string"
    ? read(sizeOf(left.length < right.length ? left : right))
    : read(Math.min(sizeOf(left), sizeOf(right)))

const isText = (value: unknown): boolean => typeof value === "string" || value instanceof Uint8Array

export const ofOperator = (operator: string, left: unknown, right: unknown): number => {
  switch (operator) {
    case "==":
    case "!=":
      return compared(left, right)
    case "<":
    case "<=":
    case ">":
    case ">=":
      return isText(left) ? compared(left, right) : 1
    case "+":
      return isText(left) ? read(sizeOf(left) + sizeOf(right)) : 1
    case "in":
      return isArray(right) ? sizeOf(right) : 1
    default:
      return 1
  }
}

/** Sets are compared item by item. */
const ofSets = (name: string, left: unknown, right: unknown): number => 1 + sizeOf(left) * sizeOf(right) * (name === "equivalent" ? 2 : 1)

/** `given` begins with the value that the function is called on, if there is one. */
export const ofCall = (name: string, given: ReadonlyArray<unknown>): number => {
  const [first, second, third] = given
  if (traversing.has(name)) return traversal(first)
  if (rewriting.has(name) || parsing.has(name)) return read(sizeOf(first))
  switch (name) {
    case "check":
      return authorization
    case "fieldSelector":
    case "labelSelector":
      return newList + read(sizeOf(second)) + Math.ceil(Math.ceil(sizeOf(second) / 2) * 50)
    case "startsWith":
    case "endsWith":
      return read(sizeOf(first))
    case "ip":
      return typeof first === "string" ? read(sizeOf(first)) : 1
    case "isCanonical":
    case "escapeKey":
      return read(sizeOf(second) * 2)
    case "replace":
    case "split":
      return read(sizeOf(first) * 2)
    case "find":
    case "findAll":
    case "goMatches":
      return searched(first, second)
    case "contains":
      return typeof first === "string" ? read(sizeOf(first)) * read(sizeOf(second)) : ofSets(name, second, third)
    case "intersects":
    case "equivalent":
      return ofSets(name, second, third)
    case "containsIP":
    case "containsCIDR":
      return 1 + (name === "containsCIDR" ? 2 : 0) + (typeof second === "string" ? read(sizeOf(second)) : 0)
    case "string":
    case "bytes":
      return isText(first) ? read(sizeOf(first)) : 1
    default:
      return 1
  }
}

/** What is counted by what came out. */
export const ofResult = (name: string, result: unknown): number => (name === "join" ? read(sizeOf(result) * 2) - 1 : 0)
