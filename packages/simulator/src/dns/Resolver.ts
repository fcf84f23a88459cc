/** A name's way to an address: the resolver of a pod asks the cluster's name server, which is a Service like any other. */
import * as Store from "@aiopslab/kubernetes/Store"
import type { NetworkReply } from "@aiopslab/core/Behaviour"
import type { Container } from "../Container.ts"
import { asService } from "../Kinds.ts"
import { nameserver } from "../kubelet/SystemFiles.ts"
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

type Server = { readonly container: Container; readonly serving: Serving } | "refused" | "timeout"

/** Where kube-proxy sends a question: with several servers the first one, which is like the others but for moments. */
const serverOf = (world: World): Server => {
  const usual = Store.get(world.store, "services", "kube-system", "kube-dns")
  const isAt = (one: typeof usual): boolean => one !== undefined && asService(one).spec.clusterIP === nameserver
  const found = isAt(usual) ? usual : Store.list(world.store, "services").find(isAt)
  if (found === undefined) return "timeout"
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

/** `options ndots:5`: nearly every name is tried with what the search list adds first. */
const tried = (namespace: string, host: string): ReadonlyArray<string> => {
  if (host.endsWith(".")) return [host]
  const added = [`${namespace}.svc.cluster.local`, "svc.cluster.local", "cluster.local"].map((zone) => `${host}.${zone}`)
  return host.split(".").length > 5 ? [host, ...added] : [...added, host]
}

/** What a pod of a namespace finds out about a name. */
export const lookup = (world: World, namespace: string, host: string): Addresses | Trouble => {
  const server = serverOf(world)
  if (typeof server === "string") return server
  let trouble: Trouble = "no such host"
  for (const name of tried(namespace, host)) {
    const answer = Chain.ask(world, server.container, server.serving, name)
    if (answer._tag === "Addresses") return answer
    trouble = answer.code === "SERVFAIL" || answer.code === "REFUSED" ? "server misbehaving" : "no such host"
  }
  return trouble
}

const texts: Readonly<Record<Trouble, string>> = {
  "no such host": "no such host",
  "server misbehaving": "server misbehaving",
  refused: `read udp ${asker}:40404->${nameserver}:${port}: read: connection refused`,
  timeout: `read udp ${asker}:40404->${nameserver}:${port}: i/o timeout`
}

/** In a Go client's words. */
export const failure = (host: string, trouble: Trouble): Extract<NetworkReply, { readonly _tag: "failure" }> => ({
  _tag: "failure",
  failure: trouble === "timeout" ? "timeout" : "no-such-host",
  message: `dial tcp: lookup ${host} on ${nameserver}:${port}: ${texts[trouble]}`
})
