/**
 * A service's pods are deleted without a grace period, and so are those that come after them, each when it has lived for a while. Once would
 * be over before anybody looked: a controller makes a new pod at once.
 */
import { InstalledApp } from "@aiopslab/core/App"
import { Cluster } from "@aiopslab/core/Cluster"
import { DurationText } from "@aiopslab/core/DurationText"
import * as Fault from "@aiopslab/core/Fault"
import * as KubeClient from "@aiopslab/core/KubeClient"
import type { KubeApi, KubeObject, KubeStatus } from "@aiopslab/core/Kubernetes"
import { type LabError, labError } from "@aiopslab/core/LabError"
import { until, withApi } from "@aiopslab/core/Looking"
import * as Pods from "@aiopslab/core/Pods"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Target from "./Target.ts"

const name = "pod-kill"

const Config = Schema.Struct({
  service: Target.service,
  every: DurationText.annotate({ description: "How long a pod lives" }).pipe(Schema.withDecodingDefaultKey(Effect.succeed("20s")))
})

const Plan = Schema.Struct({
  namespace: Schema.String,
  pods: Schema.Record(Schema.String, Schema.String),
  everyMillis: Schema.Finite,
  /** The pods that were there when the fault was planned, by uid. */
  before: Schema.Array(Schema.String)
})
type Plan = typeof Plan.Type

const { pods: podResource } = KubeClient.resources

const asking = <A>(what: string, use: (api: KubeApi) => Effect.Effect<A, KubeStatus | LabError>) => withApi(`${name}: ${what}`, use)

const uidOf = ({ metadata }: KubeObject): string => metadata.uid ?? ""

const titleOf = ({ pods }: Plan): string => Object.values(pods).join(", ")

/** As `kubectl delete pod --grace-period=0 --force`; a pod that is gone already is fine. */
const kill = (api: KubeApi, { namespace }: Plan, pod: KubeObject): Effect.Effect<void, KubeStatus> =>
  api
    .request({
      method: "DELETE",
      path: KubeClient.pathOf(podResource, namespace, pod.metadata.name),
      body: { apiVersion: "v1", kind: "DeleteOptions", gracePeriodSeconds: 0, preconditions: { uid: uidOf(pod) } }
    })
    .pipe(
      Effect.asVoid,
      Effect.catchIf(
        ({ code }) => code === 404 || code === 409,
        () => Effect.void
      )
    )

const plan = Effect.fnUntraced(function* ({
  every,
  service
}: typeof Config.Type): Effect.fn.Return<Plan, LabError, Cluster | InstalledApp> {
  const { namespace, pods } = yield* Target.find(name, service)
  const found = yield* asking(`reading the pods of ${service}`, (api) => Pods.living(api, namespace, pods))
  if (found.length === 0) return yield* labError("FAULT_PLAN_FAILED", { fault: name, why: `${service} has no pods` })
  return { namespace, pods, everyMillis: Duration.toMillis(every), before: found.map(uidOf) }
})

/** Kills those that this holds for; gives how many those were. */
const killAll = (api: KubeApi, of: Plan, isDue: (pod: KubeObject) => boolean): Effect.Effect<number, KubeStatus> =>
  Effect.gen(function* () {
    const due = (yield* Pods.living(api, of.namespace, of.pods)).filter(isDue)
    yield* Effect.forEach(due, (pod) => kill(api, of, pod), { discard: true })
    return due.length
  })

const inject = (of: Plan) =>
  asking(`killing the pods of ${titleOf(of)}`, (api) => Effect.asVoid(killAll(api, of, (pod) => of.before.includes(uidOf(pod)))))

const verify = (of: Plan) =>
  until(
    asking(`looking at the pods of ${titleOf(of)}`, (api) =>
      Effect.map(Pods.living(api, of.namespace, of.pods), (found) => {
        const left = found.find((pod) => of.before.includes(uidOf(pod)))
        return left === undefined ? undefined : `pod ${left.metadata.name} lives`
      })
    ),
    60_000,
    (why) => labError("FAULT_NOT_VERIFIED", { fault: name, why })
  )

const keep = (of: Plan) =>
  Effect.flatMap(Clock.currentTimeMillis, (now) =>
    asking(`killing new pods of ${titleOf(of)}`, (api) =>
      Effect.map(
        killAll(api, of, ({ metadata }) => now - Date.parse(metadata.creationTimestamp ?? "") >= of.everyMillis),
        (hit) => (hit === 0 ? ("kept" as const) : ("re-applied" as const))
      )
    )
  )

/** Nothing is left to undo: controllers make the pods. */
const verifyRecovered = (of: Plan) =>
  until(
    asking(`looking at the pods of ${titleOf(of)}`, (api) => Effect.map(Pods.living(api, of.namespace, of.pods), Target.missing)),
    300_000,
    (why) => labError("FAULT_NOT_RECOVERED", { fault: name, why })
  )

export const podKill = Fault.make({
  name,
  summary: "A service's pods are killed, and new ones soon after they came",
  config: Config,
  planSchema: Plan,
  agentRepair: "does-not-end",
  plan,
  inject,
  verify,
  keep,
  recover: () => Effect.void,
  verifyRecovered
})
