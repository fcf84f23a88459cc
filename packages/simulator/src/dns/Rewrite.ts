/** `rewrite`: a question for one name becomes one for another. */
import * as GoRegExp from "@aiopslab/kubernetes/GoRegExp"
import { plain } from "./Answer.ts"
import type { Line, ServerBlock } from "./Corefile.ts"

interface Rule {
  readonly apply: (name: string) => string | undefined
  readonly then: "continue" | "stop"
}

const matcher = (kind: string, from: string, to: string): Rule["apply"] => {
  const [before, after] = [plain(from), plain(to)]
  switch (kind) {
    case "prefix":
      return (name) => (name.startsWith(from) ? to + name.slice(from.length) : undefined)
    case "suffix":
      return (name) => (name.endsWith(before) ? name.slice(0, name.length - before.length) + after : undefined)
    case "substring":
      return (name) => (name.includes(from) ? name.replaceAll(from, () => to) : undefined)
    case "regex": {
      const found = GoRegExp.compile(from)
      return (name) => {
        const match = found?.exec(`${name}.`) ?? found?.exec(name)
        return match === undefined ? undefined : plain(to.replaceAll(/\{(\d+)\}/gu, (_, group) => match.groups[Number(group)] ?? ""))
      }
    }
    default:
      return (name) => (name === before ? after : undefined)
  }
}

const kinds: ReadonlySet<string> = new Set(["exact", "prefix", "suffix", "substring", "regex"])

const ruleOf = (words: ReadonlyArray<string>, then: Rule["then"]): Rule | undefined => {
  const [field, first = "", ...rest] = words
  if (field !== "name") return undefined
  const [from = "", to = ""] = kinds.has(first) ? rest : [first, ...rest]
  return { apply: matcher(kinds.has(first) ? first : "exact", from, to), then }
}

const rulesOf = (words: ReadonlyArray<string>, block: ReadonlyArray<Line>): ReadonlyArray<Rule> => {
  const then = words[0] === "continue" ? "continue" : "stop"
  const own = words[0] === "continue" || words[0] === "stop" ? words.slice(1) : words
  return [own, ...block.map((line) => line.words)].flatMap((one) => ruleOf(one, then) ?? [])
}

/** Of a name (RFC 1035, 2.3.4). */
const longestName = 253

/** Rules are tried in order; the first that fits is the last one unless it says `continue`. */
export const rewritten = ({ directives }: ServerBlock, name: string): string => {
  let now = name
  for (const directive of directives) {
    if (directive.name !== "rewrite") continue
    for (const { apply, then } of rulesOf(directive.words, directive.block)) {
      const next = apply(now)
      if (next === undefined) continue
      // no name is longer, and what is none has no answer
      if (next.length > longestName) return next.slice(0, longestName)
      now = next
      if (then === "stop") return now
    }
  }
  return now
}
