import { Cluster } from "@aiopslab/core/Cluster"
import type { Evaluation, Evaluator } from "@aiopslab/core/Evaluator"
import { KubeStatus } from "@aiopslab/core/Kubernetes"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import { plugin } from "../src/index.ts"
import * as Scene from "./Scene.ts"

const evaluators: ReadonlyArray<Evaluator> = plugin.components.filter((component) => component._tag === "Evaluator")

const evaluatorNamed = (name: string): Evaluator => {
  const found = evaluators.find((evaluator) => evaluator.name === name)
  if (found === undefined) throw new Error(`no evaluator ${name}`)
  return found
}

/** One evaluation under the virtual clock. */
const evaluate = (name: string, sceneAt: (seconds: number) => Scene.Scene, config: unknown = {}) =>
  Effect.gen(function* () {
    const evaluator = evaluatorNamed(name)
    const decoded = yield* Schema.decodeUnknownEffect(evaluator.config)(config)
    const fiber = yield* Effect.forkChild(Effect.provide(evaluator.evaluate(decoded), Scene.services(sceneAt)))
    yield* TestClock.adjust("1 hour")
    return yield* Fiber.join(fiber)
  })

const verdicts = (scene: Scene.Scene) =>
  Effect.gen(function* () {
    const out: Record<string, Evaluation["verdict"]> = {}
    for (const { name } of evaluators) {
      const { evaluator, reason, verdict } = yield* evaluate(name, () => scene)
      assert.strictEqual(evaluator, name)
      assert.match(reason, /^[^a-z].*[^.]\.$|^[a-z]+(\.[a-z]+)?\/.*[^.]\.$/u)
      out[name] = verdict
    }
    return out
  })

const all = (verdict: Evaluation["verdict"]) => Object.fromEntries(evaluators.map(({ name }) => [name, verdict]))

describe("what agents do", () => {
  it.effect("a repair passes every evaluator, whatever was left beside the application", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* verdicts(Scene.repaired), all("pass"))
    })
  )

  it.effect("nothing done: the fault still shows", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* verdicts(Scene.faulty), {
        ...all("fail"),
        "spec-baseline": "pass",
        "nothing-lost": "pass"
      })
    })
  )

  it.effect("everything restarted: the fault still shows", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* verdicts(Scene.restartedAll), { ...all("fail"), "spec-baseline": "pass", "nothing-lost": "pass" })
    })
  )

  it.effect("scaled to zero is at rest and nothing else", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* verdicts(Scene.scaledToZero), { ...all("fail"), settled: "pass" })
    })
  )

  it.effect("everything deleted is at rest and nothing else", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* verdicts(Scene.deletedAll), { ...all("fail"), settled: "pass" })
    })
  )

  it.effect("a deleted Service is missed, even while traffic goes another way", () =>
    Effect.gen(function* () {
      const found = yield* verdicts(Scene.withoutService)
      assert.deepStrictEqual(found, { ...all("fail"), settled: "pass", "traffic-healthy": "pass", replicas: "pass" })
      assert.include((yield* evaluate("endpoints", () => Scene.withoutService)).reason, "Service geo is gone")
    })
  )

  it.effect("a workload edited away differs from its baseline", () =>
    Effect.gen(function* () {
      const { reason, verdict } = yield* evaluate("spec-baseline", () => Scene.edited)
      assert.strictEqual(verdict, "fail")
      assert.include(reason, 'deployments.apps/test-shop/geo: spec.template.spec.containers[geo].image is "busybox", was "shop:1"')
    })
  )

  it.effect("a Service led to a fake has as many endpoints, of strangers", () =>
    Effect.gen(function* () {
      const { reason, verdict } = yield* evaluate("endpoints", () => Scene.faked)
      assert.strictEqual(verdict, "fail")
      assert.strictEqual(reason, "Service geo leads to fake-1-0, which is none of Deployment/geo.")
      assert.strictEqual((yield* evaluate("spec-baseline", () => Scene.faked)).verdict, "fail")
    })
  )
})

