/**
 * How addresses in the cluster resolve: DNS names of Services, cluster addresses, pod addresses, and the names under which programs
 * registered themselves. Pure queries of a world; Service traffic follows Endpoints as kube-proxy's does.
 */
import type { NetworkReply, NetworkRequest } from "@aiopslab/core/Behaviour"
import * as Store from "@aiopslab/kubernetes/Store"
import type { Container } from "./Container.ts"
import { bits } from "./Draw.ts"
import * as Impairments from "./Impairments.ts"
import * as Files from "./kubelet/Files.ts"
import { clusterDns } from "./kubelet/Names.ts"
import { peek, reset } from "./kubelet/ProgramContext.ts"
import * as HostsFile from "./dns/HostsFile.ts"
import * as Resolver from "./dns/Resolver.ts"
import { asService } from "./Kinds.ts"
import type { EndpointAddress, Service } from "./Kinds.ts"
import * as Policies from "./NetworkPolicies.ts"
import { readyAddresses } from "./ReadyAddresses.ts"
import * as Transfer from "./Transfer.ts"
import type { World } from "./World.ts"
import { containersOf } from "./World.ts"

/** A container behind an address. */
export interface Target {
  readonly container: Container
  /** The container's port, after the Service's mapping. */
  readonly port: number
  /** Whether its program listens there; a connection is refused otherwise. */
  readonly listening: boolean
}

export type NetworkFailure = Extract<NetworkReply, { readonly _tag: "failure" }>

/** How a Service spreads connections over its targets: `sessionAffinity` and `internalTrafficPolicy`. */
export interface Spread {
  /** Whether a caller always gets to the same one. */
  readonly affinity: "caller" | "none"
  /** Whether only those on the caller's node are for it. */
  readonly scope: "cluster" | "node"
}

export const even: Spread = { affinity: "none", scope: "cluster" }

export type Resolution =
  /** Never empty. */
  | { readonly _tag: "Targets"; readonly targets: ReadonlyArray<Target>; readonly address: string; readonly spread: Spread }
  | { readonly _tag: "Failure"; readonly failure: NetworkFailure }

export const noSuchHost = (host: string, server: string): NetworkFailure => Resolver.failure(host, "no such host", server)

export const refused = (address: string, port: number): NetworkFailure => ({
  _tag: "failure",
  failure: "refused",
  message: `dial tcp ${address}:${port}: connect: connection refused`
})

export const timedOut = (address: string, port: number): NetworkFailure => ({
  _tag: "failure",
  failure: "timeout",
  message: `dial tcp ${address}:${port}: i/o timeout`
})

/** Nothing came back over a connection that was open; both ends with their ports. */
export const unanswered = (from: string, to: string): NetworkFailure => ({
  _tag: "failure",
  failure: "timeout",
  message: `read tcp ${from}->${to}: i/o timeout`
})

const failed = (failure: NetworkFailure): Resolution => ({ _tag: "Failure", failure })

const isAddress = (host: string): boolean => /^\d+\.\d+\.\d+\.\d+$/u.test(host)

const listens = (world: World, podUid: string, port: number): Target | undefined => {
  const containers = containersOf(world, podUid)
  const listening = containers.find((one) => one.listening.includes(port))
  if (listening !== undefined) return { container: listening, port, listening: true }
  const first = containers[0]
  return first === undefined ? undefined : { container: first, port, listening: false }
}

type Named = Resolver.Addresses | Resolver.Trouble

const at = (address: string): Resolver.Addresses => ({ _tag: "Addresses", name: address, addresses: [address] })

/** Who answers at `host:port` when asked as pods of a namespace usually ask. The failures are those of a Go client. */
export const resolve = (world: World, namespace: string, host: string, port: number): Resolution => {
  const setting = Resolver.clusterFirst(namespace)
  return reached(world, isAddress(host) ? at(host) : Resolver.lookup(world, setting, host), setting, host, port)
}

const reached = (world: World, named: Named, { nameserver }: Resolver.Setting, host: string, port: number): Resolution => {
  if (typeof named === "string") return failed(Resolver.failure(host, named, nameserver))
  const { addresses, of } = named
  if (of === undefined) return byAddress(world, addresses[0] ?? "", port)
  return of.pod === undefined ? ofService(world, of.service, host, port) : ofPods(world, of.service, addresses, host, port)
}

