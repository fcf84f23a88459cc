/**
 * The present world of one cluster, by the clock of whoever asks: every look first advances the world to that moment. Nothing runs in
 * between; who waits for changes sleeps until the world's next timer or until somebody writes.
 */
import type { Identity, KubeStatus } from "@aiopslab/core/Kubernetes"
import type { Write } from "@aiopslab/kubernetes/Host"
import { changesBetween } from "@aiopslab/kubernetes/MemoryHost"
import * as Status from "@aiopslab/kubernetes/Status"
import type { Change } from "@aiopslab/kubernetes/Store"
import { attempt, type Caller, nowhere, type Outside } from "@aiopslab/kubernetes/web/Outside"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import * as Advance from "../Advance.ts"
import type { Turn } from "../Turn.ts"
import type { World } from "../World.ts"
import { nextTimer } from "../World.ts"

export interface Cell {
  /** The world at the present moment of the caller's clock. */
  readonly present: Effect.Effect<World>
  readonly write: <A>(identity: Identity, write: Write<A>) => Effect.Effect<A, KubeStatus>
  /** Changes the world at the present moment by other means than a write of an object. */
  readonly change: <A>(body: (turn: Turn) => A) => Effect.Effect<A>
  /** Another world from here on. Watchers are told to begin anew (410). */
  readonly replace: (world: World) => Effect.Effect<void>
  readonly changes: (after: number) => Stream.Stream<ReadonlyArray<Change>, KubeStatus>
  /** Ends when something has changed since the given world, or will have. */
  readonly changedSince: (world: World) => Effect.Effect<void>
  /** Keeps the world advancing while nobody asks, for a cluster that is served. Never ends. */
  readonly drive: Effect.Effect<never>
}

/** `outside` calls webhooks that lie outside the cluster. */
export const make = (start: World, outside?: Caller): Cell => {
  let current = start
  let generation = 0
  const waiting = new Set<() => void>()

  const notify = (): void => {
    const woken = [...waiting]
    waiting.clear()
    for (const wake of woken) wake()
  }

  /** The last world of which nothing is due any more at its own moment. */
  let settled: World | undefined

  const become = (next: World): void => {
    const before = current
    current = next
    if (next.store !== before.store || next.containers !== before.containers) notify()
  }

  const advanceTo = (now: number, asking: Outside): World => {
    if (now <= current.now) {
      if (current === settled) return current
      if ((nextTimer(current) ?? Infinity) > current.now) return (settled = current)
    }
    const next = Advance.advance(current, Math.floor(now), asking)
    if (asking.isComplete()) become(next)
    return current
  }

  const present =
    outside === undefined
      ? Clock.clockWith((clock) => Effect.succeed(advanceTo(clock.currentTimeMillisUnsafe(), nowhere)))
      : Clock.clockWith((clock) => attempt(outside, (asking) => advanceTo(clock.currentTimeMillisUnsafe(), asking)))

  const written = <A>(world: World, identity: Identity, write: Write<A>, asking: Outside): Result.Result<A, KubeStatus> => {
    const [result, next] = Advance.attempt(world, identity, write, asking)
    if (asking.isComplete()) become(next)
    return result
  }

  const woken = Effect.callback<void>((resume) => {
    const wake = () => resume(Effect.void)
    waiting.add(wake)
    return Effect.sync(() => {
      waiting.delete(wake)
    })
  })

  const changedSince = (world: World): Effect.Effect<void> =>
    Effect.flatMap(Clock.currentTimeMillis, (now) => {
      if (current !== world && (current.store !== world.store || current.containers !== world.containers)) return Effect.void
      const next = nextTimer(current)
      return next === undefined ? woken : Effect.raceFirst(woken, Effect.sleep(Math.max(0, next - now)))
    })

  const pull = (began: number, after: number): Effect.Effect<readonly [ReadonlyArray<Change>, number] | undefined, KubeStatus> =>
    Effect.flatMap(present, (world) => {
      if (began !== generation) return Effect.fail(Status.expired(after, world.store.revision))
      const found = changesBetween(world.store, after)
      if (Result.isFailure(found)) return Effect.fail(found.failure)
      const last = found.success.at(-1)
      return last === undefined
        ? Effect.andThen(changedSince(world), pull(began, after))
        : Effect.succeed([found.success, last.revision] as const)
    })

  return {
    present,
    write: (identity, write) =>
      Effect.flatMap(present, (world) => {
        if (outside !== undefined)
          return Effect.flatMap(
            attempt(outside, (asking) => written(current, identity, write, asking)),
            Effect.fromResult
          )
        return Effect.fromResult(written(world, identity, write, nowhere))
      }),
    change: (body) =>
      Effect.flatMap(present, () =>
        attempt(outside, (asking) => {
          const [answer, next] = Advance.change(current, body, asking)
          if (!asking.isComplete()) return answer
          current = next
          notify()
          return answer
        })
      ),
    replace: (world) =>
      Effect.sync(() => {
        current = world
        generation++
        notify()
      }),
    changes: (after) =>
      Stream.suspend(() => {
        const began = generation
        return Stream.unfold(after, (last) => pull(began, last))
      }),
    changedSince,
    drive: Effect.forever(Effect.flatMap(present, changedSince))
  }
}
