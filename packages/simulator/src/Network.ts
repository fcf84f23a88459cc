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
import { peek, reset } from "./kubelet/ProgramContext.ts"
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

export const noSuchHost = (host: string): NetworkFailure => ({
  _tag: "failure",
  failure: "no-such-host",
  message: `dial tcp: lookup ${host} on 10.96.0.10:53: no such host`
})

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

/** Nothing came back over a connection that was open. */
export const unanswered = (from: string, address: string, port: number): NetworkFailure => ({
  _tag: "failure",
  failure: "timeout",
  message: `read tcp ${from}:40404->${address}:${port}: i/o timeout`
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

/** Who answers at `host:port` when asked from a namespace. The failures are those of a Go client. */
export const resolve = (world: World, namespace: string, host: string, port: number): Resolution =>
  resolveBy(world, Resolver.clusterFirst(namespace), host, port)

const resolveBy = (world: World, setting: Resolver.Setting, host: string, port: number): Resolution => {
  if (isAddress(host)) return byAddress(world, host, port)
  const found = Resolver.lookup(world, setting, host)
  if (typeof found === "string") return failed(Resolver.failure(host, found, setting.nameserver))
  const { addresses, of } = found
  if (of === undefined) return byAddress(world, addresses[0] ?? "", port)
  return of.pod === undefined ? ofService(world, of.service, host, port) : ofPods(world, of.service, addresses, host, port)
}

const loopback: ReadonlySet<string> = new Set(["localhost", "127.0.0.1"])

/** The failure in the words of who asked. */
export const worded = (failure: NetworkFailure, address: string): NetworkFailure =>
  failure.message.includes(Resolver.asker) ? { ...failure, message: failure.message.replace(Resolver.asker, address) } : failure

const asAsked = (resolution: Resolution, address: string): Resolution =>
  resolution._tag === "Failure" ? failed(worded(resolution.failure, address)) : resolution

/** Who answers at `host:port` when asked from within a container, which reaches its own pod as `localhost`. */
export const reach = (world: World, caller: Container, host: string, port: number): Resolution => {
  if (!loopback.has(host)) return asAsked(resolveBy(world, settingOf(world, caller), host, port), caller.podIp)
  const target = listens(world, caller.podUid, port)
  return target === undefined
    ? failed(refused("127.0.0.1", port))
    : { _tag: "Targets", targets: [target], address: "127.0.0.1", spread: even }
}

/** Whether policies let a connection through. */
export const connects = (world: World, caller: Container, { container, port }: Target): boolean =>
  !Policies.exist(world) ||
  Policies.allows(world, Policies.peerOf(world, caller), Policies.peerOf(world, container), { port, protocol: "TCP" })

/** What a caller meets that isn't let to the name server. */
export const unnamed = (world: World, caller: Container, host: string): NetworkFailure | undefined =>
  isAddress(host) || loopback.has(host) || !Policies.exist(world) || Policies.letsAsk(world, Policies.peerOf(world, caller))
    ? undefined
    : unheard(caller, host)

const unheard = (caller: Container, host: string): NetworkFailure => ({
  _tag: "failure",
  failure: "timeout",
  message: `dial tcp: lookup ${host} on 10.96.0.10:53: read udp ${caller.podIp}:40404->10.96.0.10:53: i/o timeout`
})

/** A name's way to its addresses: what it meets that doesn't get there, and how long it takes. */
export interface Named {
  readonly failure: NetworkFailure | undefined
  readonly lateMillis: number
}

const atOnce: Named = { failure: undefined, lateMillis: 0 }

/** What a caller meets that asks the name server now; `draw` is asked where chance decides. */
export const naming = (world: World, caller: Container, host: string, draw: () => number): Named => {
  const failure = unnamed(world, caller, host)
  if (failure !== undefined) return { failure, lateMillis: 0 }
  if (isAddress(host) || loopback.has(host) || !Impairments.exist(world)) return atOnce
  const path = Impairments.between(world, Policies.peerOf(world, caller), Policies.nameServer)
  if (path === undefined) return atOnce
  const took = Transfer.lookUp(path, draw())
  return took === undefined
    ? { failure: unheard(caller, host), lateMillis: Transfer.lookUpPatience }
    : { failure: undefined, lateMillis: took }
}

/** What impairments do between a container and one that it connects to. */
export const pathTo = (world: World, caller: Container, { container }: Target): Impairments.Path | undefined =>
  Impairments.exist(world) ? Impairments.between(world, Policies.peerOf(world, caller), Policies.peerOf(world, container)) : undefined

/** Whom a container asks for names, and how. */
export const settingOf = (world: World, container: Container): Resolver.Setting =>
  Resolver.read(Files.read(world, container, "/etc/resolv.conf") ?? "")

/** What a container finds out about a name: its full form and its addresses, or why there are none. */
export const lookup = (world: World, container: Container, host: string): Resolver.Addresses | Resolver.Trouble =>
  Resolver.lookup(world, settingOf(world, container), host)

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
    return targets.length === 0 ? failed(noSuchHost(host)) : { _tag: "Targets", targets, address: ready[0]?.address.ip ?? "", spread: even }
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
    ? failed(noSuchHost(host))
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
