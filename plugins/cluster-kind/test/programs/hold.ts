/** Leases a Kind cluster, says its name, and holds it until it is killed. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { open, services } from "../Provider.ts"

const [image = ""] = process.argv.slice(2)

const program = Effect.gen(function* () {
  const pool = yield* open({ clusters: 1, ...(image === "" ? {} : { image }) })
  const cluster = yield* pool.lease
  yield* Console.log(`holds ${cluster.name} ${JSON.stringify(cluster.attachment)}`)
  return yield* Effect.never
})

NodeRuntime.runMain(program.pipe(Effect.scoped, Effect.provide(services)))
