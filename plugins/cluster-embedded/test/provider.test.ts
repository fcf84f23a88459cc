import { virtualEpoch } from "@aiopslab/core/Cluster"
import type { ClusterProvider, ClusterServices } from "@aiopslab/core/ClusterProvider"
import * as Playbook from "@aiopslab/core/Playbook"
import * as KubeClient from "@aiopslab/core/KubeClient"
import { admin, type KubeObject } from "@aiopslab/core/Kubernetes"
import { WallClock } from "@aiopslab/core/WallClock"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { ChildProcessSpawner } from "effect/process/ChildProcessSpawner"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import { plugin } from "../src/index.ts"

const provider = plugin.components.find((component): component is ClusterProvider => component._tag === "ClusterProvider")

/** It starts no program. */
const programs = Layer.mock(ChildProcessSpawner, {})

const wall: Layer.Layer<ClusterServices> = Layer.succeed(WallClock, {
  now: Effect.succeed(0),
  hold: (work) => work,
  within: () => Effect.map(Option.some)
}).pipe(Layer.merge(programs))

const open = (config: unknown) => (provider === undefined ? Effect.die("no provider") : provider.open(config, Playbook.empty))

const configMap: KubeObject = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a", namespace: "default" }, data: { a: "b" } }

describe("the provider `embedded`", () => {
  it.effect("leases clusters that know nothing of each other", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(virtualEpoch)
      const pool = yield* open({})
      const first = yield* pool.lease
      const second = yield* pool.lease
      yield* KubeClient.create(first.api(admin), KubeClient.resources.configMaps, configMap)
      assert.isDefined(yield* KubeClient.find(first.api(admin), KubeClient.resources.configMaps, "default", "a"))
      assert.isUndefined(yield* KubeClient.find(second.api(admin), KubeClient.resources.configMaps, "default", "a"))
      assert.deepStrictEqual([pool.capacity, pool.time], [undefined, { _tag: "virtual" }])
    }).pipe(Effect.provide(wall))
  )

  it.effect("has a control plane and as many workers as asked for", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(virtualEpoch)
      const cluster = yield* (yield* open({ nodes: 3 })).lease
      const nodes = yield* KubeClient.list(cluster.api(admin), KubeClient.resources.nodes)
      assert.deepStrictEqual(
        nodes.map(({ metadata }) => metadata.name),
        ["kind-control-plane", "kind-worker", "kind-worker2", "kind-worker3"]
      )
    }).pipe(Effect.provide(wall))
  )

  it.effect("keeps states for the leases of its pool only", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(virtualEpoch)
      const pool = yield* open({})
      const first = yield* pool.lease
      yield* KubeClient.create(first.api(admin), KubeClient.resources.configMaps, configMap)
      yield* Option.getOrThrow(first.forking).keep("with a", yield* first.snapshot)
      const second = yield* pool.lease
      const kept = yield* Option.getOrThrow(second.forking).kept("with a")
      yield* second.reset(Option.getOrThrow(kept))
      assert.isDefined(yield* KubeClient.find(second.api(admin), KubeClient.resources.configMaps, "default", "a"))
      const other = yield* (yield* open({})).lease
      assert.strictEqual(Option.isNone(yield* Option.getOrThrow(other.forking).kept("with a")), true)
    }).pipe(Effect.provide(wall))
  )

  it("refuses a cluster without workers", () => {
    assert.isTrue(Option.isNone(Schema.decodeUnknownOption(provider?.config ?? Schema.Never)({ nodes: 0 })))
    assert.isTrue(Option.isSome(Schema.decodeUnknownOption(provider?.config ?? Schema.Never)({ nodes: 1 })))
  })

  it.effect("can't be found again by another process", () =>
    Effect.gen(function* () {
      const error = provider === undefined ? undefined : yield* Effect.flip(provider.attach(null))
      assert.strictEqual(error?.code, "CLUSTER_UNREACHABLE")
    }).pipe(Effect.provide(wall))
  )
})
