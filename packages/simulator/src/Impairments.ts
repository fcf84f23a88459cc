/**
 * What the hidden group's impairments do to packets between two peers, each way: those that leave a pod meet the impairments of that pod, as
 * in a queueing discipline of its network namespace. A pod's packets to itself never leave it.
 */
import { NetworkImpairmentSpec } from "@aiopslab/core/NetworkImpairment"
import { planeNamespace } from "@aiopslab/core/Workload"
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import * as Selector from "@aiopslab/kubernetes/Selector"
import * as Store from "@aiopslab/kubernetes/Store"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { Labels } from "./Kinds.ts"
import type { Peer } from "./NetworkPolicies.ts"
import { networkImpairments } from "./Plane.ts"
import type { World } from "./World.ts"

export type Delay = Extract<NetworkImpairmentSpec["effect"], { readonly _tag: "Delay" }>

/** What packets meet on one way. */
export interface Leg {
  readonly delays: ReadonlyArray<Delay>
  /** Share of packets that are lost, from 0 to 1. */
  readonly loss: number
}

/** From who opens a connection, and back; at least one of them is impaired. */
export interface Path {
  readonly there: Leg
  readonly back: Leg
}

type Objects = Pick<World, "store">

const decode = Schema.decodeUnknownOption(NetworkImpairmentSpec)

const specs = new WeakMap<KubeObject, NetworkImpairmentSpec | undefined>()

/** An object whose spec doesn't decode does nothing. */
const specOf = (object: KubeObject): NetworkImpairmentSpec | undefined => {
  if (specs.has(object)) return specs.get(object)
  const spec = Option.getOrUndefined(decode(object["spec"]))
  specs.set(object, spec)
  return spec
}

export const exist = ({ store }: Objects): boolean => Store.list(store, networkImpairments, planeNamespace).length > 0

/** Changes when a path may. */
export const versionOf = (world: Objects): ReadonlyArray<unknown> =>
  exist(world) ? [networkImpairments, "pods"].map((one) => Store.versionOf(world.store, one)) : []

const matches = (namespace: string, labels: Labels, { pod }: Peer): boolean =>
  pod !== undefined && pod.namespace === namespace && Selector.matches(Selector.fromLabelSelector({ matchLabels: labels }), pod.labels)

const unimpaired: Leg = { delays: [], loss: 0 }

const lossOf = ({ effect }: NetworkImpairmentSpec): number =>
  effect._tag === "Loss" ? effect.percent / 100 : effect._tag === "Partition" ? 1 : 0

const leg = (all: ReadonlyArray<NetworkImpairmentSpec>, from: Peer, to: Peer): Leg => {
  const met = all.filter(
    ({ namespace, pods, to: peers }) => matches(namespace, pods, from) && (peers === undefined || matches(namespace, peers, to))
  )
  if (met.length === 0) return unimpaired
  return {
    delays: met.flatMap(({ effect }) => (effect._tag === "Delay" ? [effect] : [])),
    loss: 1 - met.reduce((passes, one) => passes * (1 - lossOf(one)), 1)
  }
}

/** Undefined where packets go as they always do. */
export const between = (world: Objects, from: Peer, to: Peer): Path | undefined => {
  const objects = Store.list(world.store, networkImpairments, planeNamespace)
  if (objects.length === 0 || (from.pod !== undefined && from.pod.uid === to.pod?.uid)) return undefined
  const all = objects.flatMap((object) => specOf(object) ?? [])
  const path = { there: leg(all, from, to), back: leg(all, to, from) }
  return path.there === unimpaired && path.back === unimpaired ? undefined : path
}

/** No connection comes about: what is sent or what is answered never arrives. */
export const isCut = ({ back, there }: Path): boolean => there.loss >= 1 || back.loss >= 1
