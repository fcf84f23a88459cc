import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { FakeKind, test } from "./FakeKind.ts"
import { open, provider } from "./Provider.ts"

const manage = provider.manage ?? assert.fail("it manages nothing")

describe("the clusters of a machine", () => {
  test(
    "are told with who holds them; only those of dead runs are collected",
    Effect.scoped(
      Effect.gen(function* () {
        const kind = yield* FakeKind
        const pool = yield* open({ clusters: 1 })
        const { name } = yield* pool.lease
        kind.leaveOrphan("aiopslab-1-1")
        kind.set("clusters/aiopslab-other-1", "")
        kind.set("clusters/demo", "")
        assert.deepStrictEqual(yield* manage.list, [
          { name: "aiopslab-1-1", state: "orphan" },
          { name, state: "held", pid: process.pid },
          { name: "aiopslab-other-1", state: "unknown" }
        ])
        assert.deepStrictEqual(yield* manage.collect, ["aiopslab-1-1"])
        assert.deepStrictEqual(yield* manage.collect, [])
        assert.deepStrictEqual(kind.clusters(), [name, "aiopslab-other-1", "demo"])
      })
    )
  )

  test(
    "are deleted by name, unless a live process holds them or they are not ours",
    Effect.scoped(
      Effect.gen(function* () {
        const kind = yield* FakeKind
        const pool = yield* open({ clusters: 1 })
        const { name } = yield* pool.lease
        kind.leaveOrphan("aiopslab-1-1")
        kind.set("clusters/aiopslab-other-1", "")
        kind.set("clusters/demo", "")
        const refused = yield* Effect.all([Effect.flip(manage.delete(name)), Effect.flip(manage.delete("demo"))])
        assert.deepStrictEqual(
          refused.map(({ code }) => code),
          ["CLUSTER_HELD", "CLUSTER_UNKNOWN"]
        )
        yield* manage.delete("aiopslab-1-1")
        yield* manage.delete("aiopslab-other-1")
        assert.deepStrictEqual(kind.clusters(), [name, "demo"])
      })
    )
  )

  test(
    "of dead runs make room when a pool opens",
    Effect.gen(function* () {
      const kind = yield* FakeKind
      kind.leaveOrphan("aiopslab-1-1")
      yield* Effect.scoped(Effect.flatMap(open({ clusters: 1 }), ({ lease }) => lease))
      assert.deepStrictEqual([kind.clusters(), kind.holdings()], [[], []])
    })
  )

  test(
    "are found again by another process, until they are gone",
    Effect.gen(function* () {
      const kind = yield* FakeKind
      const { attachment } = yield* Effect.scoped(
        Effect.gen(function* () {
          const pool = yield* open({ clusters: 1 })
          const cluster = yield* pool.lease
          assert.strictEqual((yield* Effect.scoped(provider.attach(cluster.attachment))).name, cluster.name)
          return cluster
        })
      )
      const gone = yield* Effect.flip(Effect.scoped(provider.attach(attachment)))
      const wrong = yield* Effect.flip(Effect.scoped(provider.attach({})))
      assert.deepStrictEqual([gone.code, wrong.code], ["CLUSTER_GONE", "CLUSTER_KUBECONFIG_INVALID"])
      assert.deepStrictEqual(kind.clusters(), [])
    })
  )

  test(
    "need kind",
    Effect.gen(function* () {
      process.env["PATH"] = "/nowhere"
      const error = yield* Effect.flip(manage.list)
      assert.deepStrictEqual([error.code, error.blame], ["CLUSTER_PROGRAM_MISSING", "environment"])
    })
  )
})
