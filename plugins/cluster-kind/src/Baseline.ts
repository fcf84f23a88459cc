/**
 * What a cluster is like before any trial, and how it comes back to that: what a trial made is deleted; what it changed in the cluster
 * itself, in objects or on a node, is not repaired but found.
 */
import type { Cluster } from "@aiopslab/core/Cluster"
import * as KubeClient from "@aiopslab/core/KubeClient"
import { discover, type Kinds } from "@aiopslab/core/Kinds"
import { admin, type KubeApi, type KubeObject } from "@aiopslab/core/Kubernetes"
import { type LabError, labError } from "@aiopslab/core/LabError"
import { refused } from "@aiopslab/core/Looking"
import { differencesOf, isDerived, resourceOf } from "@aiopslab/core/Normalise"
import * as Objects from "@aiopslab/core/Objects"
import { planeGroup, planeNamespace } from "@aiopslab/core/Workload"
import * as Clock from "effect/Clock"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { ChildProcessSpawner } from "effect/process/ChildProcessSpawner"
import * as KindCluster from "./KindCluster.ts"
import * as NodeState from "./NodeState.ts"
import { call } from "./Programs.ts"
import * as Volumes from "./Volumes.ts"

type ClusterShape = Context.Service.Shape<typeof Cluster>
type Everything = ReadonlyMap<string, KubeObject>

export interface Baseline {
  readonly kinds: Kinds
  readonly objects: Everything
  readonly nodes: ReadonlyMap<string, NodeState.NodeState>
}

/** Kubernetes deletes them by itself, sooner or later. */
const expiring: ReadonlySet<string> = new Set(["certificatesigningrequests.certificates.k8s.io"])

/** Gone when what they belong to is; a volume that was deleted before that would leave its data on the node. */
const following: ReadonlySet<string> = new Set(["ipaddresses.networking.k8s.io", "volumeattachments.storage.k8s.io"])
const volumes = "persistentvolumes"

const objectsOf = (api: KubeApi, kinds: Kinds): Effect.Effect<Everything, LabError> =>
  Effect.map(Objects.all(api, kinds), (all) => new Map([...all].filter(([key]) => !expiring.has(resourceOf(key)))))

const nodeState = (node: string): Effect.Effect<NodeState.NodeState, LabError, ChildProcessSpawner> =>
  Effect.map(call("docker", ["exec", node, "sh", "-c", NodeState.script], `docker exec ${node}`), NodeState.parse)

const nodesOf = (name: string) =>
  Effect.gen(function* () {
    const nodes = yield* KindCluster.nodesOf(name)
    const states = yield* Effect.forEach(nodes, (node) => Effect.map(nodeState(node), (state) => [node, state] as const), {
      concurrency: "unbounded"
    })
    return new Map(states)
  })

const nodeDifferences = (before: Baseline["nodes"], now: Baseline["nodes"]): ReadonlyArray<string> => [
  ...[...before].flatMap(([node, state]) => {
    const found = now.get(node)
    return found === undefined ? [`${node} is gone`] : NodeState.differences(node, state, found)
  }),
  ...[...now.keys()].filter((node) => !before.has(node)).map((node) => `${node} is new`)
]

const pollMillis = 2_000
const restMillis = 60_000

/** The nodes when they have come to rest: proxies write the last rules a while after all pods are ready. */
const restingNodes = (name: string): Effect.Effect<Baseline["nodes"], LabError, ChildProcessSpawner> =>
  Effect.gen(function* () {
    const late = (yield* Clock.currentTimeMillis) + restMillis
    let nodes = yield* nodesOf(name)
    while (true) {
      yield* Effect.sleep(pollMillis)
      const now = yield* nodesOf(name)
      if (nodeDifferences(nodes, now).length === 0 || (yield* Clock.currentTimeMillis) > late) return now
      nodes = now
    }
  })

