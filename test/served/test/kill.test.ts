import { assert, layer } from "@effect/vitest"
import { Cluster } from "@aiopslab/core/Cluster"
import * as KubeClient from "@aiopslab/core/KubeClient"
import { admin, type KubeObject } from "@aiopslab/core/Kubernetes"
import { differencesOf } from "@aiopslab/core/Normalise"
import { plugin } from "@aiopslab/cluster-kubeconfig"
import { discover } from "@aiopslab/core/Kinds"
import { all } from "@aiopslab/core/Objects"
import * as RuntimeServices from "@aiopslab/runtime/RuntimeServices"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import { existsSync, readFileSync } from "node:fs"
import * as Result from "effect/Result"
import { fileURLToPath } from "node:url"
import { join } from "node:path"
import { aiopslab, startAiopslab } from "./Program.ts"
import { ServedCluster } from "./ServedCluster.ts"

const namespace = "test-hotel-reservation"
const problems = fileURLToPath(new URL("../problems/", import.meta.url))
const names = ["killed-revoked", "killed-wrong-bin"] as const
/** What it breaks no object shows that the application has. */
const hidden = "killed-hidden"
type Name = (typeof names)[number] | typeof hidden

/** The users of the database that the faults touch, with their roles: no object of the cluster shows them. */
const usersOf = Effect.gen(function* () {
  const { kubectl } = yield* ServedCluster
  const show = "print(JSON.stringify(db.getUsers().map(function (u) { return [u._id, u.roles] })))"
  const mongo = ["mongo", "admin", "-u", "root", "-p", "root", "--quiet", "--eval", show]
  const { code, stderr, stdout } = yield* kubectl(["exec", "-n", namespace, "deploy/mongodb-geo", "--", ...mongo])
  return code === 0 ? stdout.trim() : yield* Effect.die(new Error(`the users of mongodb-geo: ${stdout}${stderr}`))
})

const argv = (kubeconfig: string, out: string, problem: Name) => [
  "run",
  join(problems, `${problem}.yaml`),
  "--agent",
  "oracle",
  "--kubeconfig",
  kubeconfig,
  "--out",
  out
]

/** Resolves when this stands in the trial's journal. Starting the program and the trial takes as long as it takes. */
const journaled = Effect.fnUntraced(function* (out: string, problem: Name, entry: "Opened" | "Closed") {
  const journal = join(out, "trials", `${problem}_oracle_s0_r0`, "journal.ndjson")
  while (!existsSync(journal) || !readFileSync(journal, "utf8").includes(`"_tag":"${entry}"`)) yield* Effect.sleep(5)
})

/** The served cluster as it was before any trial, and how it differs now. */
class Observer extends Context.Service<
  Observer,
  {
    readonly differences: Effect.Effect<ReadonlyArray<string>>
    /** How long the journal of a run that nobody kills is open, in milliseconds of this machine. */
    readonly openMillis: number
  }
>()("test/Observer") {
  static readonly layer = Layer.effect(
    Observer,
    Effect.gen(function* () {
      const served = yield* ServedCluster
      const { dir, kubeconfig } = served
      // installs the application and the agent's identity, and shows that a trial that nobody kills leaves nothing behind
      const whole = Effect.fnUntraced(function* (problem: Name) {
        const { code, stderr, stdout } = yield* aiopslab(argv(kubeconfig, join(dir, `whole-${problem}`), problem))
        if (code !== 0) return yield* Effect.die(new Error(stdout + stderr))
      })
      const [first, second] = names
      yield* whole(first)
      const again = yield* Effect.forkChild(whole(second))
      const out = join(dir, `whole-${second}`)
      yield* journaled(out, second, "Opened")
      const [took] = yield* Effect.timed(journaled(out, second, "Closed"))
      yield* Fiber.join(again)
      const provider = plugin.components.find((component) => component._tag === "ClusterProvider")
      if (provider === undefined) return yield* Effect.die(new Error("no provider"))
      const cluster = yield* provider.attach({ kubeconfig })
      const api = cluster.api(admin)
      const kinds = yield* discover(api)
      const present: Effect.Effect<ReadonlyMap<string, KubeObject>, unknown> = all(api, kinds, namespace)
      const before = yield* present
      const usersBefore = yield* usersOf
      if (!usersBefore.includes('"role":"readWrite"')) return yield* Effect.die(new Error(`the users of mongodb-geo: ${usersBefore}`))
      const differences = Effect.gen(function* () {
        const objects = differencesOf(before, yield* present)
        const pods = yield* KubeClient.list(api, KubeClient.resources.pods, namespace)
        const { containerKills, networkImpairments, traffics } = KubeClient.resources
        const plane = yield* Effect.forEach([traffics, networkImpairments, containerKills], (one) => KubeClient.list(api, one))
        const users = yield* usersOf
        const unready = pods.filter((pod) => !JSON.stringify(pod["status"]).includes('{"type":"Ready","status":"True"') && !readyOf(pod))
        return [
          ...objects,
          ...unready.map((pod) => `pod ${pod.metadata.name} is not ready`),
          ...(users === usersBefore ? [] : [`the users of mongodb-geo: ${users} instead of ${usersBefore}`]),
          ...plane.flat().map(({ kind, metadata }) => `${kind} ${metadata.name} is still there`)
        ]
      })
      return Observer.of({
        differences: Effect.orDie(differences.pipe(Effect.provideService(Cluster, cluster), Effect.provideService(ServedCluster, served))),
        openMillis: Duration.toMillis(took)
      })
    }).pipe(Effect.provide(RuntimeServices.layer), Effect.orDie)
  )
}

