/**
 * Zones from files in the form of RFC 1035, and what is found in them: plugin/file and plugin/auto. A file counts as it is at the moment; CoreDNS
 * looks at it once a minute, and takes another one with another serial.
 */
import { remembered } from "@aiopslab/kubernetes/Remembered"
import type { Answer } from "./Answer.ts"
import * as Answers from "./Answer.ts"

interface Entry {
  readonly type: string
  readonly value: string
}

type Zone = ReadonlyMap<string, ReadonlyArray<Entry>>

/** Lines of words, those in parentheses as one; an empty first word stands for the name before. */
const linesOf = (text: string): ReadonlyArray<ReadonlyArray<string>> => {
  const out: Array<ReadonlyArray<string>> = []
  let words: Array<string> = []
  let depth = 0
  for (const line of text.split("\n")) {
    const bare = line.replaceAll(/"(?:[^"\\]|\\.)*"|;.*/gu, (found) => (found.startsWith(";") ? "" : found))
    if (depth === 0 && /^\s/u.test(bare)) words.push("")
    for (const word of bare.match(/"(?:[^"\\]|\\.)*"|[()]|[^\s()]+/gu) ?? []) {
      if (word === "(") depth++
      else if (word === ")") depth--
      else words.push(word)
    }
    if (depth > 0) continue
    if (words.some((word) => word !== "")) out.push(words)
    words = []
  }
  return out
}

const absolute = (name: string, origin: string): string =>
  Answers.plain(name === "@" ? origin : name.endsWith(".") || origin === "" ? name : `${name}.${origin}`)

/** Of a name: those are followed. */
const named: ReadonlySet<string> = new Set(["CNAME", "NS"])

const parsed = (text: string, zone: string): Zone => {
  const out = new Map<string, Array<Entry>>()
  let origin = Answers.plain(zone)
  let owner = origin
  for (const [first = "", ...rest] of linesOf(text)) {
    if (first.toUpperCase() === "$ORIGIN") origin = absolute(rest[0] ?? "", origin)
    if (first.startsWith("$")) continue
    if (first !== "") owner = absolute(first, origin)
    const at = rest.findIndex((word) => !/^(?=\d)(?:\d+[smhdw])*\d*$|^(?:IN|CH|HS|ANY)$/iu.test(word))
    const [type = "", value = ""] = at < 0 ? [] : rest.slice(at)
    const entry = { type: type.toUpperCase(), value: named.has(type.toUpperCase()) ? absolute(value, origin) : value }
    const entries = out.get(owner)
    if (entries === undefined) out.set(owner, [entry])
    else entries.push(entry)
  }
  return out
}

const read = remembered((key): Zone => {
  const end = key.indexOf("\n")
  return parsed(key.slice(end + 1), key.slice(0, end))
}, 64)

/** As many names may stand for one another. */
const longestChain = 8

/** Of the name, or of the star in its place that is nearest to it. */
const entriesOf = (zone: Zone, name: string, apex: string): ReadonlyArray<Entry> | undefined => {
  const own = zone.get(name)
  if (own !== undefined || name === apex) return own
  for (let rest = name; rest !== apex && rest.includes(".");) {
    rest = rest.slice(rest.indexOf(".") + 1)
    const star = zone.get(`*.${rest}`)
    if (star !== undefined) return star
  }
  return undefined
}

const isDelegated = (zone: Zone, name: string, apex: string): boolean => {
  for (let part = name; part !== apex && part.includes("."); part = part.slice(part.indexOf(".") + 1)) {
    if (zone.get(part)?.some(({ type }) => type === "NS") === true) return true
  }
  return false
}

/** What a zone's file says of a name; `follow` finds out one that is not in it. A file without its SOA record serves nothing. */
export const answer = (text: string | undefined, of: string, name: string, follow: (name: string) => Answer): Answer => {
  const apex = Answers.plain(of)
  const zone = text === undefined ? undefined : read(`${apex}\n${text}`)
  if (zone?.get(apex)?.some(({ type }) => type === "SOA") !== true) return Answers.failed
  let now = name
  for (let links = 0; links <= longestChain; links++) {
    if (!Answers.isWithin(now, apex)) {
      const found = follow(now)
      return found._tag === "Addresses" ? { ...found, name } : Answers.nothing
    }
    if (isDelegated(zone, now, apex)) return Answers.nothing
    const entries = entriesOf(zone, now, apex)
    if (entries === undefined) {
      const isAbove = [...zone.keys()].some((one) => one.endsWith(`.${now}`))
      return links > 0 || isAbove ? Answers.nothing : Answers.unknown
    }
    const alias = entries.find(({ type }) => type === "CNAME")
    if (alias === undefined) {
      const addresses = entries.flatMap(({ type, value }) => (type === "A" ? [value] : []))
      return addresses.length === 0 ? Answers.nothing : { _tag: "Addresses", name, addresses }
    }
    now = alias.value
  }
  return Answers.nothing
}
