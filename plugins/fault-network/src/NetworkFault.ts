/**
 * A fault that is one `NetworkImpairment`: who sends what late or in vain. It is nothing that an agent could see or undo, so it lasts for as
 * long as the session does, and no repair ends it; pods that come later have it, too.
 */
import { InstalledApp } from "@aiopslab/core/App"
import { Cluster } from "@aiopslab/core/Cluster"
import * as Fault from "@aiopslab/core/Fault"
import * as KubeClient from "@aiopslab/core/KubeClient"
import type { KubeApi, KubeStatus } from "@aiopslab/core/Kubernetes"
import { type LabError, labError } from "@aiopslab/core/LabError"
import { until, withApi } from "@aiopslab/core/Looking"
import { NetworkImpairmentSpec } from "@aiopslab/core/NetworkImpairment"
import * as PlaneObject from "@aiopslab/core/PlaneObject"
import * as Pods from "@aiopslab/core/Pods"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { affected } from "./Affected.ts"
import * as Symptom from "./Symptom.ts"

/** Whom every fault of the network hits. */
export const target = {
  service: Schema.String.annotate({ description: "A service of the app's topology: what its pods send is hit" }),
  to: Schema.optionalKey(
    Schema.String.annotate({ description: "Another one: only what is sent to its pods. Default: everything, answers included" })
  )
}
type Target = Schema.Struct.Type<typeof target>

const Plan = Schema.Struct({
  /** The object's name. */
  object: Schema.String,
  spec: NetworkImpairmentSpec,
  before: Symptom.Before
})
type Plan = typeof Plan.Type

const minute = 60_000

interface Kind<C extends Target, CE> {
  readonly name: string
  readonly summary: string
  readonly config: Schema.Codec<C, CE>
  readonly effect: (config: C) => NetworkImpairmentSpec["effect"]
  /** How much longer answers take that show it, in milliseconds; requests that fail do so, too. */
  readonly slowerBy: (effect: NetworkImpairmentSpec["effect"]) => number
}

export const make = <C extends Target, CE>({ config: configSchema, effect, name, slowerBy, summary }: Kind<C, CE>): Fault.Fault => {
  const asking = <A>(what: string, use: (api: KubeApi) => Effect.Effect<A, KubeStatus | LabError>) => withApi(`${name}: ${what}`, use)
  const cannotPlan = (why: string) => labError("FAULT_PLAN_FAILED", { fault: name, why })

  const plan = Effect.fnUntraced(function* (config: C): Effect.fn.Return<Plan, LabError, Cluster | InstalledApp> {
    const { namespace, serviceLabel, topology } = yield* InstalledApp
    const { service, to } = config
    for (const one of [service, ...(to === undefined ? [] : [to])]) {
      if (topology.services[one] === undefined) return yield* cannotPlan(`the application has no service "${one}"`)
    }
    const operations = affected(topology, service, to)
    const way = to === undefined ? `through ${service}` : `between ${service} and ${to}`
    if (operations.length === 0) return yield* cannotPlan(`no operation goes ${way}`)
    const before = yield* usual(operations)
    const labelsOf = (one: string) => ({ [serviceLabel]: topology.services[one]?.workload ?? one })
    return {
      object: [name, service, ...(to === undefined ? [] : [to])].join("-"),
      spec: { namespace, pods: labelsOf(service), ...(to === undefined ? {} : { to: labelsOf(to) }), effect: effect(config) },
      before
    }
  })

  /** Rare operations are waited for: without a figure of before nobody could tell that the fault is there. */
  const usual = Effect.fnUntraced(function* (
    operations: ReadonlyArray<string>
  ): Effect.fn.Return<Symptom.Before, LabError, Cluster | InstalledApp> {
    let found: Symptom.Before = {}
    const look = Effect.map(Symptom.before(operations), (now) => {
      found = now
      return Object.keys(found).length > 0 ? undefined : `hardly anybody asks for ${operations.join(", ")}`
    })
    yield* until(look, 5 * minute, cannotPlan)
    return found
  })

  const impairment = ({ object, spec }: Plan) => PlaneObject.make(KubeClient.resources.networkImpairments, object, spec)

  const verify = (of: Plan) =>
    Effect.flatMap(Clock.currentTimeMillis, (since) =>
      until(
        Symptom.compared(of.before, slowerBy(of.spec.effect), since).pipe(
          Effect.map(({ unseen, worse }) => {
            if (worse.length > 0) return undefined
            const all = Object.keys(of.before)
            const seen = all.filter((name) => !unseen.includes(name))
            return seen.length === 0 ? `hardly anybody asks for ${all.join(", ")}` : `${seen.join(", ")} went as before`
          })
        ),
        5 * minute,
        (why) => labError("FAULT_NOT_VERIFIED", { fault: name, why })
      )
    )

  const keep = (of: Plan) => asking("looking at the impairment", impairment(of).keep)

  /** Pods that could not start over such a network start at once when they are new. */
  const recover = (of: Plan) =>
    asking("removing the impairment", (api) =>
      Effect.andThen(impairment(of).remove(api), Pods.removeUnready(api, of.spec.namespace, of.spec.pods))
    )

  /** An agent on a node may hold the object until its network is as it was. */
  const still = (of: Plan) =>
    asking("looking at the recovered network", (api) =>
      Effect.gen(function* () {
        if ((yield* impairment(of).find(api)) !== undefined) return "the impairment is still there"
        return Pods.waiting(yield* Pods.living(api, of.spec.namespace, of.spec.pods))
      })
    )

  const notRecovered = (why: string) => labError("FAULT_NOT_RECOVERED", { fault: name, why })

  /** Users who come must be served as before; where they are too few for a minute the objects have to do. */
  const verifyRecovered = (of: Plan) =>
    Effect.gen(function* () {
      yield* until(still(of), 5 * minute, notRecovered)
      const began = yield* Clock.currentTimeMillis
      const suffering = Effect.gen(function* () {
        const now = yield* Clock.currentTimeMillis
        const { unseen, worse } = yield* Symptom.compared(of.before, slowerBy(of.spec.effect), Math.max(began, now - minute))
        if (worse.length > 0) return `${worse.join(", ")} still suffer`
        return unseen.length > 0 && now - began < minute ? `hardly anybody asks for ${unseen.join(", ")}` : undefined
      })
      yield* until(suffering, 5 * minute, notRecovered)
    })

  return Fault.make({
    name,
    summary,
    config: configSchema,
    planSchema: Plan,
    agentRepair: "does-not-end",
    plan,
    inject: (of) => asking("impairing the network", impairment(of).create),
    verify,
    keep,
    recover,
    verifyRecovered
  })
}
