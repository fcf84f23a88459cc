/**
 * The process of a service's container is killed again and again, until its kubelet waits minutes before it starts it anew. Through the API
 * nobody can kill it, so it is a `ContainerKill` of the hidden group; the fault lasts as long as that does, and no repair ends it.
 */
import { InstalledApp } from "@aiopslab/core/App"
import { Cluster } from "@aiopslab/core/Cluster"
import { ContainerKillSpec } from "@aiopslab/core/ContainerKill"
import { DurationText } from "@aiopslab/core/DurationText"
import * as Fault from "@aiopslab/core/Fault"
import * as KubeClient from "@aiopslab/core/KubeClient"
import type { KubeApi, KubeStatus } from "@aiopslab/core/Kubernetes"
import { type LabError, labError } from "@aiopslab/core/LabError"
import { until, withApi } from "@aiopslab/core/Looking"
import * as PlaneObject from "@aiopslab/core/PlaneObject"
import * as Pods from "@aiopslab/core/Pods"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Restarts from "./Restarts.ts"
import * as Target from "./Target.ts"

const name = "container-kill"

const Config = Schema.Struct({
  service: Target.service,
  container: Schema.optionalKey(Schema.String.annotate({ description: "Default: the one that serves" })),
  every: DurationText.annotate({ description: "From one kill to the next" }).pipe(Schema.withDecodingDefaultKey(Effect.succeed("30s")))
})

const Plan = Schema.Struct({
  /** The object's name. */
  object: Schema.String,
  spec: ContainerKillSpec,
  /** How often the container had been started again when the fault was planned, by the pod's uid. */
  restarts: Schema.Record(Schema.String, Schema.Int)
})
type Plan = typeof Plan.Type

const asking = <A>(what: string, use: (api: KubeApi) => Effect.Effect<A, KubeStatus | LabError>) => withApi(`${name}: ${what}`, use)

const cannotPlan = (why: string) => labError("FAULT_PLAN_FAILED", { fault: name, why })

const plan = Effect.fnUntraced(function* (config: typeof Config.Type): Effect.fn.Return<Plan, LabError, Cluster | InstalledApp> {
  const { service } = config
  const { namespace, of, pods } = yield* Target.find(name, service)
  const found = yield* asking(`reading the pods of ${service}`, (api) => Pods.living(api, namespace, pods))
  const container = config.container ?? of.container
  if (found.length === 0) return yield* cannotPlan(`${service} has no pods`)
  if (found.every((pod) => Restarts.of(pod, container) === undefined))
    return yield* cannotPlan(`the pods of ${service} have no container ${container}`)
  return {
    object: `${name}-${service}-${container}`,
    spec: { namespace, pods, container, everyMillis: Duration.toMillis(config.every) },
    restarts: Object.fromEntries(found.map((pod) => [pod.metadata.uid ?? "", Restarts.of(pod, container) ?? 0]))
  }
})

const killer = ({ object, spec }: Plan) => PlaneObject.make(KubeClient.resources.containerKills, object, spec)

const verify = (of: Plan) =>
  until(
    asking("looking for restarts", (api) =>
      Effect.map(Pods.living(api, of.spec.namespace, of.spec.pods), (found) => {
        const hit = found.some((pod) => (Restarts.of(pod, of.spec.container) ?? 0) > (of.restarts[pod.metadata.uid ?? ""] ?? 0))
        return hit ? undefined : `container ${of.spec.container} was not started again`
      })
    ),
    300_000,
    (why) => labError("FAULT_NOT_VERIFIED", { fault: name, why })
  )

const keep = (of: Plan) => asking("looking at the killer", killer(of).keep)

const recover = (of: Plan) =>
  asking("ending the kills", (api) => Effect.andThen(killer(of).remove(api), Pods.removeUnready(api, of.spec.namespace, of.spec.pods)))

const verifyRecovered = (of: Plan) =>
  until(
    asking("looking at the recovered pods", (api) =>
      Effect.gen(function* () {
        if ((yield* killer(of).find(api)) !== undefined) return "the killer is still there"
        return Target.missing(yield* Pods.living(api, of.spec.namespace, of.spec.pods))
      })
    ),
    300_000,
    (why) => labError("FAULT_NOT_RECOVERED", { fault: name, why })
  )

export const containerKill = Fault.make({
  name,
  summary: "A container's process is killed again and again",
  config: Config,
  planSchema: Plan,
  agentRepair: "does-not-end",
  plan,
  inject: (of) => asking("beginning the kills", killer(of).create),
  verify,
  keep,
  recover,
  verifyRecovered
})