/** Of a cluster whose pods are ready. */
export const record = (cluster: ClusterShape): Effect.Effect<Baseline, LabError, ChildProcessSpawner> =>
  Effect.gen(function* () {
    const api = cluster.api(admin)
    const kinds = yield* discover(api)
    return { kinds, objects: yield* objectsOf(api, kinds), nodes: yield* restingNodes(cluster.name) }
  })

/** Whether somebody has to delete it, and can: what lies in a namespace that goes, goes with it. */
const isOurs = (before: Everything, key: string, object: KubeObject): boolean => {
  const { namespace } = object.metadata
  const resource = resourceOf(key)
  return (
    !before.has(key) &&
    object.metadata.deletionTimestamp === undefined &&
    !following.has(resource) &&
    !isDerived(resource, object) &&
    (resource !== volumes || Volumes.leftFolder(object) !== undefined) &&
    (namespace === undefined || before.has(`namespaces//${namespace}`))
  )
}

const remove = (api: KubeApi, { kinds }: Baseline, key: string, object: KubeObject): Effect.Effect<void> => {
  const resource = kinds.state.find((each) => KubeClient.groupResource(each) === resourceOf(key))
  if (resource === undefined) return Effect.void
  const path = KubeClient.pathOf(resource, object.metadata.namespace, object.metadata.name)
  // whatever the answer is: what is still there at the next look is told
  return Effect.ignore(api.request({ method: "DELETE", path }))
}

/**
 * Objects of the hidden group are no state of a trial's, but users who were left behind would come to the next one, and a fault would
 * be there already. They are deleted; those are given that were still there, which agents on nodes may hold.
 */
const removeHidden = (api: KubeApi, { kinds }: Baseline): Effect.Effect<ReadonlyArray<string>, LabError> =>
  Effect.gen(function* () {
    const held: Array<string> = []
    for (const resource of [...kinds.byKind.values()].filter(({ group }) => group === planeGroup)) {
      for (const { metadata } of yield* KubeClient.list(api, resource, planeNamespace)) {
        yield* KubeClient.remove(api, resource, planeNamespace, metadata.name)
        held.push(`${KubeClient.groupResource(resource)}/${metadata.name} is new`)
      }
    }
    return held
  }).pipe(Effect.mapError(refused("Deleting objects of the plane")))

/** Namespaces take their pods along, which may take half a minute to end; the packet filter follows within seconds. */
const limits = { objects: 120_000, nodes: 30_000 } as const
const shown = 5

/** Deletes what is new and waits until nothing differs; fails with CLUSTER_UNCLEAN. */
export const restore = (cluster: ClusterShape, before: Baseline): Effect.Effect<void, LabError, ChildProcessSpawner> =>
  Effect.gen(function* () {
    const api = cluster.api(admin)
    let late = (yield* Clock.currentTimeMillis) + limits.objects
    while (true) {
      const held = yield* removeHidden(api, before)
      const now = yield* objectsOf(api, before.kinds)
      const left = [...now].filter(([key, object]) => isOurs(before.objects, key, object))
      const folders = left.flatMap(([key, object]) => (resourceOf(key) === volumes ? (Volumes.leftFolder(object) ?? []) : []))
      yield* Volumes.empty(before.nodes.keys(), folders)
      for (const [key, object] of left) yield* remove(api, before, key, object)
      const objects = [...held, ...differencesOf(before.objects, now)]
      // rules of the packet filter follow the objects, so the nodes are asked when these agree
      const differences = objects.length > 0 ? objects : nodeDifferences(before.nodes, yield* nodesOf(cluster.name))
      if (differences.length === 0) return
      const at = yield* Clock.currentTimeMillis
      if (objects.length === 0) late = Math.min(late, at + limits.nodes)
      if (at > late) {
        const told = differences.length > shown ? [...differences.slice(0, shown), `and ${differences.length - shown} more`] : differences
        return yield* labError("CLUSTER_UNCLEAN", { cluster: cluster.name, differences: told })
      }
      yield* Effect.sleep(pollMillis)
    }
  })
