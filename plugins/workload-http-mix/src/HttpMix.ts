/** Users who come whether or not others were answered: a rate, the way they arrive, and what they do. */
import type { Installation } from "@aiopslab/core/App"
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { labError } from "@aiopslab/core/LabError"
import { nearest } from "@aiopslab/core/Nearest"
import * as Workload from "@aiopslab/core/Workload"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Rate } from "./Rate.ts"

const name = "http-mix"

export const HttpMix = Schema.Struct({
  rate: Rate.annotate({ description: "Requests of all operations together" }),
  arrivals: Schema.Literals(["constant", "exponential"])
    .annotate({
      description: "The time between two requests: always the same, or exponentially distributed as with independent users"
    })
    .pipe(Schema.withDecodingDefaultKey(Effect.succeed("exponential" as const))),
  mix: Schema.Record(
    Schema.String,
    Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0)).annotate({ description: "Weight; weights need not sum to anything" })
  ).annotate({ description: "What users do: operations of the app's topology by weight" })
})
export type HttpMix = typeof HttpMix.Type

/** One mistake for each operation that the app doesn't have, and one when nothing would be sent. */
const check = (config: HttpMix, app: Installation): ReadonlyArray<Workload.WorkloadMistake> => {
  const known = Object.keys(app.topology.operations)
  const unknown = Object.keys(config.mix)
    .filter((operation) => !known.includes(operation))
    .map((operation) => ({
      path: ["mix", operation],
      error: labError("WORKLOAD_UNKNOWN_OPERATION", { workload: name, operation, app: app.app, known, nearest: nearest(operation, known) })
    }))
  const empty = { path: ["mix"], error: labError("WORKLOAD_EMPTY_MIX", { workload: name }) }
  return Object.values(config.mix).some((weight) => weight > 0) ? unknown : [...unknown, empty]
}

const traffic = (config: HttpMix, app: Installation): KubeObject => {
  const spec: Workload.TrafficSpec = {
    namespace: app.namespace,
    app: app.app,
    rate: config.rate,
    arrivals: config.arrivals,
    mix: config.mix
  }
  return {
    apiVersion: Workload.planeVersion,
    kind: "Traffic",
    metadata: { name: app.app, namespace: Workload.planeNamespace },
    spec
  }
}

export const httpMix = Workload.make({
  name,
  summary: "Open-loop HTTP requests of users: rate, arrivals, mix of operations",
  config: HttpMix,
  check,
  objects: (config, app) => [traffic(config, app)]
})
