/** A name's way to an address: the resolver of a pod asks the cluster's name server, which is a Service like any other. */
import { remembered } from "@aiopslab/kubernetes/Remembered"
import * as Store from "@aiopslab/kubernetes/Store"
import type { NetworkReply } from "@aiopslab/core/Behaviour"
import type { Container } from "../Container.ts"
import { asService } from "../Kinds.ts"
import * as Names from "../kubelet/Names.ts"
import { listenerOf, readyAddresses } from "../ReadyAddresses.ts"
import type { World } from "../World.ts"
import type { Answer } from "./Answer.ts"
import * as Chain from "./Chain.ts"
import { Serving } from "./Serving.ts"

export type Addresses = Extract<Answer, { readonly _tag: "Addresses" }>

/** Why there is no address. */
export type Trouble = "no such host" | "server misbehaving" | "refused" | "timeout"

/** Stands in a failure's message for the address of whoever asked. */
export const asker = "<caller>"

const port = 53

type Server = { readonly container: Container; readonly serving: Serving } | "refused" | "timeout" | "outside"

/** What `/etc/resolv.conf` says. */
export interface Setting {
  readonly nameserver: string
  readonly search: ReadonlyArray<string>
  readonly ndots: number
}

/** Of pods that ask the cluster first: nearly all. */
export const clusterFirst = (namespace: string): Setting => ({
  nameserver: Names.clusterDns,
  search: Names.searches(namespace),
  ndots: Names.ndots
})

const parsed = (text: string): Setting => {
  const lines = text.split("\n").map((line) => line.trim().split(/\s+/u))
  const words = (keyword: string): ReadonlyArray<string> => lines.findLast(([word]) => word === keyword)?.slice(1) ?? []
  const ndots = words("options").find((word) => word.startsWith("ndots:"))
  return {
    nameserver: lines.find(([word]) => word === "nameserver")?.[1] ?? "127.0.0.1",
    search: words("search"),
    ndots: ndots === undefined ? 1 : Number(ndots.slice("ndots:".length))
  }
}

/** Of its servers the first one is asked. */
export const read = remembered(parsed)

export const isClusterFirst = ({ ndots, nameserver, search }: Setting, namespace: string): boolean =>
  nameserver === Names.clusterDns && ndots === Names.ndots && search.join(" ") === Names.searches(namespace).join(" ")

/** Where kube-proxy sends a question: with several servers the first one, which is like the others but for moments. */
const serverOf = (world: World, address: string): Server => {
  const usual = Store.get(world.store, "services", "kube-system", "kube-dns")
  const isAt = (one: typeof usual): boolean => one !== undefined && asService(one).spec.clusterIP === address
  const found = isAt(usual) ? usual : Store.list(world.store, "services").find(isAt)
  if (found === undefined) return address === Names.nodeDns ? "outside" : "timeout"
  const service = asService(found)
  const mapped = service.spec.ports?.find((one) => one.port === port && one.protocol === "UDP")
  if (mapped === undefined) return "timeout"
  for (const { address, ports } of readyAddresses(world, service)) {
    const to = ports.find((one) => (one.name ?? "") === (mapped.name ?? ""))
    const container = to === undefined ? undefined : listenerOf(world, address.targetRef?.uid ?? "", to.port)
    if (container === undefined) continue
    return container.memory instanceof Serving ? { container, serving: container.memory } : "timeout"
  }
  return "refused"
}

/** Whether a name server tells those who ask it apart by their addresses. */
export const tellsApart = (world: World, { nameserver }: Setting): boolean => {
  const server = serverOf(world, nameserver)
  return typeof server !== "string" && Chain.tellsApart(server.serving)
}

/** A name with few dots is tried with what the search list adds first. */
const tried = ({ ndots, search }: Setting, host: string): ReadonlyArray<string> => {
  if (host.endsWith(".")) return [host]
  const added = search.map((zone) => `${host}.${zone}`)
  return host.split(".").length > ndots ? [host, ...added] : [...added, host]
}

/** What a pod with such a setting finds out about a name; `client` is its address, where it is known. */
export const lookup = (world: World, setting: Setting, host: string, client?: string): Addresses | Trouble => {
  const server = serverOf(world, setting.nameserver)
  if (server === "outside") return "no such host"
  if (typeof server === "string") return server
  let trouble: Trouble = "no such host"
  for (const name of tried(setting, host)) {
    const answer = Chain.ask(world, server.container, server.serving, name, client)
    if (answer._tag === "Addresses") return answer
    if (answer.code === "DROPPED") return "timeout"
    trouble = answer.code === "SERVFAIL" || answer.code === "REFUSED" ? "server misbehaving" : "no such host"
  }
  return trouble
}

const texts = (server: string): Readonly<Record<Trouble, string>> => ({
  "no such host": "no such host",
  "server misbehaving": "server misbehaving",
  refused: `read udp ${asker}:40404->${server}:${port}: read: connection refused`,
  timeout: `read udp ${asker}:40404->${server}:${port}: i/o timeout`
})

/** In a Go client's words. */
export const failure = (host: string, trouble: Trouble, server: string): Extract<NetworkReply, { readonly _tag: "failure" }> => ({
  _tag: "failure",
  failure: trouble === "timeout" ? "timeout" : "no-such-host",
  message: `dial tcp: lookup ${host} on ${server}:${port}: ${texts(server)[trouble]}`
})
