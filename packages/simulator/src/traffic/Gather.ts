/** The facts of a world: asks its network and its programs what the requests of an application would meet. */
import type { NetworkReply, NetworkRequest } from "@aiopslab/core/Behaviour"
import { registryPort, type Service, type Topology } from "@aiopslab/core/Topology"
import * as Store from "@aiopslab/kubernetes/Store"
import type { Container } from "../Container.ts"
import * as Impairments from "../Impairments.ts"
import type { Target } from "../Network.ts"
import * as Network from "../Network.ts"
import * as Policies from "../NetworkPolicies.ts"
import type { World } from "../World.ts"
import {
  barKey,
  type Facts,
  handlerRequest,
  keyFor,
  type NetworkFailure,
  ownKey,
  type Place,
  type Reach,
  type Replies,
  requestKey,
  requestsOf
} from "./Facts.ts"
import { entryKey } from "./Walk.ts"

/** `dialled`: address and port of whoever calls. */
export const placeOf = ({ container, listening, port }: Target, dialled: string): Place => ({
  key: container.key,
  pod: container.pod,
  container: container.name,
  node: container.node,
  address: container.podIp,
  dialled,
  port,
  listens: listening
})

/** Who is behind a port of a host. */
type Resolve = (host: string, port: number) => Network.Resolution

const reachedBy = (resolve: Resolve, host: string, port: number): Reach => {
  const resolution = resolve(host, port)
  return resolution._tag === "Failure"
    ? { _tag: "failure", failure: resolution.failure }
    : {
        _tag: "places",
        places: resolution.targets.map((target) => placeOf(target, `${resolution.address}:${port}`)),
        spread: resolution.spread
      }
}

/** Whoever asks the app's registry gets an answer only while it has a listening endpoint. */
const answers = (reach: Reach): boolean => reach._tag === "places" && reach.places.some((place) => place.listens)

const reachOf = (world: World, namespace: string, topology: Topology, name: string, service: Service, resolve: Resolve): Reach => {
  const { discovery } = service
  if (discovery._tag === "kubernetes") return reachedBy(resolve, name, service.port)
  if (!answers(reachedBy(resolve, discovery.registry, registryPort(topology, discovery.registry)))) return { _tag: "no-instances" }
  const places = Network.registered(world, namespace, discovery.registeredAs).map((target) =>
    placeOf(target, `${target.container.podIp}:${target.port}`)
  )
  return places.length === 0 ? { _tag: "no-instances" } : { _tag: "places", places, spread: Network.even }
}

/** What programs may read when they answer, beside their own memory. */
interface Surroundings {
  readonly volumes: World["volumes"]
  readonly configMaps: unknown
  readonly secrets: unknown
}

const surroundingsOf = ({ store, volumes }: World): Surroundings => ({
  volumes,
  configMaps: Store.versionOf(store, "configmaps"),
  secrets: Store.versionOf(store, "secrets")
})

const sameSurroundings = (a: Surroundings, b: Surroundings): boolean =>
  a.volumes === b.volumes && a.configMaps === b.configMaps && a.secrets === b.secrets

interface Asked {
  readonly surroundings: Surroundings
  readonly replies: Map<string, NetworkReply>
}

const asked = new WeakMap<Container, Asked>()

/** A container that is as it was answers as it did: an answer must not depend on the moment, nor on chance. */
const ask = (world: World, key: string, surroundings: Surroundings, request: NetworkRequest): NetworkReply => {
  const container = world.containers.get(key)
  if (container === undefined) return refusal
  let known = asked.get(container)
  if (known === undefined || !sameSurroundings(known.surroundings, surroundings)) {
    known = { surroundings, replies: new Map() }
    asked.set(container, known)
  }
  const text = requestKey(request)
  const found = known.replies.get(text)
  if (found !== undefined) return found
  const reply = Network.ask(world, key, request)
  known.replies.set(text, reply)
  return reply
}

const refusal: NetworkReply = { _tag: "failure", failure: "refused", message: "" }

const repliesOf = (
  world: World,
  surroundings: Surroundings,
  reach: Reach,
  requests: ReadonlyArray<NetworkRequest>
): Readonly<Record<string, Replies>> => {
  if (reach._tag !== "places") return {}
  return Object.fromEntries(
    requests.map((request) => [
      requestKey(request),
      reach.places.map((place) => (place.listens ? ask(world, place.key, surroundings, request) : refusal))
    ])
  )
}

