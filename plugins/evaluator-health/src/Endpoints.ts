/** `endpoints`: behind every Service stand as many ready pods as at the baseline, of the same workloads. */
import * as Evaluator from "@aiopslab/core/Evaluator"
import { resourceOf } from "@aiopslab/core/Normalise"
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { type Objects, present } from "./Look.ts"
import { settle, settleFields } from "./Settle.ts"
import * as Verdict from "./Verdict.ts"
import { podsOf } from "./Workloads.ts"

const name = "endpoints"
const verdicts = Verdict.of(name)

const decode = Schema.decodeUnknownOption(
  Schema.Struct({
    subsets: Schema.optionalKey(
      Schema.NullOr(
        Schema.Array(
          Schema.Struct({
            addresses: Schema.optionalKey(
              Schema.Array(
                Schema.Struct({
                  ip: Schema.String,
                  targetRef: Schema.optionalKey(
                    Schema.Struct({ kind: Schema.optionalKey(Schema.String), name: Schema.optionalKey(Schema.String) })
                  )
                })
              )
            )
          })
        )
      )
    )
  })
)

/** Names of the pods behind a Service that are ready; an address that no pod stands for is itself. */
const readyBehind = (endpoints: KubeObject | undefined): ReadonlyArray<string> => {
  const subsets = Option.getOrUndefined(decode(endpoints))?.subsets ?? []
  return [...new Set(subsets.flatMap(({ addresses = [] }) => addresses.map(({ ip, targetRef }) => targetRef?.name ?? ip)))]
}

const ownersOf = (objects: Objects): ReadonlyMap<string, string> => new Map(podsOf(objects).map(({ key, owner }) => [key, owner]))

/** A phrase for each Service that is gone, has another number of endpoints, or leads to strangers. */
export const compare = (baseline: Objects, now: Objects): ReadonlyArray<string> => {
  const [ownersBefore, ownersNow] = [ownersOf(baseline), ownersOf(now)]
  const out: Array<string> = []
  for (const [key, service] of baseline) {
    if (resourceOf(key) !== "services") continue
    const { name: label, namespace = "" } = service.metadata
    const endpointsKey = `endpoints/${namespace}/${label}`
    const owner =
      (owners: ReadonlyMap<string, string>) =>
      (pod: string): string =>
        owners.get(`pods/${namespace}/${pod}`) ?? pod
    const before = readyBehind(baseline.get(endpointsKey))
    const after = readyBehind(now.get(endpointsKey))
    const known = new Set(before.map(owner(ownersBefore)))
    const stranger = after.find((pod) => !known.has(owner(ownersNow)(pod)))
    if (!now.has(key)) out.push(`Service ${label} is gone`)
    else if (after.length !== before.length) out.push(`Service ${label} has ${after.length} ready endpoints instead of ${before.length}`)
    else if (stranger !== undefined) out.push(`Service ${label} leads to ${stranger}, which is none of ${[...known].join(", ")}`)
  }
  return out
}

const needed: ReadonlySet<string> = new Set(["services", "endpoints", "pods", "replicasets.apps"])

export const endpoints = Evaluator.make({
  name,
  summary: "After settling, each Service of the baseline has as many ready endpoints as then, pods of the same workloads",
  config: Schema.Struct(settleFields),
  evaluate: (config) =>
    Effect.gen(function* () {
      const { objects } = yield* Evaluator.Baseline
      const { seconds } = yield* settle(config)
      const complaints = compare(objects, yield* present(objects, (resource) => needed.has(resource)))
      const services = [...objects.keys()].filter((key) => resourceOf(key) === "services").length
      const measurements = { settleSeconds: seconds, services, complaints: complaints.length }
      return complaints.length === 0
        ? verdicts.pass(`All ${services} Services have their endpoints.`, measurements)
        : verdicts.fail(`${Verdict.several(complaints)}.`, measurements)
    })
})
