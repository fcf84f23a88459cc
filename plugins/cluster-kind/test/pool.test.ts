import { assert, describe } from "@effect/vitest"
import { planeGroup, planeNamespace, planeVersion } from "@aiopslab/core/Workload"
import { clockOf } from "@aiopslab/core/ClockOf"
import { machineClock } from "@aiopslab/core/WallClock"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { FakeKind, test } from "./FakeKind.ts"
import { open, provider } from "./Provider.ts"

const { pid } = process

/** Fifty times as fast as the wall's. */
const hurried = clockOf(
  () => machineClock.currentTimeMillisUnsafe() * 50,
  (duration) => machineClock.sleep(Duration.times(duration, 1 / 50))
)

/** Waits until it is so. */
const soon = (look: () => boolean): Effect.Effect<void> =>
  Effect.gen(function* () {
    while (!look()) yield* Effect.sleep("10 millis")
  })

const used = Effect.scoped(
  Effect.gen(function* () {
    const pool = yield* open({ clusters: 1 })
    return yield* Effect.scoped(Effect.map(pool.lease, ({ name }) => name))
  })
)

describe("a pool of Kind clusters", () => {
  test(
    "makes them ahead, leases each to one, and leaves nothing",
    Effect.gen(function* () {
      const kind = yield* FakeKind
      yield* Effect.scoped(
        Effect.gen(function* () {
          const pool = yield* open({ clusters: 2, image: "node:1", load: ["a:1", "b:1"] })
          yield* soon(() => kind.clusters().length === 2)
          assert.strictEqual(pool.capacity, 2)
          const [one, two] = [yield* pool.lease, yield* pool.lease]
          assert.deepStrictEqual([one.name, two.name].toSorted(), [`aiopslab-${pid}-1`, `aiopslab-${pid}-2`])
          const third = yield* Effect.forkChild(Effect.scoped(pool.lease))
          yield* Effect.sleep("200 millis")
          assert.isUndefined(third.pollUnsafe())
          yield* Fiber.interrupt(third)
        })
      )
      assert.deepStrictEqual([kind.clusters(), kind.holdings()], [[], []])
      const calls = [...new Set(kind.calls().filter((call) => call.includes(`-${pid}-1`)))]
      assert.deepStrictEqual(calls, [
        `create cluster --name aiopslab-${pid}-1 --image node:1 --wait 180s`,
        `load docker-image --name aiopslab-${pid}-1 a:1 b:1`,
        `get nodes --name aiopslab-${pid}-1`,
        `delete cluster --name aiopslab-${pid}-1`
      ])
    })
  )

  test(
    "tries again when kind fails, and deletes what it left",
    Effect.gen(function* () {
      const kind = yield* FakeKind
      kind.set("failures", "ERROR: failed to init node with kubeadm\nERROR: too many open files\n")
      assert.strictEqual(yield* used, `aiopslab-${pid}-3`)
      const deleted = kind.calls().filter((call) => call.startsWith("delete"))
      assert.deepStrictEqual(
        deleted,
        [1, 2, 3].map((n) => `delete cluster --name aiopslab-${pid}-${n}`)
      )
    })
  )

  test(
    "tells whoever waits what can't be helped, at once, and the next one tries again",
    Effect.gen(function* () {
      const kind = yield* FakeKind
      kind.set("failures", 'ERROR: failed to create cluster: failed to pull image "x:1": no such host\n')
      yield* Effect.scoped(
        Effect.gen(function* () {
          const pool = yield* open({ clusters: 1 })
          const error = yield* Effect.flip(Effect.scoped(pool.lease))
          assert.deepStrictEqual([error.code, error.blame], ["CLUSTER_IMAGE_MISSING", "environment"])
          assert.strictEqual((yield* Effect.scoped(pool.lease)).name, `aiopslab-${pid}-2`)
        })
      )
      assert.deepStrictEqual([kind.clusters(), kind.holdings()], [[], []])
    })
  )

  test(
    "gives up after three attempts",
    Effect.gen(function* () {
      const kind = yield* FakeKind
      kind.set("failures", "ERROR: failed to init node with kubeadm\n".repeat(5))
      const error = yield* Effect.flip(used)
      assert.strictEqual(error.code, "CLUSTER_COMMAND_FAILED")
      assert.strictEqual(kind.calls().filter((call) => call.startsWith("create")).length, 3)
    })
  )

  test(
    "deletes a cluster that is being made when it is interrupted",
    Effect.gen(function* () {
      const kind = yield* FakeKind
      kind.set("hang", "")
      const fiber = yield* Effect.forkChild(used)
      yield* soon(() => kind.has("hanging"))
      assert.deepStrictEqual(kind.clusters(), [`aiopslab-${pid}-1`])
      yield* Fiber.interrupt(fiber)
      const exit = yield* Fiber.await(fiber)
      assert.isTrue(Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause))
      assert.deepStrictEqual([kind.clusters(), kind.holdings()], [[], []])
    })
  )

  test(
    "gives the same cluster again when it is as it was, and deletes what a trial made",
    Effect.gen(function* () {
      const { objects } = yield* FakeKind
      yield* Effect.scoped(
        Effect.gen(function* () {
          const pool = yield* open({ clusters: 1 })
          yield* Effect.scoped(pool.lease)
          objects.set("/api/v1/namespaces/trial", { apiVersion: "v1", kind: "Namespace", metadata: { name: "trial" } })
          objects.set("/api/v1/namespaces/trial/pods/web", { apiVersion: "v1", kind: "Pod", metadata: { name: "web", namespace: "trial" } })
          objects.set("/api/v1/namespaces/kube-system/configmaps/left", {
            apiVersion: "v1",
            kind: "ConfigMap",
            metadata: { name: "left", namespace: "kube-system" }
          })
          assert.strictEqual((yield* Effect.scoped(pool.lease)).name, `aiopslab-${pid}-1`)
          assert.deepStrictEqual([...objects.keys()].length, 3)
        })
      )
    })
  )

  test(
    "waits until the agents on nodes have let go of what a trial left",
    Effect.gen(function* () {
      const { objects } = yield* FakeKind
      const path = `/apis/${planeVersion}/namespaces/${planeNamespace}/networkimpairments/slow`
      yield* Effect.scoped(
        Effect.gen(function* () {
          const pool = yield* open({ clusters: 1 })
          const held = {
            apiVersion: planeVersion,
            kind: "NetworkImpairment",
            metadata: { name: "slow", namespace: planeNamespace, finalizers: [`${planeGroup}/one`] }
          }
          yield* Effect.scoped(Effect.tap(pool.lease, () => Effect.sync(() => objects.set(path, held))))
          const next = yield* Effect.forkChild(Effect.scoped(pool.lease))
          yield* Effect.sleep("3 seconds")
          assert.isUndefined(next.pollUnsafe())
          objects.delete(path)
          assert.strictEqual((yield* Fiber.join(next)).name, `aiopslab-${pid}-1`)
        })
      )
    })
  )

  test(
    "makes one anew whose node is not as it was for half a minute",
    Effect.gen(function* () {
      const kind = yield* FakeKind
      yield* Effect.scoped(
        Effect.gen(function* () {
          const pool = yield* open({ clusters: 1 })
          const first = yield* Effect.scoped(pool.lease)
          kind.set("node", "ip4 *filter\nip4 :INPUT DROP [0:0]\nps kubelet\n")
          const second = yield* Effect.scoped(pool.lease)
          assert.deepStrictEqual([first.name, second.name], [`aiopslab-${pid}-1`, `aiopslab-${pid}-2`])
          assert.deepStrictEqual(kind.clusters(), [second.name])
        })
      ).pipe(Effect.provideService(Clock.Clock, hurried))
    })
  )

  test(
    "gives a cluster that failed a trial to nobody else",
    Effect.gen(function* () {
      const kind = yield* FakeKind
      yield* Effect.scoped(
        Effect.gen(function* () {
          const pool = yield* open({ clusters: 1 })
          const failed = yield* pool.lease.pipe(
            Effect.flatMap(({ name }) => Effect.fail(name)),
            Effect.scoped,
            Effect.flip
          )
          const { name } = yield* Effect.scoped(pool.lease)
          assert.deepStrictEqual([failed, name, pool.attempts], [`aiopslab-${pid}-1`, `aiopslab-${pid}-2`, 2])
          assert.deepStrictEqual(kind.clusters(), [name])
        })
      )
    })
  )

  test(
    "makes it anew after its number of trials",
    Effect.gen(function* () {
      yield* Effect.scoped(
        Effect.gen(function* () {
          const pool = yield* open({ clusters: 1, recreateAfter: 2 })
          const names: Array<string> = []
          for (let n = 0; n < 5; n++) names.push((yield* Effect.scoped(pool.lease)).name)
          assert.deepStrictEqual(
            names,
            [1, 1, 2, 2, 3].map((n) => `aiopslab-${pid}-${n}`)
          )
        })
      )
    })
  )

  test(
    "keeps what can't be deleted on its list of orphans",
    Effect.gen(function* () {
      const kind = yield* FakeKind
      kind.set("undeletable", "")
      const name = yield* used
      kind.set("undeletable")
      const { manage } = provider
      if (manage === undefined) return assert.fail("it manages nothing")
      assert.deepStrictEqual(yield* manage.list, [{ name, state: "orphan" }])
      assert.deepStrictEqual(yield* manage.collect, [name])
      assert.deepStrictEqual([kind.clusters(), kind.holdings()], [[], []])
    })
  )
})
