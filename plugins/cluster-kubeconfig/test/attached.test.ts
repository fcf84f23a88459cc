import { assert, layer } from "@effect/vitest"
import { plugin } from "@aiopslab/cluster-kubeconfig"
import { admin, type KubeApi, KubeStatus } from "@aiopslab/core/Kubernetes"
import { planePath } from "@aiopslab/core/Plane"
import { WallClock } from "@aiopslab/core/WallClock"
import * as Certificates from "@aiopslab/kubernetes/edge/Certificates"
import * as HttpsEdge from "@aiopslab/kubernetes/edge/HttpsEdge"
import { kubeconfig } from "@aiopslab/kubernetes/edge/Kubeconfig"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Playbook from "@aiopslab/core/Playbook"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { ChildProcessSpawner } from "effect/process/ChildProcessSpawner"
import * as Stream from "effect/Stream"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

const notFound = new KubeStatus({ code: 404, reason: "NotFound", message: "the server could not find the requested resource" })

/** Answers these paths, and nothing else. */
const apiOf = (answers: Readonly<Record<string, unknown>>) => (): KubeApi => ({
  request: ({ path }) => (path in answers ? Effect.succeed({ code: 200, body: answers[path] }) : Effect.fail(notFound)),
  watch: () => Stream.fail(notFound),
  connect: () => Effect.fail(notFound)
})

const now = 1_800_000_000_000
const served = {
  [`${planePath}/info`]: { name: "lab", now, time: { _tag: "wall", rate: 10 } },
  [`${planePath}/snapshot`]: { id: 3, at: now }
}

class Files extends Context.Service<
  Files,
  { readonly bare: string; readonly prod: string; readonly served: string; readonly gone: string; readonly broken: string }
>()("test/Files") {
  static readonly layer = Layer.effect(
    Files,
    Effect.gen(function* () {
      const dir = yield* Effect.acquireRelease(
        Effect.sync(() => mkdtempSync(join(tmpdir(), "aiopslab-kubeconfig-"))),
        (path) => Effect.sync(() => rmSync(path, { recursive: true }))
      )
      const certificates = yield* Certificates.make(admin)
      const write = (name: string, text: string) => {
        const file = join(dir, name)
        writeFileSync(file, text)
        return file
      }
      const bare = yield* HttpsEdge.serve({ api: apiOf({}), certificates })
      const ours = yield* HttpsEdge.serve({ api: apiOf(served), certificates })
      return Files.of({
        bare: write("bare", kubeconfig({ name: "bare", server: bare.url, certificates })),
        prod: write("prod", kubeconfig({ name: "prod-eu", server: bare.url, certificates })),
        served: write("served", kubeconfig({ name: "served", server: ours.url, certificates })),
        gone: write("gone", kubeconfig({ name: "gone", server: "https://127.0.0.1:1", certificates })),
        broken: write("broken", "clusters: [")
      })
    })
  )
}

const wall = Layer.effect(
  WallClock,
  Effect.map(Clock.Clock, (clock) =>
    WallClock.of({ now: clock.currentTimeMillis, hold: (work) => work, within: () => (work) => Effect.map(work, Option.some) })
  )
)

const open = (config: { readonly kubeconfig: string; readonly yes?: boolean }) => {
  const provider = plugin.components.find((component) => component._tag === "ClusterProvider")
  return provider === undefined ? Effect.die(new Error("no provider")) : provider.open(config, Playbook.empty)
}

const attach = (attachment: { readonly kubeconfig: string; readonly context?: string }) => {
  const provider = plugin.components.find((component) => component._tag === "ClusterProvider")
  return provider === undefined ? Effect.die(new Error("no provider")) : provider.attach(attachment)
}

/** It starts no program. */
const programs = Layer.mock(ChildProcessSpawner, {})

layer(Layer.mergeAll(Files.layer, wall, programs), { excludeTestServices: true })("a cluster behind a kubeconfig", (it) => {
  it.effect("lives by the wall's clock and has no snapshots, unless it is ours", () =>
    Effect.gen(function* () {
      const { bare } = yield* Files
      const cluster = yield* attach({ kubeconfig: bare })
      assert.deepStrictEqual([cluster.name, cluster.time, cluster.lifetime], ["bare", { _tag: "wall", rate: 1 }, "outlives"])
      assert.deepStrictEqual(cluster.attachment, { kubeconfig: bare, context: "bare" })
      const refused = yield* Effect.flip(cluster.snapshot)
      assert.strictEqual(refused.code, "CLUSTER_CANNOT")
    })
  )

  it.effect("that is ours tells its time and keeps snapshots", () =>
    Effect.gen(function* () {
      const files = yield* Files
      const before = yield* Clock.currentTimeMillis
      const { snapshot, time } = yield* attach({ kubeconfig: files.served })
      const after = yield* Clock.currentTimeMillis
      assert.strictEqual(time._tag, "wall")
      if (time._tag !== "wall" || time.origin === undefined) return assert.fail("no origin")
      assert.deepStrictEqual([time.rate, time.origin.cluster], [10, now])
      assert.isTrue(time.origin.wall >= before && time.origin.wall <= after)
      assert.deepStrictEqual(yield* snapshot, { token: 3, at: now })
    })
  )

  it.effect("that looks like production is used only by who says so; what was begun on it can be finished", () =>
    Effect.gen(function* () {
      const { bare, prod } = yield* Files
      const refused = yield* Effect.flip(open({ kubeconfig: prod }))
      assert.deepStrictEqual([refused.code, refused.blame], ["CLUSTER_LOOKS_LIKE_PRODUCTION", "usage"])
      assert.strictEqual((yield* open({ kubeconfig: prod, yes: true })).capacity, 1)
      assert.strictEqual((yield* open({ kubeconfig: bare })).capacity, 1)
      assert.strictEqual((yield* attach({ kubeconfig: prod })).name, "prod-eu")
    })
  )

  it.effect("that is not there, or a file that says nothing, is refused with what to do", () =>
    Effect.gen(function* () {
      const { bare, broken, gone } = yield* Files
      const failures = yield* Effect.all([
        Effect.flip(attach({ kubeconfig: gone })),
        Effect.flip(attach({ kubeconfig: broken })),
        Effect.flip(attach({ kubeconfig: `${bare}-not` })),
        Effect.flip(attach({ kubeconfig: bare, context: "other" }))
      ])
      assert.deepStrictEqual(
        failures.map(({ code }) => code),
        ["CLUSTER_UNREACHABLE", "CLUSTER_KUBECONFIG_INVALID", "CLUSTER_KUBECONFIG_INVALID", "CLUSTER_KUBECONFIG_INVALID"]
      )
      assert.isTrue(failures.every(({ hint }) => hint !== ""))
    })
  )
})
