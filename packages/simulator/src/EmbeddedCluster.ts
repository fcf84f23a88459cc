/**
 * A simulated cluster behind the port `Cluster`: one cell with the present world, an API server over it, and telemetry worked out from
 * the world's epochs. Lives by whatever clock its callers have.
 */
import type { Cluster, ClusterTime, Snapshot } from "@aiopslab/core/Cluster"
import { labError } from "@aiopslab/core/LabError"
import { planeNamespace } from "@aiopslab/core/Workload"
import type { Host } from "@aiopslab/kubernetes/Host"
import * as Server from "@aiopslab/kubernetes/Server"
import type { Caller } from "@aiopslab/kubernetes/web/Outside"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { admission } from "./Admission.ts"
import { advise } from "./admission/PodSecurity.ts"
import * as Attach from "./host/Attach.ts"
import * as Cell from "./host/Cell.ts"
import * as Dial from "./host/Dial.ts"
import * as Exec from "./host/Exec.ts"
import * as KubeletApi from "./host/KubeletApi.ts"
import * as FreshHeartbeats from "./host/FreshHeartbeats.ts"
import * as Logs from "./host/Logs.ts"
import * as Nodes from "./Nodes.ts"
import { scheme } from "./Plane.ts"
import { usage } from "./traffic/PodMetrics.ts"
import * as WorldTelemetry from "./traffic/WorldTelemetry.ts"
import type { World } from "./World.ts"
import { reseed } from "./World.ts"

/** What `Snapshot.token` of an embedded cluster holds. */
class WorldToken {
  readonly world: World
  constructor(world: World) {
    this.world = world
  }
}

/** A change of anything that can be read replaces one of these. */
const sameState = (a: World, b: World): boolean => a.store === b.store && a.containers === b.containers && a.volumes === b.volumes

/** Worlds kept under a key, shared by the clusters of a pool. */
export type Shelf = Map<string, Snapshot>

export interface EmbeddedOptions {
  readonly name: string
  /** Where it begins: a booted world, or one with an application in it. */
  readonly world: World
  /** Default virtual. */
  readonly time?: ClusterTime
  readonly shelf?: Shelf
  /** Calls webhooks outside the cluster, for one that is served. Without it there is no outside. */
  readonly outside?: Caller
}

export interface EmbeddedCluster {
  readonly cluster: Context.Service.Shape<typeof Cluster>
  readonly host: Host
  /** Whose bearer token it is. */
  readonly authenticate: Server.Server["authenticate"]
  readonly authorize: Server.Server["authorize"]
  /** The world at the present moment of the caller's clock. */
  readonly world: Effect.Effect<World>
  /** Takes a node's power away, or gives it back; does nothing when there is no such node. */
  readonly power: (node: string, is: "off" | "on") => Effect.Effect<void>
  /** Keeps the world advancing while nobody asks; for clusters that are served. Never ends. */
  readonly drive: Effect.Effect<never>
}

export const make = (options: EmbeddedOptions): EmbeddedCluster => {
  const { name, shelf = new Map<string, Snapshot>() } = options
  const cell = Cell.make(options.world, options.outside)
  const host: Host = {
    store: Effect.map(cell.present, ({ store }) => store),
    write: cell.write,
    changes: cell.changes,
    log: (container, log) => Logs.read(cell, container, log),
    exec: (container, argv, exec) => Exec.exec(cell, container, argv, exec),
    attach: (container, attach) => Attach.attach(cell, container, attach),
    dial: (pod, port) => Dial.dial(cell, pod, port),
    kubelet: (node, request) => Effect.flatMap(cell.present, (world) => KubeletApi.answer(world, node, request))
  }
  const server = Server.make({
    host,
    scheme,
    admission,
    advise,
    hiddenNamespaces: [planeNamespace],
    components: "running",
    usage: Effect.map(cell.present, usage),
    trust: options.world.setting.trust
  })
  const cluster: EmbeddedCluster["cluster"] = {
    name,
    time: options.time ?? { _tag: "virtual" },
    api: (identity) => FreshHeartbeats.over(cell, server.api(identity)),
    telemetry: WorldTelemetry.make(cell.present),
    snapshot: Effect.map(cell.present, (world): Snapshot => ({ token: new WorldToken(world), at: world.now })),
    reset: ({ token }) =>
      token instanceof WorldToken
        ? cell.replace(token.world)
        : Effect.fail(labError("CLUSTER_CANNOT", { cluster: name, what: "go back to a snapshot of another kind of cluster" })),
    forking: Option.some({
      kept: (key) => Effect.sync(() => Option.fromUndefinedOr(shelf.get(key))),
      keep: (key, snapshot) =>
        Effect.sync(() => {
          shelf.set(key, snapshot)
        }),
      seed: (seed) => Effect.flatMap(cell.present, (world) => cell.replace(reseed(world, seed))),
      unchanged: ({ token }) => Effect.map(cell.present, (world) => token instanceof WorldToken && sameState(world, token.world))
    }),
    lifetime: "process",
    attachment: null
  }
  const power: EmbeddedCluster["power"] = (node, is) =>
    cell.change((turn) => (is === "off" ? Nodes.stop(turn, node) : Nodes.start(turn, node)))
  return { cluster, host, authenticate: server.authenticate, authorize: server.authorize, world: cell.present, power, drive: cell.drive }
}
