/**
 * The host of a bare API server: a store, no controllers, no kubelets, as a kube-apiserver with nothing beside it. Uids and name
 * suffixes follow from a seed; the clock is Effect's.
 */
import type { KubeStatus } from "@aiopslab/core/Kubernetes"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import type { Host, WriteContext } from "./Host.ts"
import * as Status from "./Status.ts"
import type { Change, Store } from "./Store.ts"
import * as StoreModule from "./Store.ts"
import * as Names from "./Names.ts"
import type { Posted, WebRequest, WebTarget } from "./web/Web.ts"
import * as Outside from "./web/Outside.ts"
import { initialStore } from "./Bootstrap.ts"

export interface MemoryHost extends Host {
  /** Replaces the state: `snapshot` is `host.store`. Watchers get a 410 when it is not a later one. */
  readonly restore: (store: Store) => Effect.Effect<void>
}

/** The changes between two stores, as long as the later one still knows them. */
export const changesBetween = (store: Store, after: number): Result.Result<ReadonlyArray<Change>, KubeStatus> => {
  const changes = after > store.revision ? undefined : StoreModule.changesAfter(store, after)
  return changes === undefined ? Result.fail(Status.expired(after, store.revision)) : Result.succeed(changes)
}

/** Watchers that go on at a time: what the first ones send is on its way before the next ones have their turn, and requests are served in between. */
const turn = 256

const wakeInTurns = (woken: ReadonlyArray<() => void>): Effect.Effect<void> =>
  Effect.andThen(
    Effect.yieldNow,
    Effect.suspend(() => {
      for (const wake of woken.slice(0, turn)) wake()
      return woken.length > turn ? wakeInTurns(woken.slice(turn)) : Effect.void
    })
  )

/** There is nothing behind a service. */
const posted = (outside: Outside.Outside, target: WebTarget, request: WebRequest, seconds: number): Posted =>
  target._tag === "Url"
    ? outside.post(target, request, seconds)
    : { _tag: "Failed", why: `service ${JSON.stringify(target.name)} not found` }

/** There are no nodes behind this server. */
const nobody = "this server forwards no requests"

/** Starts with the namespaces and objects of a new cluster, or with a store of another host. */
export const make = Effect.fnUntraced(function* (
  options: { readonly seed?: number; readonly store?: Store; readonly outside?: Outside.Caller } = {}
) {
  const names = Names.make(options.seed ?? 0)
  const begin = yield* Clock.currentTimeMillis
  let current = options.store ?? initialStore(begin, names)
  /** Who has read all changes; one that misses stores finds their changes in the log of the newest. */
  const waiting = new Set<() => void>()

  const changedSince = (store: Store): Effect.Effect<void> =>
    Effect.callback((resume) => {
      if (current !== store) return resume(Effect.void)
      const wake = () => resume(Effect.void)
      waiting.add(wake)
      return Effect.sync(() => void waiting.delete(wake))
    })

  /** Whoever waits goes on after whoever wrote. */
  const become = (store: Store): Effect.Effect<unknown> =>
    Effect.suspend(() => {
      current = store
      if (waiting.size === 0) return Effect.void
      const woken = [...waiting]
      waiting.clear()
      return Effect.forkDetach(wakeInTurns(woken))
    })

  const pull = (after: number): Effect.Effect<readonly [ReadonlyArray<Change>, number], KubeStatus> =>
    Effect.suspend(() => {
      const store = current
      const found = changesBetween(store, after)
      if (Result.isFailure(found)) return Effect.fail(found.failure)
      const last = found.success.at(-1)
      return last === undefined ? Effect.andThen(changedSince(store), pull(after)) : Effect.succeed([found.success, last.revision] as const)
    })

  const host: MemoryHost = {
    store: Effect.sync(() => current),
    write: (identity, write) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) =>
        Effect.flatten(
          Outside.attempt(options.outside, (outside) => {
            const post: WriteContext["post"] = (target, request, seconds) => posted(outside, target, request, seconds)
            const result = write(current, { now, identity, ...outside.draws(names), post })
            if (Result.isFailure(result)) return Effect.fail(result.failure)
            const [answer, next] = result.success
            if (next === current || !outside.isComplete()) return Effect.succeed(answer)
            return Effect.as(become(next), answer)
          })
        )
      ),
    changes: (after) => Stream.unfold(after, pull),
    log: () => Stream.empty,
    exec: ({ pod }) => Effect.fail(Status.badRequest(`pod ${pod} does not have a host assigned`)),
    attach: ({ pod }) => Effect.fail(Status.badRequest(`pod ${pod} does not have a host assigned`)),
    dial: () => Effect.succeed({ _tag: "Failed", message: nobody, forwarded: nobody }),
    kubelet: () => Effect.fail(Status.unavailable(`error trying to reach service: ${nobody}`)),
    restore: (store) => Effect.asVoid(become(store))
  }
  return host
})
