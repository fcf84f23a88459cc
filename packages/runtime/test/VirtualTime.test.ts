import { virtualEpoch } from "@aiopslab/core/Cluster"
import { LabError } from "@aiopslab/core/LabError"
import { WallClock } from "@aiopslab/core/WallClock"
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import { VirtualTime } from "../src/time/VirtualTime.ts"

const run = <A, E>(program: Effect.Effect<A, E, WallClock>, seed = "0") => new VirtualTime().run(seed, program)

const value = <A, E>(program: Effect.Effect<A, E, WallClock>, seed = "0") => Effect.flatMap(run(program, seed), (exit) => exit)

const seconds = Effect.map(Clock.currentTimeMillis, (now) => (now - virtualEpoch) / 1000)

/** Work of the real world: takes turns of the event loop that no promise chain takes. */
const turns = (count: number): Effect.Effect<void> =>
  Effect.callback((resume) => {
    const turn = (left: number): void => {
      if (left === 0) resume(Effect.void)
      else setImmediate(turn, left - 1)
    }
    turn(count)
  })

describe("VirtualTime", () => {
  it.live("begins at the epoch and jumps to the earliest sleeper", () =>
    Effect.gen(function* () {
      const log: Array<string> = []
      const say = (what: string) => Effect.map(seconds, (now) => void log.push(`${now} ${what}`))
      yield* value(
        Effect.gen(function* () {
          yield* say("begin")
          const late = yield* Effect.forkChild(Effect.andThen(Effect.sleep("2 hours"), say("late")))
          const early = yield* Effect.forkChild(Effect.andThen(Effect.sleep("1 minute"), say("early")))
          yield* Fiber.join(early)
          yield* Fiber.join(late)
        })
      )
      assert.deepStrictEqual(log, ["0 begin", "60 early", "7200 late"])
    })
  )

  it.live("wakes sleepers of the same moment in the order of their arrival, each when the one before has settled", () =>
    Effect.gen(function* () {
      const log: Array<string> = []
      const one = (name: string) =>
        Effect.gen(function* () {
          yield* Effect.sleep("1 second")
          log.push(`${name} wakes`)
          yield* Effect.promise(() => Promise.resolve().then(() => Promise.resolve()))
          log.push(`${name} settles`)
        })
      yield* value(Effect.all([one("a"), one("b")], { concurrency: "unbounded" }))
      assert.deepStrictEqual(log, ["a wakes", "a settles", "b wakes", "b settles"])
    })
  )

  it.live("lets promise chains settle before time moves", () =>
    Effect.gen(function* () {
      const at = yield* value(
        Effect.gen(function* () {
          yield* Effect.forkChild(Effect.sleep("1 hour"))
          yield* Effect.promise(async () => {
            for (let i = 0; i < 200; i++) await Promise.resolve()
          })
          return yield* seconds
        })
      )
      assert.strictEqual(at, 0)
    })
  )

  it.live("stands still while real work is held, and only then", () =>
    Effect.gen(function* () {
      const at = (held: boolean) =>
        value(
          Effect.gen(function* () {
            const wall = yield* WallClock
            yield* Effect.forkChild(Effect.forever(Effect.sleep("1 hour")))
            yield* held ? wall.hold(turns(50)) : turns(50)
            return yield* seconds
          })
        )
      assert.strictEqual(yield* at(true), 0)
      assert.isAbove(yield* at(false), 0)
    })
  )

  it.live("is released when held work fails or is interrupted", () =>
    Effect.gen(function* () {
      const at = yield* value(
        Effect.gen(function* () {
          const wall = yield* WallClock
          yield* Effect.exit(wall.hold(Effect.fail("no")))
          const hung = yield* Effect.forkChild(wall.hold(Effect.never))
          yield* Effect.yieldNow
          yield* Fiber.interrupt(hung)
          yield* Effect.sleep("5 seconds")
          return yield* seconds
        })
      )
      assert.strictEqual(at, 5)
    })
  )

  it.live("bounds held work by the machine's clock", () =>
    Effect.gen(function* () {
      const result = yield* value(
        Effect.gen(function* () {
          const wall = yield* WallClock
          const hung = yield* wall.hold(wall.within("10 millis")(Effect.never))
          const done = yield* wall.hold(wall.within("1 minute")(Effect.succeed("done")))
          return [hung, done, yield* seconds] as const
        })
      )
      assert.deepStrictEqual(result, [Option.none(), Option.some("done"), 0])
    })
  )

  it.live("fails with TIME_STALLED, after its finalizers, when nothing could ever run again", () =>
    Effect.gen(function* () {
      let recovered = 0
      const exit = yield* run(
        Effect.gen(function* () {
          yield* Effect.sleep("10 seconds")
          return yield* Effect.onExit(Effect.never, () =>
            Effect.andThen(
              Effect.sleep("3 seconds"),
              Effect.map(seconds, (now) => void (recovered = now))
            )
          )
        })
      )
      assert.strictEqual(recovered, 13)
      assert.isTrue(Exit.isFailure(exit))
      const error = Exit.isFailure(exit) ? Option.getOrUndefined(Cause.findErrorOption(exit.cause)) : undefined
      assert.instanceOf(error, LabError)
      assert.strictEqual(error?.code, "TIME_STALLED")
    })
  )

  it.live("ends even when a finalizer stalls, too", () =>
    Effect.gen(function* () {
      const exit = yield* run(Effect.onExit(Effect.never, () => Effect.never))
      assert.isTrue(Exit.isFailure(exit))
    })
  )

  it.live("gives the same random numbers for a seed, and others for another", () =>
    Effect.gen(function* () {
      const draw = Effect.all([Random.next, Random.next])
      const first = yield* value(draw, "a")
      assert.deepStrictEqual(yield* value(draw, "a"), first)
      assert.notDeepEqual(yield* value(draw, "b"), first)
    })
  )

  it.live("gives other work a turn while a fibre spins", () =>
    Effect.gen(function* () {
      const time = new VirtualTime()
      const spinning = yield* Effect.forkChild(time.run("0", Effect.forever(Effect.yieldNow)))
      yield* turns(5)
      yield* Fiber.interrupt(spinning)
    })
  )

  it.live("interruption from outside waits for the program's finalizers", () =>
    Effect.gen(function* () {
      let cleaned = false
      const program = Effect.onExit(Effect.forever(Effect.sleep("1 second")), () =>
        Effect.andThen(
          Effect.sleep("1 day"),
          Effect.sync(() => void (cleaned = true))
        )
      )
      const fiber = yield* Effect.forkChild(run(program))
      yield* turns(20)
      yield* Fiber.interrupt(fiber)
      assert.isTrue(cleaned)
    })
  )

  it.live("runs a thousand trials of ten virtual minutes at once, each for itself", () =>
    Effect.gen(function* () {
      const trial = (offset: number) =>
        value(
          Effect.gen(function* () {
            const background = yield* Effect.forkChild(Effect.forever(Effect.sleep("15 seconds")))
            for (let turn = 0; turn < 5; turn++) yield* Effect.sleep(120_000 + offset)
            yield* Fiber.interrupt(background)
            return yield* seconds
          })
        )
      const ends = yield* Effect.forEach(
        Array.from({ length: 1000 }, (_, i) => i),
        trial,
        { concurrency: "unbounded" }
      )
      assert.deepStrictEqual(
        ends,
        Array.from({ length: 1000 }, (_, i) => 600 + (i * 5) / 1000)
      )
    })
  )
})
