import { Cluster } from "@aiopslab/core/Cluster"
import { KubeStatus } from "@aiopslab/core/Kubernetes"
import { labError } from "@aiopslab/core/LabError"
import { refused, until, withApi } from "@aiopslab/core/Looking"
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"

const status = new KubeStatus({ code: 403, reason: "Forbidden", message: "not yours" })
const unused = Effect.die(new Error("not asked for"))
/** A cluster that lets nobody do anything. */
const forbidding = Cluster.of({
  name: "forbidding",
  time: { _tag: "virtual" },
  api: () => ({ request: () => Effect.fail(status), watch: () => Stream.fail(status), connect: () => Effect.fail(status) }),
  telemetry: { metrics: () => unused, traces: () => unused, traffic: () => unused },
  snapshot: unused,
  reset: () => unused,
  forking: Option.none(),
  lifetime: "process",
  attachment: null
})

const late = (why: string) => labError("FAULT_NOT_VERIFIED", { fault: "x", why })

describe("looking at a cluster", () => {
  it.effect("a refusal is an error of the environment that says what was asked; other errors stay", () =>
    Effect.gen(function* () {
      const refusal = yield* Effect.flip(withApi("Reading it", (api) => api.request({ method: "GET", path: "/" })))
      assert.deepStrictEqual(refusal, refused("Reading it")(status))
      assert.strictEqual(refusal.code, "CLUSTER_REQUEST_FAILED")
      assert.include(refusal.text, "not yours")
      assert.strictEqual((yield* Effect.flip(withApi("Reading it", () => Effect.fail(late("y"))))).code, "FAULT_NOT_VERIFIED")
    }).pipe(Effect.provideService(Cluster, forbidding))
  )

  it.effect("waits until there is nothing to wait for, and no longer than it may", () =>
    Effect.gen(function* () {
      const began = yield* Clock.currentTimeMillis
      const after = (millis: number) =>
        Effect.map(Clock.currentTimeMillis, (now) => (now - began < millis ? `only ${now - began}` : undefined))
      const waiting = yield* Effect.forkChild(until(after(3_000), 10_000, late))
      yield* TestClock.adjust("3 seconds")
      yield* Fiber.join(waiting)
      const error = yield* Effect.forkChild(Effect.flip(until(after(60_000), 10_000, late)))
      yield* TestClock.adjust("30 seconds")
      assert.strictEqual((yield* Fiber.join(error)).text, late("only 13000").text)
    })
  )
})
