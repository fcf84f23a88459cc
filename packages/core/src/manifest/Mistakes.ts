/** What a schema found wrong → errors of the catalogue, each at its path. */
import type * as SchemaAST from "effect/SchemaAST"
import * as SchemaIssue from "effect/SchemaIssue"
import { type LabError, labError, type Location } from "../LabError.ts"
import { nearest } from "../Nearest.ts"

export type Path = ReadonlyArray<string | number>

/** `spec.faults[0].with`. */
export const showPath = (path: Path): string =>
  path.reduce<string>((text, step) => (typeof step === "number" ? `${text}[${step}]` : text === "" ? step : `${text}.${step}`), "")

/** What a schema is about: where it stands and what stands there. */
export interface Subject {
  readonly path: Path
  /** The value at a path below `path`. */
  readonly value: (path: Path) => unknown
  readonly locate: (path: Path, at: "key" | "value") => Location | undefined
}

const longestValue = 60

const show = (value: unknown): string => {
  if (value === undefined) return "nothing"
  if (typeof value === "number" || typeof value === "boolean" || value === null) return String(value)
  if (typeof value === "string") return JSON.stringify(value.length > longestValue ? `${value.slice(0, longestValue)}…` : value)
  return Array.isArray(value) ? "a list" : "a mapping"
}

const fieldsOf = (ast: SchemaAST.AST): ReadonlyArray<string> =>
  ast._tag === "Objects" ? ast.propertySignatures.map((each) => String(each.name)) : []

const literalsOf = (ast: SchemaAST.AST): ReadonlyArray<string> =>
  ast._tag === "Literal" ? [String(ast.literal)] : ast._tag === "Union" ? ast.types.flatMap(literalsOf) : []

interface Found {
  readonly _tag: "unknown" | "missing" | "invalid"
  readonly path: Path
  readonly why: string
  readonly names: ReadonlyArray<string>
}

const toPath = (path: ReadonlyArray<PropertyKey>): Path => path.map((step) => (typeof step === "symbol" ? String(step) : step))

const format = SchemaIssue.makeFormatterStandardSchemaV1()

/** YAML's words for what a schema expects. */
const words: Readonly<Record<string, string>> = {
  object: "a mapping",
  array: "a list",
  string: "a text",
  number: "a number",
  boolean: "true or false",
  null: "nothing"
}

const inYaml = (message: string): string =>
  message.startsWith("Expected ") && !message.includes('"')
    ? message.replace(/\b(?:object|array|string|number|boolean|null)\b/gu, (word) => words[word] ?? word).replaceAll(" | ", " or ")
    : message

const messageOf = (issue: SchemaIssue.Issue): string => inYaml(format(issue).issues[0]?.message ?? "Expected another value")

const collect = (issue: SchemaIssue.Issue, path: Path): ReadonlyArray<Found> => {
  switch (issue._tag) {
    case "Pointer":
      return collect(issue.issue, [...path, ...toPath(issue.path)])
    case "Encoding":
      return collect(issue.issue, path)
    case "Composite":
      return issue.issues.flatMap((each) => collect(each, path))
    case "Filter": {
      const inner = collect(issue.issue, path)
      return [{ _tag: "invalid", path: inner[0]?.path ?? path, why: messageOf(issue), names: [] }]
    }
    case "AnyOf":
      return issue.issues.length === 0
        ? [{ _tag: "invalid", path, why: messageOf(issue), names: literalsOf(issue.ast) }]
        : issue.issues.flatMap((each) => collect(each, path))
    case "MissingKey":
      return [{ _tag: "missing", path, why: messageOf(issue), names: [] }]
    case "UnexpectedKey":
      return [{ _tag: "unknown", path, why: messageOf(issue), names: fieldsOf(issue.ast) }]
    case "InvalidType":
    case "InvalidValue":
    case "OneOf":
      return [{ _tag: "invalid", path, why: messageOf(issue), names: "ast" in issue ? literalsOf(issue.ast) : [] }]
    case "Forbidden":
      return [{ _tag: "invalid", path, why: messageOf(issue), names: [] }]
  }
}

/** One mistake for each place; the alternatives of a union are told in one sentence. */
const grouped = (found: ReadonlyArray<Found>): ReadonlyArray<Found> => {
  const groups = new Map<string, Found>()
  for (const each of found) {
    const key = JSON.stringify([each._tag, each.path])
    const earlier = groups.get(key)
    if (earlier === undefined) groups.set(key, each)
    else if (!earlier.why.split(" or ").includes(each.why)) {
      const why = `${earlier.why} or ${each.why.replace(/^Expected /u, "")}`
      groups.set(key, { ...earlier, why, names: [...earlier.names, ...each.names] })
    }
  }
  return [...groups.values()]
}

const toError = (found: Found, subject: Subject): LabError => {
  const path = [...subject.path, ...found.path]
  const parent = showPath(path.slice(0, -1))
  const last = String(path.at(-1) ?? "")
  switch (found._tag) {
    case "unknown": {
      const detail = { at: parent, field: last, known: found.names, nearest: nearest(last, found.names) }
      return labError("MANIFEST_UNKNOWN_FIELD", detail, subject.locate(path, "key"))
    }
    case "missing":
      return labError("MANIFEST_MISSING_FIELD", { at: parent, field: last }, subject.locate(path.slice(0, -1), "key"))
    case "invalid": {
      const value = subject.value(found.path)
      const guess = typeof value === "string" ? nearest(value, found.names) : undefined
      return labError(
        "MANIFEST_INVALID_VALUE",
        { at: showPath(path), why: found.why, got: show(value), nearest: guess },
        subject.locate(path, "value")
      )
    }
  }
}

/** All mistakes of one decoding, in no particular order. */
export const mistakesOf = (issue: SchemaIssue.Issue, subject: Subject): ReadonlyArray<LabError> =>
  grouped(collect(issue, [])).map((found) => toError(found, subject))
