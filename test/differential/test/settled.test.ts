import { assert, describe, it } from "@effect/vitest"
import type { KubeApi } from "@aiopslab/core/Kubernetes"
import { KubeStatus } from "@aiopslab/core/Kubernetes"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import { cached, settled } from "../src/Settled.ts"

/** Answers lists alone, the nth with what is given. */
const listing = (nth: (n: number, query: Readonly<Record<string, unknown>>) => Effect.Effect<unknown, KubeStatus>): KubeApi => {
  let n = 0
  return {
    request: ({ query = {} }) => Effect.map(nth(n++, query), (body) => ({ code: 200, body })),
    watch: () => Stream.empty,
    connect: () => Effect.never
  }
}

const list = (version: number) =>
  Effect.succeed({ metadata: { resourceVersion: "7" }, items: [{ metadata: { resourceVersion: String(version) } }] })

const path = "/apis/apps/v1/namespaces/a/deployments/web"

const ended = Effect.fnUntraced(function* <A, E extends Error>(waiting: Effect.Effect<A, E>) {
  const fiber = yield* Effect.forkChild(Effect.result(waiting))
  yield* TestClock.adjust("4 minutes")
  const result = yield* Fiber.join(fiber)
  return result._tag === "Failure" ? result.failure.message : "settled"
})

describe("waiting for a server", () => {
  it.effect("ends when nothing changes any more", () =>
    Effect.gen(function* () {
      assert.strictEqual(
        yield* ended(
          settled(
            listing((n) => list(Math.min(n, 5))),
            path
          )
        ),
        "settled"
      )
      assert.strictEqual(
        yield* ended(
          cached(
            listing(() => list(1)),
            path
          )
        ),
        "settled"
      )
    })
  )

  it.effect("fails, and says why, when that takes more than three minutes", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* ended(settled(listing(list), path)), "/apis/apps/v1/namespaces/a/deployments: still changes after 180 s")
      const stale = listing((_, query) =>
        query["resourceVersion"] === undefined
          ? list(1)
          : Effect.fail(new KubeStatus({ code: 504, reason: "Timeout", message: "too large" }))
      )
      assert.strictEqual(
        yield* ended(cached(stale, path)),
        "/apis/apps/v1/namespaces/a/deployments: its cache doesn't know of version 7 after 180 s"
      )
    })
  )
})
