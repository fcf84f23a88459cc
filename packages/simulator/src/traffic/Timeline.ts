/** The traffic of a range of time: which flows there were while which facts held. Worked out from the world's epochs when somebody looks. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { planeNamespace, TrafficSpec } from "@aiopslab/core/Workload"
import * as Store from "@aiopslab/kubernetes/Store"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { traffics } from "../Plane.ts"
import { epochsIn, type World } from "../World.ts"
import { type Stream, streamOf } from "./Arrivals.ts"
import { factsOf } from "./Gather.ts"
import { type Entry, entryOf, type Model, modelOf } from "./Model.ts"

/** Requests of one source while the facts hold. */
export interface Flow {
  readonly namespace: string
  readonly app: string
  readonly model: Model
  /** Of the ids of its traces. */
  readonly seed: number
  /** Undefined where the topology has no such operation. */
  readonly entries: ReadonlyArray<Entry | undefined>
}

/** Those that one `Traffic` object sends. */
export interface Users extends Flow {
  /** Its operations by index are those of the entries. */
  readonly stream: Stream
}

/** A part of a range in which nothing changes. */
export interface Era {
  readonly from: number
  readonly until: number
  readonly users: ReadonlyArray<Users>
}

const decode = Schema.decodeUnknownOption(TrafficSpec)
const specs = new WeakMap<KubeObject, TrafficSpec | undefined>()

/** A `Traffic` object whose spec doesn't decode sends nothing. */
const specOf = (object: KubeObject): TrafficSpec | undefined => {
  if (specs.has(object)) return specs.get(object)
  const spec = Option.getOrUndefined(decode(object["spec"]))
  specs.set(object, spec)
  return spec
}

/** Traffic of an app that no plugin plays goes nowhere. */
const sentBy = (world: World, object: KubeObject): ReadonlyArray<Users> => {
  const spec = specOf(object)
  const topology = spec === undefined ? undefined : world.setting.playbook.topologies[spec.app]
  if (spec === undefined || topology === undefined) return []
  const { app, namespace } = spec
  const stream = streamOf(world.seed, object.metadata.name, spec)
  const model = modelOf(topology, factsOf(world, namespace, topology))
  const entries = stream.operations.map((name) => {
    const operation = topology.operations[name]
    return operation === undefined ? undefined : entryOf(model, operation)
  })
  return [{ namespace, app, model, seed: stream.seed, entries, stream }]
}

const users = new WeakMap<World, ReadonlyArray<Users>>()

/** By name of the `Traffic` object. */
export const usersOf = (world: World): ReadonlyArray<Users> => {
  const known = users.get(world)
  if (known !== undefined) return known
  const made = Store.list(world.store, traffics, planeNamespace).flatMap((object) => sentBy(world, object))
  users.set(world, made)
  return made
}

/** Oldest first; what lies before the world's beginning or after its `now` has no era. */
export const eras = (world: World, since: number, until: number): ReadonlyArray<Era> =>
  epochsIn(world, since, until).map((epoch) => ({ from: epoch.from, until: epoch.until, users: usersOf(epoch.world) }))
