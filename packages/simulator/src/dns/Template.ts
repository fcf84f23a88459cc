/** `template`: answers that are written in the Corefile. */
import * as GoRegExp from "@aiopslab/kubernetes/GoRegExp"
import type { Answer } from "./Answer.ts"
import * as Answers from "./Answer.ts"
import type { Directive } from "./Corefile.ts"
import { fallsThrough } from "./Fallthrough.ts"

const codes: Readonly<Record<string, Extract<Answer, { readonly _tag: "None" }>["code"]>> = {
  NOERROR: "NOERROR",
  NXDOMAIN: "NXDOMAIN",
  REFUSED: "REFUSED"
}

const filled = (text: string, name: string, groups: Readonly<Record<string, string | undefined>>): string =>
  text
    .replaceAll(/\{\{\s*\.Name\s*\}\}/gu, `${name}.`)
    .replaceAll(/\{\{\s*\.Group\.(\w+)\s*\}\}/gu, (_, group: string) => groups[group] ?? "")
    .replaceAll(/\{\{\s*index\s+\.Match\s+(\d+)\s*\}\}/gu, (_, group: string) => groups[group] ?? "")

/** Undefined: the next plugin is asked. */
export const answer = (directive: Directive, zone: string, name: string): Answer | undefined => {
  const { block, words } = directive
  const [of = "", type = "", ...zones] = words
  if (!["IN", "ANY"].includes(of.toUpperCase()) || !["A", "ANY"].includes(type.toUpperCase())) return undefined
  if (!(zones.length === 0 ? [zone] : zones).some((one) => Answers.isWithin(name, one))) return undefined
  const values = (property: string): ReadonlyArray<string> =>
    block.flatMap(({ words: [word, ...rest] }) => (word === property ? [rest.join(" ")] : []))
  const matches = values("match")
  const found = (matches.length === 0 ? [".*"] : matches).map((text) => GoRegExp.compile(text)?.exec(`${name}.`))
  const match = found.find((one) => one !== undefined)
  if (match === undefined) return fallsThrough(directive, name) ? undefined : Answers.unknown
  const groups = { ...Object.fromEntries(match.groups.map((text, i) => [String(i), text])), ...match.named }
  const addresses = values("answer").flatMap((text) => {
    const [, address] = /\sA\s+(\d+(?:\.\d+){3})\s*$/u.exec(filled(text, name, groups)) ?? []
    return address === undefined ? [] : [address]
  })
  if (addresses.length > 0) return { _tag: "Addresses", name, addresses }
  return { _tag: "None", code: codes[values("rcode")[0]?.toUpperCase() ?? "NOERROR"] ?? "SERVFAIL" }
}
