/**
 * The JSONPath of printer columns and scale paths: `.spec.size`, `.status.conditions[?(@.type=="Ready")].status`, `.spec.list[*].name`. What it
 * can't read gives no values.
 */
import { equal } from "../Equal.ts"
import { isArray, isRecord } from "../Json.ts"

type Step =
  | { readonly kind: "key"; readonly key: string }
  | { readonly kind: "index"; readonly index: number }
  | { readonly kind: "all" }
  | { readonly kind: "where"; readonly path: ReadonlyArray<string>; readonly equal: boolean; readonly value: unknown }

const token =
  /\.?(?<key>[A-Za-z_$][-\w$/]*(?:\\\.[-\w$/]+)*)|\[(?<index>-?\d+)\]|\[['"](?<name>[^'"]+)['"]\]|(?<all>\[\*\]|\.\*)|\[\?\(@\.(?<path>[\w.]+)\s*(?<operator>==|!=)\s*(?<value>"[^"]*"|'[^']*'|[^)]+)\)\]|\./y

const literal = (text: string): unknown => {
  if (/^["'].*["']$/.test(text)) return text.slice(1, -1)
  if (text === "true" || text === "false") return text === "true"
  return Number.isNaN(Number(text)) ? text : Number(text)
}

const parse = (text: string): ReadonlyArray<Step> | undefined => {
  const source = text.replace(/^\{(.*)\}$/, "$1").replace(/^\$/, "")
  const steps: Array<Step> = []
  token.lastIndex = 0
  while (token.lastIndex < source.length) {
    const groups = token.exec(source)?.groups
    if (groups === undefined) return undefined
    const { all, index, key, name, operator, path, value } = groups
    if (key !== undefined) steps.push({ kind: "key", key: key.replaceAll("\\.", ".") })
    else if (name !== undefined) steps.push({ kind: "key", key: name })
    else if (index !== undefined) steps.push({ kind: "index", index: Number(index) })
    else if (all !== undefined) steps.push({ kind: "all" })
    else if (path !== undefined) steps.push({ kind: "where", path: path.split("."), equal: operator === "==", value: literal(value ?? "") })
  }
  return steps
}

const step = (value: unknown, one: Step): ReadonlyArray<unknown> => {
  switch (one.kind) {
    case "key":
      return isRecord(value) && value[one.key] !== undefined ? [value[one.key]] : []
    case "index": {
      const found = isArray(value) ? value.at(one.index) : undefined
      return found === undefined ? [] : [found]
    }
    case "all":
      return isArray(value) ? value : isRecord(value) ? Object.values(value) : []
    case "where":
      return isArray(value)
        ? value.filter((item) => {
            let here: unknown = item
            for (const key of one.path) here = isRecord(here) ? here[key] : undefined
            return equal(here, one.value) === one.equal
          })
        : []
  }
}

/** All values at a path, in order. */
export const values = (object: unknown, path: string): ReadonlyArray<unknown> => {
  const steps = parse(path)
  if (steps === undefined) return []
  return steps.reduce<ReadonlyArray<unknown>>((found, one) => found.flatMap((value) => step(value, one)), [object])
}

/** The keys of a plain path, as scale paths are: `.spec.replicas`. */
export const keys = (path: string): ReadonlyArray<string> => (parse(path) ?? []).flatMap((one) => (one.kind === "key" ? [one.key] : []))
