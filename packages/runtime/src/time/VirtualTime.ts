/**
 * One trial's scheduler and clock. Fibres run until none can; when a whole turn of the event loop has brought nothing new (so promise
 * chains have settled too) and nothing of the real world is held, time jumps to the earliest sleeper, in order of time and then of arrival.
 *
 * Guarantees: time begins at `virtualEpoch` and never goes back; two runs of the same program with the same seed see the same times in the
 * same order; a program that waits for something that neither sleeps nor holds fails with TIME_STALLED instead of hanging.
 */
import { virtualEpoch } from "@aiopslab/core/Cluster"
import { type LabError, labError } from "@aiopslab/core/LabError"
import { WallClock } from "@aiopslab/core/WallClock"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Random from "effect/Random"
import * as Scheduler from "effect/Scheduler"
import { clockOf } from "@aiopslab/core/ClockOf"
import { wallClockLive } from "./WallClockLive.ts"

interface Sleeper {
  readonly at: number
  readonly wake: () => void
}

/** Tasks in one go before the event loop gets a turn, so that a fibre that spins cannot lock out signals and other trials. */
const batch = 8192

export class VirtualTime {
  private now = virtualEpoch
  private holds = 0
  private draining = false
  private activity = 0
  private armed: NodeJS.Immediate | undefined
  private armedAt = 0
  private done = false
  private stall: (() => void) | undefined
  private runnable: Array<() => void> = []
  /** By time, then by arrival. */
  private readonly sleepers: Array<Sleeper> = []

  private readonly dispatcher: Scheduler.SchedulerDispatcher = {
    scheduleTask: (task) => {
      this.runnable.push(task)
      this.stir()
    },
    flush: () => this.drain()
  }

  readonly scheduler: Scheduler.Scheduler = {
    executionMode: "async",
    shouldYield: (fiber) => fiber.currentOpCount >= 2048,
    makeDispatcher: () => this.dispatcher
  }

  readonly clock: Clock.Clock = clockOf(
    () => this.now,
    (duration) =>
      Effect.callback<void>((resume) => {
        const sleeper: Sleeper = { at: this.now + Math.max(0, Duration.toMillis(duration)), wake: () => resume(Effect.void) }
        const before = this.sleepers.findLastIndex((other) => other.at <= sleeper.at)
        this.sleepers.splice(before + 1, 0, sleeper)
        this.stir()
        return Effect.sync(() => {
          const at = this.sleepers.indexOf(sleeper)
          if (at >= 0) this.sleepers.splice(at, 1)
        })
      })
  )

  /** The machine's clock, whose `hold` stops this trial's. */
  readonly wallClock: Context.Service.Shape<typeof WallClock> = {
    ...wallClockLive,
    hold: (work) =>
      Effect.acquireUseRelease(
        Effect.sync(() => {
          this.holds++
        }),
        () => work,
        () =>
          Effect.sync(() => {
            this.holds--
            this.stir()
          })
      )
  }

  /**
   * Runs a program to its end under this clock, this scheduler and the random numbers of this seed. Once per instance. Interruption
   * interrupts the program and waits for its finalizers.
   */
  run<A, E, R>(seed: string, program: Effect.Effect<A, E, R>): Effect.Effect<Exit.Exit<A, E | LabError>, never, Exclude<R, WallClock>> {
    return Effect.contextWith((context: Context.Context<Exclude<R, WallClock>>) =>
      Effect.callback<Exit.Exit<A, E | LabError>>((resume) => {
        const services = context.pipe(Context.add(Clock.Clock, this.clock), Context.add(Scheduler.Scheduler, this.scheduler))
        const fiber = Effect.runForkWith(services)(Effect.provideService(Random.withSeed(program, seed), WallClock, this.wallClock))
        const finish = (exit: Exit.Exit<A, E | LabError>) => {
          if (this.done) return
          this.done = true
          resume(Effect.succeed(exit))
        }
        let stalls = 0
        this.stall = () => {
          stalls++
          if (stalls > 1) return finish(stalled(this.now))
          fiber.interruptUnsafe()
          this.stir()
        }
        fiber.addObserver((exit) => finish(stalls > 0 && Exit.hasInterrupts(exit) ? stalled(this.now) : exit))
        this.stir()
        return Fiber.interrupt(fiber)
      })
    )
  }

  /** Something may have changed: see to it that a later turn looks. */
  private stir(): void {
    this.activity++
    if (this.draining || this.done) return
    if (this.runnable.length > 0) {
      this.draining = true
      queueMicrotask(() => {
        this.drain()
        this.draining = false
        this.arm()
      })
    } else this.arm()
  }

  private drain(): void {
    let left = batch
    while (this.runnable.length > 0 && left > 0) {
      const tasks = this.runnable
      this.runnable = []
      left -= tasks.length
      for (const task of tasks) task()
    }
  }

  private arm(): void {
    if (this.armed !== undefined || this.holds > 0 || this.done) return
    this.armedAt = this.activity
    this.armed = setImmediate(this.turn)
  }

  private readonly turn = (): void => {
    this.armed = undefined
    if (this.done || this.holds > 0) return
    if (this.runnable.length > 0) return this.stir()
    if (this.activity !== this.armedAt) return this.arm()
    const next = this.sleepers[0]
    if (next === undefined || next.at === Infinity) return this.stall?.()
    this.sleepers.shift()
    this.now = next.at
    next.wake()
    this.stir()
  }
}

const stalled = (now: number) => Exit.fail(labError("TIME_STALLED", { seconds: Math.round((now - virtualEpoch) / 1000) }))