/** The failure in the words of who asked. */
export const worded = (failure: NetworkFailure, address: string): NetworkFailure =>
  failure.message.includes(Resolver.asker) ? { ...failure, message: failure.message.replace(Resolver.asker, address) } : failure

const asAsked = (resolution: Resolution, address: string): Resolution =>
  resolution._tag === "Failure" ? failed(worded(resolution.failure, address)) : resolution

/** Whom a container asks for names, and how. */
export const settingOf = (world: World, container: Container): Resolver.Setting =>
  Resolver.read(Files.read(world, container, "/etc/resolv.conf") ?? "")

/** What the container's name server says of a name, if policies let the container ask it. */
export const asked = (world: World, container: Container, host: string): Named => {
  const setting = settingOf(world, container)
  return letsAsk(world, container, setting) ? Resolver.lookup(world, setting, host, container.podIp) : "timeout"
}

const letsAsk = (world: World, container: Container, { nameserver }: Resolver.Setting): boolean =>
  !Policies.exist(world) || Policies.letsAsk(world, Policies.peerOf(world, container), nameserver)

const hostsText = (world: World, container: Container): string => Files.read(world, container, "/etc/hosts") ?? ""

/** By names in small letters, the addresses that the container's hosts file has. */
const written = (world: World, container: Container): ReadonlyMap<string, string> => HostsFile.addresses(hostsText(world, container))

/** What the container's hosts file says. */
export const hostsOf = (world: World, container: Container): ReadonlyArray<HostsFile.Entry> => HostsFile.read(hostsText(world, container))

/** What a container finds out about a name: its full form and its addresses, or why there are none. Its hosts file comes first. */
export const lookup = (world: World, container: Container, host: string): Named => {
  const own = written(world, container).get(host.toLowerCase())
  return own === undefined ? asked(world, container, host) : { _tag: "Addresses", name: host, addresses: [own] }
}

/** Which names the container finds as pods of its namespace usually do. */
export const usual = (world: World, container: Container): ((host: string) => boolean) => {
  const setting = settingOf(world, container)
  if (
    !Resolver.isClusterFirst(setting, container.namespace) ||
    !letsAsk(world, container, setting) ||
    Resolver.tellsApart(world, setting)
  ) {
    return () => false
  }
  const own = written(world, container)
  return (host) => !own.has(host.toLowerCase())
}

/** Who answers at `host:port` when asked from within a container, which reaches its own pod by the loopback address. */
export const reach = (world: World, caller: Container, host: string, port: number): Resolution => {
  const named = isAddress(host) ? at(host) : host === "localhost" ? at("127.0.0.1") : lookup(world, caller, host)
  if (typeof named === "string" || named.addresses[0]?.startsWith("127.") !== true)
    return asAsked(reached(world, named, settingOf(world, caller), host, port), caller.podIp)
  const target = listens(world, caller.podUid, port)
  return target === undefined
    ? failed(refused("127.0.0.1", port))
    : { _tag: "Targets", targets: [target], address: "127.0.0.1", spread: even }
}

/** Whether policies let a connection through. */
export const connects = (world: World, caller: Container, { container, port }: Target): boolean =>
  !Policies.exist(world) ||
  Policies.allows(world, Policies.peerOf(world, caller), Policies.peerOf(world, container), { port, protocol: "TCP" })

/** How a question to the container's name server fares on its way. */
export interface Question {
  readonly fate: "answered" | "lost"
  readonly lateMillis: number
}

const atOnce: Question = { fate: "answered", lateMillis: 0 }

/** What impairments do to a question to the container's name server now; `draw` is asked where chance decides. */
export const question = (world: World, caller: Container, draw: () => number): Question => {
  const setting = settingOf(world, caller)
  if (!Impairments.exist(world) || !letsAsk(world, caller, setting)) return atOnce
  const path = Impairments.between(world, Policies.peerOf(world, caller), Policies.nameServerAt(setting.nameserver))
  if (path === undefined) return atOnce
  const took = Transfer.lookUp(path, draw())
  return took === undefined ? { fate: "lost", lateMillis: Transfer.lookUpPatience } : { fate: "answered", lateMillis: took }
}

/** The same of a name that the container may know without asking. */
export const questionFor = (world: World, caller: Container, host: string, draw: () => number): Question =>
  isAddress(host) || host === "localhost" || written(world, caller).has(host.toLowerCase()) ? atOnce : question(world, caller, draw)

