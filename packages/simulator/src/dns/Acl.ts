/** `acl`: who may ask for the names of a zone, by address. Its rules are tried in order, and the first that fits is the last one. */
import * as Ip from "@aiopslab/kubernetes/validation/Ip"
import type { Answer } from "./Answer.ts"
import * as Answers from "./Answer.ts"
import type { Directive } from "./Corefile.ts"

/** What comes of a question that a rule fits; an allowed one goes on. */
const verdicts: ReadonlyMap<string, Answer | "allowed"> = new Map<string, Answer | "allowed">([
  ["allow", "allowed"],
  ["block", { _tag: "None", code: "REFUSED" }],
  ["filter", Answers.nothing],
  ["drop", { _tag: "None", code: "DROPPED" }]
])

const sections: ReadonlySet<string> = new Set(["type", "net", "file"])

/** The words behind each of `type`, `net` and `file`. */
const sectionsOf = (words: ReadonlyArray<string>): ReadonlyMap<string, ReadonlyArray<string>> => {
  const out = new Map<string, Array<string>>()
  let now: Array<string> = []
  for (const word of words) {
    const name = word.toLowerCase()
    if (!sections.has(name)) now.push(word)
    else out.set(name, (now = out.get(name) ?? []))
  }
  return out
}

const networksIn = (text: string): ReadonlyArray<string> =>
  text.split("\n").flatMap((line) => {
    const network = line.replace(/#.*/u, "").trim()
    return network === "" ? [] : [network]
  })

const contains = (network: string, client: Ip.Ip | undefined): boolean => {
  if (network === "*") return true
  const range = Ip.parseCidr(network.includes("/") ? network : `${network}/32`)
  return range !== undefined && client !== undefined && Ip.contains(range, client)
}

/** `client` is the address of who asks, where it is known. Undefined: the question goes on. */
export const answer = (
  directives: ReadonlyArray<Directive>,
  zone: string,
  name: string,
  client: string | undefined,
  file: (path: string) => string | undefined
): Answer | undefined => {
  const address = client === undefined ? undefined : Ip.parse(client)
  for (const { block, words: zones } of directives) {
    if (!(zones.length === 0 ? [zone] : zones).some((one) => Answers.isWithin(name, one))) continue
    for (const { words } of block) {
      const verdict = verdicts.get(words[0]?.toLowerCase() ?? "")
      const given = sectionsOf(words.slice(1))
      const types = given.get("type") ?? ["*"]
      const listed = (given.get("file") ?? []).flatMap((path) => networksIn(file(path) ?? ""))
      const networks = [...(given.get("net") ?? []), ...listed]
      const isFrom = networks.length === 0 || networks.some((network) => contains(network, address))
      if (verdict === undefined || !isFrom || !types.some((type) => type === "*" || type === "A")) continue
      return verdict === "allowed" ? undefined : verdict
    }
  }
  return undefined
}
