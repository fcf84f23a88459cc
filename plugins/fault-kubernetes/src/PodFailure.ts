/**
 * A service's pods stop serving: their containers get the pause image in place, as Chaos Mesh' `pod-failure` does. A container that names
 * its own command does not even start, for the pause image has no such program. It is kept up: new pods are hit as well, and no repair ends it.
 */
import { InstalledApp } from "@aiopslab/core/App"
import { Cluster } from "@aiopslab/core/Cluster"
import * as Fault from "@aiopslab/core/Fault"
import * as KubeClient from "@aiopslab/core/KubeClient"
import type { KubeApi, KubeObject, KubeStatus } from "@aiopslab/core/Kubernetes"
import { type LabError, labError } from "@aiopslab/core/LabError"
import { until, withApi } from "@aiopslab/core/Looking"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { asPod } from "./Shapes.ts"

const name = "pod-failure"

/** On every node already: it holds the pods' own namespaces. */
const pauseImage = "registry.k8s.io/pause:3.10"

const Config = Schema.Struct({ service: Schema.String.annotate({ description: "A service of the app's topology" }) })

const Plan = Schema.Struct({ namespace: Schema.String, service: Schema.String, selector: Schema.String })
type Plan = typeof Plan.Type

const podsOf = (api: KubeApi, { namespace, selector }: Plan): Effect.Effect<ReadonlyArray<KubeObject>, KubeStatus> =>
  KubeClient.list(api, KubeClient.resources.pods, namespace, { labelSelector: selector }).pipe(
    Effect.map((pods) => pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined))
  )

const isPaused = (object: KubeObject): boolean => asPod(object)?.spec.containers.every(({ image }) => image === pauseImage) === true

const isDown = (object: KubeObject): boolean => {
  const pod = asPod(object)
  return isPaused(object) && (pod?.status?.containerStatuses ?? []).every(({ image, ready }) => !ready || image.includes("/pause:"))
}

const isReady = (object: KubeObject): boolean => {
  const containers = asPod(object)?.status?.containerStatuses ?? []
  return containers.length > 0 && containers.every(({ ready }) => ready)
}

/** Puts the pause image into every pod that doesn't have it; gives how many those were. A pod that vanished meanwhile is fine. */
const pause = (api: KubeApi, plan: Plan): Effect.Effect<number, KubeStatus> =>
  Effect.gen(function* () {
    const hit = (yield* podsOf(api, plan)).filter((pod) => !isPaused(pod))
    yield* Effect.forEach(
      hit,
      (object) =>
        KubeClient.patch(api, KubeClient.resources.pods, plan.namespace, object.metadata.name, "strategic", {
          spec: { containers: (asPod(object)?.spec.containers ?? []).map((container) => ({ name: container.name, image: pauseImage })) }
        }).pipe(
          Effect.asVoid,
          Effect.catchIf(
            (status) => status.code === 404,
            () => Effect.void
          )
        ),
      { discard: true }
    )
    return hit.length
  })

const plan = Effect.fnUntraced(function* ({ service }: typeof Config.Type): Effect.fn.Return<Plan, LabError, Cluster | InstalledApp> {
  const { namespace, serviceLabel, topology } = yield* InstalledApp
  const found = topology.services[service]
  if (found === undefined) return yield* labError("FAULT_PLAN_FAILED", { fault: name, why: `the application has no service "${service}"` })
  const planned: Plan = { namespace, service, selector: `${serviceLabel}=${found.workload}` }
  const pods = yield* withApi(`${name}: reading the pods of ${service}`, (api) => podsOf(api, planned))
  if (pods.length === 0) return yield* labError("FAULT_PLAN_FAILED", { fault: name, why: `${service} has no pods` })
  return planned
})

const verify = (plan: Plan) =>
  until(
    withApi(`${name}: looking at the pods of ${plan.service}`, (api) =>
      Effect.map(podsOf(api, plan), (pods) => {
        const up = pods.find((pod) => !isDown(pod))
        return pods.length === 0 ? "there are no pods" : up === undefined ? undefined : `pod ${up.metadata.name} still serves`
      })
    ),
    300_000,
    (why) => labError("FAULT_NOT_VERIFIED", { fault: name, why })
  )

const recover = (plan: Plan) =>
  withApi(`${name}: deleting the failed pods of ${plan.service}`, (api) =>
    Effect.gen(function* () {
      const failed = (yield* podsOf(api, plan)).filter(isPaused)
      yield* Effect.forEach(failed, ({ metadata }) => KubeClient.remove(api, KubeClient.resources.pods, plan.namespace, metadata.name), {
        discard: true
      })
    })
  )

const verifyRecovered = (plan: Plan) =>
  until(
    withApi(`${name}: looking at the pods of ${plan.service}`, (api) =>
      Effect.map(podsOf(api, plan), (pods) => {
        const waiting = pods.find((pod) => isPaused(pod) || !isReady(pod))
        return waiting === undefined ? undefined : `pod ${waiting.metadata.name} is not back`
      })
    ),
    300_000,
    (why) => labError("FAULT_NOT_RECOVERED", { fault: name, why })
  )

export const podFailure = Fault.make({
  name,
  summary: "A service's pods stop serving, and new ones do too",
  config: Config,
  planSchema: Plan,
  agentRepair: "does-not-end",
  plan,
  inject: (plan) => withApi(`${name}: pausing the pods of ${plan.service}`, (api) => Effect.asVoid(pause(api, plan))),
  verify,
  keep: (plan) =>
    withApi(`${name}: pausing new pods of ${plan.service}`, (api) =>
      Effect.map(pause(api, plan), (hit) => (hit === 0 ? ("kept" as const) : ("re-applied" as const)))
    ),
  recover,
  verifyRecovered
})
