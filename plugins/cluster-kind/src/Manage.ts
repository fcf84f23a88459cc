/** The clusters that are there, whoever made them, by what the disk and kind say of them. */
import type { ClusterManagement, ClusterServices, ManagedCluster } from "@aiopslab/core/ClusterProvider"
import { type LabError, labError } from "@aiopslab/core/LabError"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as path from "node:path"
import * as Holdings from "./edge/Holdings.ts"
import * as KindCluster from "./KindCluster.ts"

const managed = (holdings: ReadonlyArray<Holdings.Holding>, names: ReadonlyArray<string>): ReadonlyArray<ManagedCluster> => {
  const held = holdings.flatMap(({ clusters, lease }) =>
    clusters.map((name): ManagedCluster =>
      Option.match(lease, { onNone: () => ({ name, state: "orphan" }), onSome: ({ pid }) => ({ name, state: "held", pid }) })
    )
  )
  const known = new Set(held.map(({ name }) => name))
  return [...held, ...names.filter((name) => !known.has(name)).map((name): ManagedCluster => ({ name, state: "unknown" }))].toSorted(
    (one, other) => (one.name < other.name ? -1 : 1)
  )
}

const list: ClusterManagement["list"] = Effect.gen(function* () {
  const names = yield* KindCluster.names
  return managed(yield* Holdings.all, names)
})

const drop = (dir: string, name: string): Effect.Effect<void, LabError, ClusterServices> =>
  KindCluster.remove(name, Holdings.kubeconfigOf(path.join(dir, name))).pipe(Effect.andThen(Holdings.end(dir, name)))

const remove = (name: string): Effect.Effect<void, LabError, ClusterServices> =>
  Effect.gen(function* () {
    const names = yield* KindCluster.names
    const holdings = yield* Holdings.all
    const known = managed(holdings, names)
    const found = known.find((each) => each.name === name)
    if (found === undefined) return yield* labError("CLUSTER_UNKNOWN", { name, known: known.map((each) => each.name) })
    if (found.pid !== undefined) return yield* labError("CLUSTER_HELD", { cluster: name, pid: found.pid })
    const holding = holdings.find(({ clusters }) => clusters.includes(name))
    yield* holding === undefined ? KindCluster.remove(name, yield* Holdings.nobodys) : drop(holding.dir, name)
  })

/** Deletes the clusters of dead processes, and gives their names. */
export const collect: ClusterManagement["collect"] = Effect.gen(function* () {
  const dead = (yield* Holdings.all).filter(({ lease }) => Option.isNone(lease))
  const names = yield* Effect.forEach(dead, ({ clusters, dir }) =>
    Effect.forEach(clusters, (name) => Effect.as(drop(dir, name), name)).pipe(Effect.tap(() => Holdings.forget(dir)))
  )
  return names.flat()
})

export const manage: ClusterManagement = { list, delete: remove, collect }