const gathered = (world: World, namespace: string, topology: Topology): Facts => {
  const requests = requestsOf(topology)
  const surroundings = surroundingsOf(world)
  const usual: Resolve = (host, port) => Network.resolve(world, namespace, host, port)
  const services: Record<string, Reach> = {}
  const replies: Record<string, Readonly<Record<string, Replies>>> = {}
  const add = (key: string, name: string, service: Service, resolve: Resolve): void => {
    const reach = (services[key] = reachOf(world, namespace, topology, name, service, resolve))
    replies[key] = repliesOf(world, surroundings, reach, requests[name] ?? [])
  }
  for (const [name, service] of Object.entries(topology.services)) add(name, name, service, usual)
  const entry = reachedBy(usual, topology.entry.service, topology.entry.port)
  replies[entryKey] = repliesOf(
    world,
    surroundings,
    entry,
    Object.values(topology.operations).map((operation) => handlerRequest(topology, operation.service, operation.handler))
  )
  const callers = callersOf(world, topology, entry, services)
  for (const { called, container } of callers) {
    const isUsual = Network.usual(world, container)
    for (const name of called) {
      const service = topology.services[name]
      if (service === undefined) continue
      const host = service.discovery._tag === "kubernetes" ? name : service.discovery.registry
      if (isUsual(host)) continue
      add(ownKey(container.key, name), name, service, (asked, port) => Network.reach(world, container, asked, port))
    }
  }
  const isFree = !Policies.exist(world) && !Impairments.exist(world)
  return { entry, services, replies, ...(isFree ? free : obstaclesOf(world, callers, entry, services)) }
}

const placesOf = (reach: Reach | undefined): ReadonlyArray<Place> => (reach?._tag === "places" ? reach.places : [])

/** A container of the application, and the names of those that it calls. */
interface Caller {
  readonly container: Container
  readonly called: ReadonlySet<string>
}

const callersOf = (world: World, topology: Topology, entry: Reach, services: Readonly<Record<string, Reach>>): ReadonlyArray<Caller> =>
  Object.entries(topology.services).flatMap(([name, { handlers }]) => {
    const called = new Set(Object.values(handlers).flatMap(({ calls }) => calls.flat().map(({ to }) => to)))
    // users may come in by another port
    const places = [...placesOf(services[name]), ...(name === topology.entry.service ? placesOf(entry) : [])]
    return [...new Set(places.map(({ key }) => key))].flatMap((key): ReadonlyArray<Caller> => {
      const container = world.containers.get(key)
      return container === undefined ? [] : [{ container, called }]
    })
  })

type Obstacles = Pick<Facts, "bars" | "paths" | "unreported">

const free: Obstacles = { bars: {}, paths: {}, unreported: {} }

/** What policies and impairments do to every call that the topology knows. */
const obstaclesOf = (world: World, callers: ReadonlyArray<Caller>, entry: Reach, services: Readonly<Record<string, Reach>>): Obstacles => {
  const bars: Record<string, NetworkFailure> = {}
  const paths: Record<string, Impairments.Path> = {}
  const unreported: Record<string, number> = {}
  const bar = (caller: string, from: Policies.Peer, place: Place): void => {
    const container = world.containers.get(place.key)
    if (container === undefined) return
    const to = Policies.peerOf(world, container)
    const path = Impairments.between(world, from, to)
    const isOpen =
      Policies.allows(world, from, to, { port: place.port, protocol: "TCP" }) && (path === undefined || !Impairments.isCut(path))
    if (isOpen && path !== undefined) paths[barKey(caller, place)] = path
    if (isOpen) return
    const [address = "", port = "0"] = place.dialled.split(":")
    bars[barKey(caller, place)] = Network.timedOut(address, Number(port))
  }
  for (const place of placesOf(entry)) bar("", Policies.outside, place)
  for (const { called, container } of callers) {
    const from = Policies.peerOf(world, container)
    const lossOut = Impairments.between(world, from, Policies.outside)?.there.loss ?? 0
    if (lossOut > 0) unreported[container.key] = lossOut
    for (const to of called)
      for (const place of placesOf(services[keyFor({ services }, container.key, to)])) bar(container.key, from, place)
  }
  return { bars, paths, unreported }
}

interface Kept {
  readonly surroundings: Surroundings
  readonly services: unknown
  readonly endpoints: unknown
  readonly obstacles: ReadonlyArray<unknown>
  readonly namespace: string
  readonly topology: Topology
  readonly facts: Facts
}

const kept = new WeakMap<World["containers"], ReadonlyArray<Kept>>()
/** For one state of the containers; more differ only in objects. */
const mostKept = 8

/** Worlds that share everything which facts follow from share the facts: most epochs of a trial, and forks of one installation. */
export const factsOf = (world: World, namespace: string, topology: Topology): Facts => {
  const known = kept.get(world.containers) ?? []
  const surroundings = surroundingsOf(world)
  const services = Store.versionOf(world.store, "services")
  const endpoints = Store.versionOf(world.store, "endpoints")
  const obstacles = [...Policies.versionOf(world), ...Impairments.versionOf(world)]
  const found = known.find(
    (one) =>
      one.topology === topology &&
      one.namespace === namespace &&
      one.services === services &&
      one.endpoints === endpoints &&
      one.obstacles.length === obstacles.length &&
      one.obstacles.every((version, i) => version === obstacles[i]) &&
      sameSurroundings(one.surroundings, surroundings)
  )
  if (found !== undefined) return found.facts
  // chance in a program's answer must not make equal states differ
  const facts = gathered({ ...world, seed: "" }, namespace, topology)
  kept.set(world.containers, [
    { surroundings, services, endpoints, obstacles, namespace, topology, facts },
    ...known.slice(0, mostKept - 1)
  ])
  return facts
}
