/**
 * Named points before and after every journal write and every mutation, for tests that kill the process there. By default a point does
 * nothing and costs a lookup.
 *
 * `inject.before` and `inject.after` stand on the two sides of a fault's injection; the others are named after what they enclose:
 * `journal.<entry>`, `install`, `workload`, `recover`, `workload-remove`, `reset`, `agent-write`; `inject-write` and `recover-write` enclose
 * every single write within.
 */
import type { Cluster } from "@aiopslab/core/Cluster"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"

export const Failpoint: Context.Reference<(name: string) => void> = Context.Reference<(name: string) => void>(
  "@aiopslab/runtime/Failpoint",
  {
    defaultValue: () => () => undefined
  }
)

/** Ends this process as a power failure would: no finalizer runs, nothing is flushed. */
export const killProcess = (): void => {
  process.kill(process.pid, "SIGKILL")
}

/** `name` or `name:3`: kills at the first, or the third, passing of the point. */
export const armed = (text: string, kill: () => void): ((name: string) => void) => {
  const [name, count] = text.split(":")
  let left = count === undefined ? 1 : Number(count)
  return (passed) => {
    if (passed === name && --left === 0) kill()
  }
}

/** Encloses a mutation in its two points. */
export const around =
  (name: string) =>
  <A, E, R>(mutation: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.withFiber((fiber) => {
      const pass = fiber.getRef(Failpoint)
      pass(`${name}.before`)
      return Effect.tap(mutation, () => Effect.sync(() => pass(`${name}.after`)))
    })

/** The same cluster, each write and each exec of which stands between two points. */
export const guarded = (cluster: Context.Service.Shape<typeof Cluster>, name: string): Context.Service.Shape<typeof Cluster> => ({
  ...cluster,
  api: (identity) => {
    const api = cluster.api(identity)
    return {
      ...api,
      request: (request) => (request.method === "GET" ? api.request(request) : around(name)(api.request(request))),
      connect: (request) => around(name)(api.connect(request))
    }
  }
})
