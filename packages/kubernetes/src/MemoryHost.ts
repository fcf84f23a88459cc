/**
 * The host of a bare API server: a store, no controllers, no kubelets, as a kube-apiserver with nothing beside it. Uids and name
 * suffixes follow from a seed; the clock is Effect's.
 */
import type { KubeStatus } from "@aiopslab/core/Kubernetes"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as PubSub from "effect/PubSub"
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
  // one slot is enough: a reader that missed stores finds their changes in the log of the newest
  const published = yield* PubSub.sliding<Store>({ capacity: 1, replay: 1 })
  yield* PubSub.publish(published, current)

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
            current = next
            return Effect.as(PubSub.publish(published, next), answer)
          })
        )
      ),
    changes: (after) =>
      Stream.fromPubSub(published).pipe(
        Stream.mapAccumEffect(
          () => after,
          (last, store) =>
            Effect.map(
              Effect.fromResult(changesBetween(store, last)),
              (changes) => [changes.at(-1)?.revision ?? last, changes.length === 0 ? [] : [changes]] as const
            )
        )
      ),
    log: () => Stream.empty,
    exec: ({ pod }) => Effect.fail(Status.badRequest(`pod ${pod} does not have a host assigned`)),
    attach: ({ pod }) => Effect.fail(Status.badRequest(`pod ${pod} does not have a host assigned`)),
    dial: () => Effect.succeed({ _tag: "Failed", message: nobody, forwarded: nobody }),
    kubelet: () => Effect.fail(Status.unavailable(`error trying to reach service: ${nobody}`)),
    restore: (store) =>
      Effect.suspend(() => {
        current = store
        return Effect.asVoid(PubSub.publish(published, store))
      })
  }
  return host
})