describe("settled", () => {
  it.effect("waits for a rollout that ends, and says how long", () =>
    Effect.gen(function* () {
      const { measurements, verdict } = yield* evaluate("settled", (seconds) => (seconds < 200 ? Scene.faulty : Scene.repaired))
      assert.strictEqual(verdict, "pass")
      assert.isAtLeast(Number(measurements["seconds"]), 200)
      assert.isAtMost(Number(measurements["seconds"]), 206)
    })
  )

  it.effect("gives up after its limit, and names what still moves", () =>
    Effect.gen(function* () {
      const { measurements, reason, verdict } = yield* evaluate("settled", () => Scene.faulty, { settle: "30s" })
      assert.strictEqual(verdict, "fail")
      assert.strictEqual(measurements["seconds"], 30)
      assert.strictEqual(reason, "After 30 s pod geo-1-0 is in CrashLoopBackOff and Deployment geo has 0 of 1 pods ready.")
    })
  )

  it.effect("waits once for several evaluators in a row, and again after the agent had another go", () =>
    Effect.gen(function* () {
      const services = Scene.services(() => Scene.faulty)
      const secondsOf = (name: string) =>
        Effect.flatMap(Schema.decodeUnknownEffect(evaluatorNamed(name).config)({}), (config) =>
          Effect.map(evaluatorNamed(name).evaluate(config), ({ measurements }) => measurements["settleSeconds"] ?? measurements["seconds"])
        )
      const fiber = yield* Effect.forkChild(
        Effect.gen(function* () {
          const first = [yield* secondsOf("settled"), yield* secondsOf("replicas"), yield* secondsOf("endpoints")]
          yield* Effect.sleep("5 seconds")
          return [...first, yield* secondsOf("settled")]
        }).pipe(Effect.provide(services))
      )
      yield* TestClock.adjust("1 hour")
      assert.deepStrictEqual(yield* Fiber.join(fiber), [360, 0, 0, 360])
    })
  )

  it.effect.each(["Pending", "terminating", "ImagePullBackOff", "CreateContainerConfigError"])("waits for a pod that is %s", (pods) =>
    Effect.gen(function* () {
      const scene = { ...Scene.healthy, workloads: Scene.healthy.workloads.map((one) => (one.name === "web" ? { ...one, pods } : one)) }
      assert.strictEqual((yield* evaluate("settled", () => scene, { settle: "20s" })).verdict, "fail")
    })
  )
})

describe("traffic-healthy", () => {
  const served = (traffic: Scene.Scene["traffic"]) => (): Scene.Scene => ({ ...Scene.repaired, traffic })
  const hotels = { operation: "hotels", requests: 360, errors: 0, p50: 4, p99: 8 }
  const user = { operation: "user", requests: 3, errors: 0, p50: 4, p99: 8 }

  it.effect("tolerates one more error in a hundred than the baseline, and no more", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* evaluate("traffic-healthy", served([{ ...hotels, errors: 3 }, user]))).verdict, "pass")
      const { reason, verdict } = yield* evaluate("traffic-healthy", served([{ ...hotels, errors: 4 }, user]))
      assert.strictEqual(verdict, "fail")
      assert.strictEqual(reason, "4 of 360 hotels requests failed (1.1 %, tolerated 1 %).")
    })
  )

  it.effect("tolerates three times the baseline's latency, and no more", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* evaluate("traffic-healthy", served([{ ...hotels, p99: 24 }, user]))).verdict, "pass")
      const { reason } = yield* evaluate("traffic-healthy", served([{ ...hotels, p99: 24.5 }, user]))
      assert.strictEqual(reason, "Hotels took 24.5 ms at the 99th percentile (tolerated 24 ms).")
      assert.strictEqual(
        (yield* evaluate("traffic-healthy", served([{ ...hotels, p99: 24.5 }, user]), { latencyFactor: 4 })).verdict,
        "pass"
      )
    })
  )

  it.effect("judges a rare operation by its middle: one slow request of three is chance", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* evaluate("traffic-healthy", served([hotels, { ...user, p99: 40 }]))).verdict, "pass")
      const { reason } = yield* evaluate("traffic-healthy", served([hotels, { ...user, p50: 40, p99: 41 }]))
      assert.strictEqual(reason, "User took 40 ms in the middle (tolerated 24 ms).")
    })
  )

  it.effect("waits for an operation that is rare, and fails when it never comes", () =>
    Effect.gen(function* () {
      const rare = (seconds: number): Scene.Scene => ({ ...Scene.repaired, traffic: seconds < 150 ? [hotels] : [hotels, user] })
      assert.strictEqual((yield* evaluate("traffic-healthy", rare)).verdict, "pass")
      const { reason } = yield* evaluate("traffic-healthy", served([hotels, { ...user, requests: 0, p99: 0 }]))
      assert.strictEqual(reason, "User was not seen.")
    })
  )

  it.effect("fails when nobody came at all", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* evaluate("traffic-healthy", served([]))).reason, "Hotels was not seen and user was not seen.")
    })
  )

  it.effect("measures only after everything is at rest", () =>
    Effect.gen(function* () {
      const { measurements, verdict } = yield* evaluate("traffic-healthy", (seconds) => (seconds < 100 ? Scene.faulty : Scene.repaired))
      assert.strictEqual(verdict, "pass")
      assert.isAtLeast(Number(measurements["settleSeconds"]), 100)
      assert.strictEqual(measurements["hotels.requests"], 360)
    })
  )
})

