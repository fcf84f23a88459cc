/** A question's way through the plugins of a server block, in the order in which CoreDNS has them. */
import * as GoRegExp from "@aiopslab/kubernetes/GoRegExp"
import type { Container } from "../Container.ts"
import * as Files from "../kubelet/Files.ts"
import type { World } from "../World.ts"
import * as Acl from "./Acl.ts"
import type { Answer } from "./Answer.ts"
import * as Answers from "./Answer.ts"
import type { Directive, ServerBlock } from "./Corefile.ts"
import { property } from "./Corefile.ts"
import * as External from "./External.ts"
import { fallsThrough } from "./Fallthrough.ts"
import * as HostsFile from "./HostsFile.ts"
import * as Kubernetes from "./Kubernetes.ts"
import * as Rewrite from "./Rewrite.ts"
import { place } from "./Place.ts"
import type { Serving } from "./Serving.ts"
import * as Template from "./Template.ts"
import * as View from "./View.ts"
import * as ZoneFile from "./ZoneFile.ts"

interface Question {
  readonly world: World
  readonly container: Container
  readonly serving: Serving
  readonly zone: string
  readonly name: string
  /** The address of who asks, where it is known. */
  readonly client: string | undefined
  readonly server: ServerBlock
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
  // unlike glibc it takes names with their last dot, too
  const own = entries.filter((entry) => HostsFile.isIPv4(entry) && entry.names.some((one) => Answers.plain(one) === name))
  const addresses = own.map(({ address }) => address)
  if (addresses.length > 0) return { _tag: "Addresses", name, addresses }
  return fallsThrough(directive, name) ? undefined : Answers.failed
}

const kubernetes: Plugin = (question, directive) => {
  const { name, world } = question
  const zone = zoneOf(directive.words, question)
  if (zone === undefined) return undefined
  const found = Kubernetes.answer(world, directive, zone, name, follow(question))
  return isUnknown(found) && fallsThrough(directive, name) ? undefined : found
}

const follow =
  (question: Question) =>
  (name: string): Answer =>
    question.depth > deepest ? Answers.failed : answer({ ...question, name, depth: question.depth + 1 })

const external: Plugin = (question, directive) => {
  const { name, server, world } = question
  const zone = zoneOf(directive.words, question)
  const seen = server.directives.find((one) => one.name === "kubernetes")
  if (zone === undefined || seen === undefined) return undefined
  const found = External.answer(world, directive, seen, zone, name)
  return isUnknown(found) && fallsThrough(directive, name) ? undefined : found
}

const isUnknown = (answer: Answer): boolean => answer._tag === "None" && answer.code === "NXDOMAIN"

const pathOf = ({ server: { directives } }: Question, path: string): string => {
  const root = directives.find(({ name }) => name === "root")?.words[0] ?? ""
  return path.startsWith("/") || root === "" ? path : `${root}/${path}`
}

const file: Plugin = (question, directive) => {
  const [path = "", ...zones] = directive.words
  const zone = zoneOf(zones, question)
  if (zone === undefined) return undefined
  const text = Files.read(question.world, question.container, pathOf(question, path))
  const found = ZoneFile.answer(text, zone, question.name, follow(question))
  return isUnknown(found) && fallsThrough(directive, question.name) ? undefined : found
}

/** The files of a folder, each the zone that its name says. */
const auto: Plugin = (question, directive) => {
  const { container, name, world } = question
  const within = zoneOf(directive.words, question)
  const words = property(directive, "directory") ?? []
  const [folder, pattern = "db\\.(.*)", template = "{1}"] = words
  if (within === undefined || folder === undefined) return undefined
  const path = pathOf(question, folder)
  const zones = Files.list(world, container, path).flatMap((entry) => {
    const match = GoRegExp.compile(pattern)?.exec(entry)
    const zone = match === undefined ? undefined : template.replaceAll(/\$?\{(\d+)\}/gu, (_, group) => match.groups[Number(group)] ?? "")
    return zone !== undefined && Answers.isWithin(Answers.plain(zone), within) && Answers.isWithin(name, zone) ? [{ entry, zone }] : []
  })
  const [longest] = zones.toSorted((a, b) => b.zone.length - a.zone.length)
  if (longest === undefined) return undefined
  return ZoneFile.answer(Files.read(world, container, `${path}/${longest.entry}`), longest.zone, name, follow(question))
}

/** Whoever is asked outside of the cluster knows no name: there is nothing outside. */
const forward: Plugin = ({ name }, { block, words: [from = "."] }) => {
  const except = block.flatMap(({ words: [word, ...zones] }) => (word === "except" ? zones : []))
  return Answers.isWithin(name, from) && !except.some((zone) => Answers.isWithin(name, zone)) ? Answers.unknown : undefined
}

const whoami: Plugin = () => Answers.nothing

const chain: ReadonlyArray<readonly [name: string, plugin: Plugin]> = [
  ["template", template],
  ["hosts", hosts],
  ["k8s_external", external],
  ["kubernetes", kubernetes],
  ["file", file],
  ["auto", auto],
  ["forward", forward],
  ["whoami", whoami]
]

const dnsPort = 53

/** The plugins that are asked, and those that change a question or say who may ask it. */
export const answering: ReadonlyArray<string> = [...chain.map(([name]) => name), "acl", "rewrite", "view"]

/** Whether who asks may make a difference. */
export const tellsApart = ({ servers }: Serving): boolean =>
  servers.some(({ directives }) => directives.some(({ name }) => name === "acl" || name === "view"))

/** The server block with the longest zone that the name is in, of those for who asks the first. */
const serverOf = (serving: Serving, asked: View.Asked): readonly [zone: string, server: ServerBlock] | undefined => {
  const { name } = asked
  let best: readonly [string, ServerBlock] | undefined
  for (const server of serving.servers) {
    for (const { port, zone } of server.keys.map(place)) {
      if (
        port === dnsPort &&
        Answers.isWithin(name, zone) &&
        (best === undefined || zone.length > best[0].length) &&
        View.holds(server, asked)
      )
        best = [zone, server]
    }
  }
  return best
}

const answer = (question: Omit<Question, "zone" | "server">): Answer => {
  const { client, container, world } = question
  const found = serverOf(question.serving, question)
  if (found === undefined) return { _tag: "None", code: "REFUSED" }
  const [zone, server] = found
  const rules = server.directives.filter((one) => one.name === "acl")
  const verdict = Acl.answer(rules, zone, question.name, client, (path) => Files.read(world, container, path))
  if (verdict !== undefined) return verdict
  const name = Rewrite.rewritten(server, question.name)
  for (const [plugin, ask] of chain) {
    for (const directive of server.directives) {
      const given = directive.name === plugin ? ask({ ...question, server, zone, name }, directive) : undefined
      if (given !== undefined) return given._tag === "Addresses" && name !== question.name ? { ...given, name: question.name } : given
    }
  }
  return Answers.failed
}

/** What a CoreDNS process answers to a client that asks for the address of a full name. */
export const ask = (world: World, container: Container, serving: Serving, name: string, client: string | undefined): Answer =>
  answer({ world, container, serving, client, name: Answers.plain(name), depth: 0 })