const readyOf = (pod: KubeObject): boolean => {
  const status = pod["status"] as { readonly conditions?: ReadonlyArray<{ readonly type: string; readonly status: string }> }
  return status.conditions?.some(({ status, type }) => type === "Ready" && status === "True") === true
}

const sides = (point: string, count = "") => [`${point}.before${count}`, `${point}.after${count}`]
const entries = ["opened", "creating", "baseline", "planned", "injected", "recovered", "closed"]
const mutations = ["install", "workload", "inject", "agent-write", "recover", "workload-remove"]

/** Where to die, and in which problem. What every run passes is tried in both in turn; single writes within a fault where it makes them. */
const points: ReadonlyArray<readonly [point: string, problem: Name]> = [
  ...[...entries.map((entry) => `journal.${entry}`), ...mutations]
    .flatMap((point) => sides(point))
    .map((point, index) => [point, names[index % names.length] ?? names[0]] as const),
  ...[...sides("journal.creating", ":2"), ...sides("inject-write"), ...sides("inject-write", ":2"), ...sides("recover-write")].map(
    (point) => [point, "killed-revoked"] as const
  ),
  ...[...sides("inject-write"), ...sides("inject-write", ":2"), ...sides("recover-write")].map((point) => [point, hidden] as const),
  ...[...sides("inject-write"), ...sides("recover-write")].map((point) => [point, "killed-wrong-bin"] as const)
]

/** When to die, in percent of a whole run, in a pseudo-random order. */
const shares = Array.from({ length: 20 }, (_, index) => 3 + ((index * 7919) % 20) * 4)

const nothing = "Nothing to recover.\n"

const cluster = ServedCluster.layer("x120")

layer(Observer.layer.pipe(Layer.provideMerge(cluster)), { excludeTestServices: true, timeout: "120 seconds" })(
  "a runner that is killed",
  (it) => {
    const recovered = Effect.fnUntraced(function* (out: string, when: string) {
      const first = yield* aiopslab(["recover", out])
      assert.strictEqual(first.code, 0, `recover after ${when}\n${first.stdout}${first.stderr}`)
      const { differences } = yield* Observer
      assert.deepStrictEqual(yield* differences, [], when)
      const again = yield* aiopslab(["recover", out])
      assert.deepStrictEqual([again.code, again.stdout], [0, nothing], `a second recover after ${when}`)
      return first.stdout !== nothing
    })

    points.forEach(([point, problem]) => {
      it.effect(
        `at ${point} of ${problem} is recovered to the baseline`,
        () =>
          Effect.gen(function* () {
            const { dir, kubeconfig } = yield* ServedCluster
            const out = join(dir, `${problem}-${point.replace(":", "-")}`)
            const died = yield* aiopslab(argv(kubeconfig, out, problem), { env: { AIOPSLAB_FAILPOINT: point } })
            assert.strictEqual(died.code, 137, `the run passed ${point} alive\n${died.stdout}${died.stderr}`)
            yield* recovered(out, point)
          }),
        60_000
      )
    })

    /** Whether each of the kills by time left something behind. */
    const left: Array<boolean> = []

    /** Kills a run in the middle of its work, and says in which folder. One that was faster than the whole run before is killed earlier. */
    const killed = (problem: Name, name: string, delay: number): Effect.Effect<string, unknown, ServedCluster> =>
      Effect.gen(function* () {
        const { dir, kubeconfig } = yield* ServedCluster
        const out = join(dir, name)
        const end = yield* Effect.gen(function* () {
          const child = yield* startAiopslab(argv(kubeconfig, out, problem))
          yield* journaled(out, problem, "Opened")
          yield* Effect.sleep(delay)
          yield* child.kill({ killSignal: "SIGKILL" }).pipe(Effect.ignore)
          return yield* Effect.result(child.exitCode)
        }).pipe(Effect.scoped)
        if (Result.isSuccess(end)) {
          assert.strictEqual(Number(end.success), 0)
          return yield* killed(problem, `${name}-earlier`, (delay * 3) / 4)
        }
        assert.include(String(end.failure.reason.cause), "SIGKILL")
        return out
      })

    shares.forEach((share, index) => {
      it.effect(
        `after ${share} % of its time is recovered to the baseline`,
        () =>
          Effect.gen(function* () {
            const { openMillis } = yield* Observer
            const out = yield* killed(names[index % names.length] ?? names[0], `after-${share}`, (openMillis * share) / 100)
            left.push(yield* recovered(out, `${share} %`))
          }),
        60_000
      )
    })

    it("the kills by time found runs at work, most of them", () => {
      assert.strictEqual(left.length, shares.length)
      assert.isAbove(left.filter((something) => something).length, shares.length / 2, JSON.stringify(left))
    })
  }
)
