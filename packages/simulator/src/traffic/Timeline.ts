/** The traffic of a range of time: which flows there were while which facts held. Worked out from the world's epochs when somebody looks. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import type { Topology } from "@aiopslab/core/Topology"
import { planeNamespace, TrafficSpec } from "@aiopslab/core/Workload"
import * as Store from "@aiopslab/kubernetes/Store"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { traffics } from "../Plane.ts"
import { epochsIn, type World } from "../World.ts"
import { type Stream, streamOf } from "./Arrivals.ts"
import { factsOf } from "./Gather.ts"
import { type Entry, entryOf, type Model, modelOf } from "./Model.ts"

/** The requests that one `Traffic` object sends while the facts hold. */
export interface Flow {
  readonly namespace: string
  readonly app: string
  readonly stream: Stream
  readonly model: Model
  /** By index of the stream's operations; undefined where the topology has no such operation. */
  readonly entries: ReadonlyArray<Entry | undefined>
}

/** A part of a range in which nothing changes. */
export interface Era {
  readonly from: number
  readonly until: number
  readonly world: World
  readonly flows: ReadonlyArray<Flow>
}

const decode = Schema.decodeUnknownOption(TrafficSpec)

interface Sent {
  readonly name: string
  readonly spec: TrafficSpec
  readonly streams: Map<string, Stream>
}

const sent = new WeakMap<KubeObject, Sent | undefined>()

/** A `Traffic` object whose spec doesn't decode sends nothing. */
const sentBy = (object: KubeObject): Sent | undefined => {
  if (sent.has(object)) return sent.get(object)
  const spec = Option.getOrUndefined(decode(object["spec"]))
  const made = spec === undefined ? undefined : { name: object.metadata.name, spec, streams: new Map() }
  sent.set(object, made)
  return made
}

/** Equal specs under one seed share their stream, whichever version of the object they stand in. */
const streamsBySpec = new Map<string, Stream>()
const keptStreams = 64

const streamFor = (seed: string, { name, spec, streams }: Sent): Stream => {
  const known = streams.get(seed)
  if (known !== undefined) return known
  const text = `${seed}\n${name}\n${JSON.stringify(spec)}`
  const shared = streamsBySpec.get(text) ?? streamOf(seed, name, spec)
  if (streamsBySpec.size >= keptStreams) streamsBySpec.clear()
  streamsBySpec.set(text, shared)
  streams.set(seed, shared)
  return shared
}

const flowOf = (world: World, topology: Topology, sending: Sent): Flow => {
  const stream = streamFor(world.seed, sending)
  const { app, namespace } = sending.spec
  const model = modelOf(topology, factsOf(world, namespace, topology))
  const entries = stream.operations.map((name) => {
    const operation = topology.operations[name]
    return operation === undefined ? undefined : entryOf(model, operation)
  })
  return { namespace, app, stream, model, entries }
}

const flows = new WeakMap<World, ReadonlyArray<Flow>>()

/** By name of the `Traffic` object. Traffic of an app that no plugin plays goes nowhere. */
export const flowsOf = (world: World): ReadonlyArray<Flow> => {
  const known = flows.get(world)
  if (known !== undefined) return known
  const made = Store.list(world.store, traffics, planeNamespace).flatMap((object): ReadonlyArray<Flow> => {
    const sending = sentBy(object)
    const topology = sending === undefined ? undefined : world.setting.playbook.topologies[sending.spec.app]
    return sending === undefined || topology === undefined ? [] : [flowOf(world, topology, sending)]
  })
  flows.set(world, made)
  return made
}

/** Oldest first; what lies before the world's beginning or after its `now` has no era. */
export const eras = (world: World, since: number, until: number): ReadonlyArray<Era> =>
  epochsIn(world, since, until).map((epoch) => ({ ...epoch, flows: flowsOf(epoch.world) }))
