/** A bare API server with a namespace, and the machine's clock. */
import { admin } from "@aiopslab/core/Kubernetes"
import { WallClock } from "@aiopslab/core/WallClock"
import * as MemoryHost from "@aiopslab/kubernetes/MemoryHost"
import * as Server from "@aiopslab/kubernetes/Server"
import { clockOf } from "@aiopslab/core/ClockOf"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as TestClock from "effect/testing/TestClock"

let holds = 0
/** How many are held at this moment; a test's own count. */
export const held = () => holds

export const wall = WallClock.of({
  now: Effect.sync(() => performance.now()),
  hold: (work) =>
    Effect.acquireUseRelease(
      Effect.sync(() => holds++),
      () => work,
      () => Effect.sync(() => holds--)
    ),
  within: (limit) => (work) =>
    Effect.raceFirst(
      Effect.map(work, Option.some),
      Effect.callback<Option.Option<never>>((resume) => {
        const timer = setTimeout(() => resume(Effect.succeed(Option.none())), Duration.toMillis(limit))
        return Effect.sync(() => clearTimeout(timer))
      })
    )
})

export const wallLayer = Layer.succeed(WallClock, wall)

export const namespace = "shop"

const meta = (kind: string, name: string, more: Readonly<Record<string, unknown>> = {}) => ({
  apiVersion: "v1",
  kind,
  metadata: { name },
  ...more
})

export const cluster = Effect.gen(function* () {
  yield* TestClock.setTime(1_767_225_600_000)
  const host = yield* MemoryHost.make()
  const server = Server.make({ host })
  const api = server.api(admin)
  yield* api.request({ method: "POST", path: "/api/v1/namespaces", body: meta("Namespace", namespace) })
  for (const name of ["a", "b"]) {
    yield* api.request({
      method: "POST",
      path: `/api/v1/namespaces/${namespace}/configmaps`,
      body: meta("ConfigMap", name, { data: { key: name } })
    })
  }
  return { server, api }
})

/** Runs it while virtual time goes on in steps of a second, at most for as long as given. */
export const elapse = <A, E, R>(effect: Effect.Effect<A, E, R>, seconds = 120) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(effect, { startImmediately: true })
    const ended = { done: false }
    fiber.addObserver(() => {
      ended.done = true
    })
    for (let second = 0; second < seconds && !ended.done; second++) {
      // promises of the shell settle between two steps
      for (let turn = 0; turn < 20 && !ended.done; turn++) yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
      while (held() > 0 && !ended.done) yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
      if (!ended.done) yield* TestClock.adjust("1 second")
    }
    return yield* Fiber.join(fiber)
  })

/** A clock that notes how many are held when somebody looks at it, and when somebody sleeps. */
export const watched = Effect.map(Clock.Clock, (clock) => {
  const notes: Array<string> = []
  const sleep = (duration: Duration.Duration) =>
    Effect.suspend(() => {
      notes.push(`sleep ${Duration.toMillis(duration)} ${holds}`)
      return clock.sleep(duration)
    })
  const noting: Clock.Clock = Object.assign(
    clockOf(() => clock.currentTimeMillisUnsafe(), sleep),
    {
      currentTimeMillisUnsafe: () => {
        notes.push(`look ${holds}`)
        return clock.currentTimeMillisUnsafe()
      }
    }
  )
  return { notes, clock: noting }
})
