/** A question's way through the plugins of a server block, in the order in which CoreDNS has them. */
import type { Container } from "../Container.ts"
import * as Files from "../kubelet/Files.ts"
import type { World } from "../World.ts"
import type { Answer } from "./Answer.ts"
import * as Answers from "./Answer.ts"
import type { Directive, ServerBlock } from "./Corefile.ts"
import { fallsThrough } from "./Fallthrough.ts"
import * as HostsFile from "./HostsFile.ts"
import * as Kubernetes from "./Kubernetes.ts"
import * as Rewrite from "./Rewrite.ts"
import { place } from "./Place.ts"
import type { Serving } from "./Serving.ts"
import * as Template from "./Template.ts"

interface Question {
  readonly world: World
  readonly container: Container
  readonly serving: Serving
  readonly zone: string
  readonly name: string
  readonly depth: number
}

/** Undefined: the next plugin is asked. */
type Plugin = (question: Question, directive: Directive) => Answer | undefined

/** Names that stand for one another in a circle end somewhere. */
const deepest = 8

/** The zones that a directive names, or its server's. */
const zoneOf = (zones: ReadonlyArray<string>, { name, zone }: Question): string | undefined =>
  (zones.length === 0 ? [zone] : zones).find((one) => Answers.isWithin(name, one))

const template: Plugin = ({ name, zone }, directive) => Template.answer(directive, zone, name)

const hosts: Plugin = (question, directive) => {
  const { container, name, world } = question
  const [file = "/etc/hosts", ...zones] = directive.words
  if (zoneOf(zones, question) === undefined) return undefined
  const entries = HostsFile.read(
    [Files.read(world, container, file) ?? "", ...directive.block.map(({ words }) => words.join(" "))].join("\n")
  )
  const addresses = HostsFile.entriesOf(entries.filter(HostsFile.isIPv4), name).map(({ address }) => address)
  if (addresses.length > 0) return { _tag: "Addresses", name, addresses }
  return fallsThrough(directive, name) ? undefined : Answers.failed
}

const kubernetes: Plugin = (question, directive) => {
  const { depth, name, world } = question
  const zone = zoneOf(directive.words, question)
  if (zone === undefined) return undefined
  const found = Kubernetes.answer(world, directive, zone, name, (other) =>
    depth > deepest ? Answers.failed : answer({ ...question, name: other, depth: depth + 1 })
  )
  return found._tag === "None" && found.code === "NXDOMAIN" && fallsThrough(directive, name) ? undefined : found
}

/** Whoever is asked outside of the cluster knows no name: there is nothing outside. */
const forward: Plugin = ({ name }, { block, words: [from = "."] }) => {
  const except = block.flatMap(({ words: [word, ...zones] }) => (word === "except" ? zones : []))
  return Answers.isWithin(name, from) && !except.some((zone) => Answers.isWithin(name, zone)) ? Answers.unknown : undefined
}

const whoami: Plugin = () => ({ _tag: "None", code: "NOERROR" })

const chain: ReadonlyArray<readonly [name: string, plugin: Plugin]> = [
  ["template", template],
  ["hosts", hosts],
  ["kubernetes", kubernetes],
  ["forward", forward],
  ["whoami", whoami]
]

const dnsPort = 53

/** The plugins that are asked, and those that only change a question. */
export const answering: ReadonlyArray<string> = [...chain.map(([name]) => name), "rewrite"]

/** The server block with the longest zone that the name is in. */
const serverOf = (serving: Serving, name: string): readonly [zone: string, server: ServerBlock] | undefined => {
  let best: readonly [string, ServerBlock] | undefined
  for (const server of serving.servers) {
    for (const { port, zone } of server.keys.map(place)) {
      if (port === dnsPort && Answers.isWithin(name, zone) && (best === undefined || zone.length > best[0].length)) best = [zone, server]
    }
  }
  return best
}

const answer = (question: Omit<Question, "zone">): Answer => {
  const found = serverOf(question.serving, question.name)
  if (found === undefined) return { _tag: "None", code: "REFUSED" }
  const [zone, server] = found
  const name = Rewrite.rewritten(server, question.name)
  for (const [plugin, ask] of chain) {
    for (const directive of server.directives) {
      const given = directive.name === plugin ? ask({ ...question, zone, name }, directive) : undefined
      if (given !== undefined) return given._tag === "Addresses" && name !== question.name ? { ...given, name: question.name } : given
    }
  }
  return Answers.failed
}

/** What a CoreDNS process answers to whom asks for the address of a full name. */
export const ask = (world: World, container: Container, serving: Serving, name: string): Answer =>
  answer({ world, container, serving, name: Answers.plain(name), depth: 0 })