describe("nothing-lost", () => {
  const lose = (...kept: ReadonlyArray<number>): Scene.Scene => ({
    ...Scene.healthy,
    others: Scene.healthy.others.filter((_, i) => kept.includes(i))
  })

  it.effect("names what is gone, in the namespace and outside", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* evaluate("nothing-lost", () => lose(0, 2))).reason, "persistentvolumeclaims/test-shop/geo-data is gone.")
      assert.strictEqual((yield* evaluate("nothing-lost", () => lose(0, 1))).reason, "persistentvolumes//pv-geo is gone.")
    })
  )

  it.effect("counts a volume that is being deleted as lost", () =>
    Effect.gen(function* () {
      const others = Scene.healthy.others.map(
        ([resource, object]) =>
          [
            resource,
            resource === "persistentvolumeclaims"
              ? { ...object, metadata: { ...object.metadata, deletionTimestamp: "2026-01-01T00:00:00Z" } }
              : object
          ] as const
      )
      assert.strictEqual(
        (yield* evaluate("nothing-lost", () => ({ ...Scene.healthy, others }))).reason,
        "persistentvolumeclaims/test-shop/geo-data is being deleted."
      )
    })
  )

  it.effect("sees changed data, and data that can't be read", () =>
    Effect.gen(function* () {
      assert.strictEqual(
        (yield* evaluate("nothing-lost", () => ({ ...Scene.repaired, digest: "sha-2" }))).reason,
        "The users' data is not what it was at the baseline."
      )
      const { reason, verdict } = yield* evaluate("nothing-lost", () => ({ ...Scene.repaired, digest: undefined }))
      assert.strictEqual(verdict, "fail")
      assert.include(reason, "could not be read")
    })
  )
})

describe("spec-baseline", () => {
  it.effect("passes over fields that the config names", () =>
    Effect.gen(function* () {
      const scaled = { ...Scene.healthy, workloads: Scene.healthy.workloads.map((one) => ({ ...one, replicas: one.replicas + 1 })) }
      assert.strictEqual((yield* evaluate("spec-baseline", () => scaled)).measurements["differences"], 3)
      assert.strictEqual((yield* evaluate("spec-baseline", () => scaled, { ignore: [{ path: ["spec", "replicas"] }] })).verdict, "pass")
      assert.strictEqual(
        (yield* evaluate("replicas", () => scaled)).reason,
        "Deployment web wants 3 pods instead of 2, Deployment geo wants 2 pods instead of 1 and 1 more."
      )
    })
  )
})

it.effect("a cluster that does not answer is an environment error, not a verdict", () =>
  Effect.gen(function* () {
    const down = Scene.services(() => Scene.healthy)
    for (const { config, evaluate: run } of evaluators) {
      const decoded = yield* Schema.decodeUnknownEffect(config)({})
      const error = yield* run(decoded).pipe(
        Effect.provideServiceEffect(
          Cluster,
          Effect.map(Cluster, (cluster) => ({
            ...cluster,
            api: () => ({
              ...cluster.api({ user: "", groups: [] }),
              request: () => Effect.fail(new KubeStatus({ code: 503, reason: "ServiceUnavailable", message: "down" }))
            })
          }))
        ),
        Effect.provide(down),
        Effect.flip
      )
      assert.strictEqual(error.blame, "environment")
    }
  })
)