/** What a caller says whose question for a name was lost. */
export const unheard = (world: World, caller: Container, host: string): NetworkFailure =>
  worded(Resolver.failure(host, "timeout", settingOf(world, caller).nameserver), caller.podIp)

/** What impairments do between a container and one that it connects to. */
export const pathTo = (world: World, caller: Container, { container }: Target): Impairments.Path | undefined =>
  Impairments.exist(world) ? Impairments.between(world, Policies.peerOf(world, caller), Policies.peerOf(world, container)) : undefined

const targetOf = (world: World, address: EndpointAddress, port: number): Target | undefined =>
  address.targetRef?.uid === undefined ? undefined : listens(world, address.targetRef.uid, port)

const spreadOf = ({ spec }: Service): Spread => ({
  affinity: spec.sessionAffinity === "ClientIP" ? "caller" : "none",
  scope: spec.internalTrafficPolicy === "Local" ? "node" : "cluster"
})

/** Which of a Service's targets a caller gets to: none, when those on its node are all that count and there are none. */
export const chosen = <A extends { readonly node: string }>(
  targets: ReadonlyArray<A>,
  spread: Spread,
  caller: { readonly node: string; readonly address: string },
  choose: (count: number) => number
): A | undefined => {
  const near = spread.scope === "node" ? targets.filter(({ node }) => node === caller.node) : targets
  if (near.length < 2) return near[0]
  return near[spread.affinity === "caller" ? bits("affinity", caller.address, 0) % near.length : choose(near.length)]
}

const ofService = (world: World, service: Service, host: string, port: number): Resolution => {
  const address = service.spec.clusterIP ?? ""
  const ready = readyAddresses(world, service)
  if (address === "None") {
    const targets = ready.flatMap((one) => targetOf(world, one.address, port) ?? [])
    return targets.length === 0
      ? failed(noSuchHost(host, clusterDns))
      : { _tag: "Targets", targets, address: ready[0]?.address.ip ?? "", spread: even }
  }
  // no rule of kube-proxy matches: the packet is lost
  const mapped = service.spec.ports?.find((one) => one.port === port)
  if (mapped === undefined) return failed(timedOut(address, port))
  const targets: Array<Target> = []
  for (const one of ready) {
    const target = one.ports.find((candidate) => (candidate.name ?? "") === (mapped.name ?? ""))
    const found = target === undefined ? undefined : targetOf(world, one.address, target.port)
    if (found !== undefined) targets.push(found)
  }
  return targets.length === 0 ? failed(refused(address, port)) : { _tag: "Targets", targets, address, spread: spreadOf(service) }
}

const ofPods = (world: World, service: Service, addresses: ReadonlyArray<string>, host: string, port: number): Resolution => {
  const found = readyAddresses(world, service).find(({ address }) => addresses.includes(address.ip))
  const target = found === undefined ? undefined : targetOf(world, found.address, port)
  return target === undefined
    ? failed(noSuchHost(host, clusterDns))
    : { _tag: "Targets", targets: [target], address: found?.address.ip ?? "", spread: even }
}

const byAddress = (world: World, address: string, port: number): Resolution => {
  for (const runtime of world.pods.values()) {
    if (runtime.ip !== address) continue
    const target = listens(world, runtime.uid, port)
    if (target !== undefined) return { _tag: "Targets", targets: [target], address, spread: even }
  }
  const found = Store.list(world.store, "services")
    .map(asService)
    .find((service) => service.spec.clusterIP === address)
  return found === undefined ? failed(timedOut(address, port)) : ofService(world, found, address, port)
}

/**
 * Running containers of a namespace that announced themselves under a name to the app's service discovery and still listen, in the
 * order of their keys. Registration ends with the container's instance.
 */
export const registered = (world: World, namespace: string, name: string): ReadonlyArray<Target> => {
  const out: Array<Target> = []
  for (const container of world.containers.values()) {
    if (container.namespace !== namespace || container.state._tag !== "Running") continue
    for (const one of container.registered) {
      if (one.name === name) out.push({ container, port: one.port, listening: container.listening.includes(one.port) })
    }
  }
  return out
}

/** What a container would answer; its state stays as it is. A container without a running program resets the connection. */
export const ask = (world: World, containerKey: string, request: NetworkRequest): NetworkReply => {
  const container = world.containers.get(containerKey)
  return container === undefined ? reset : peek(world, container, request)
}
