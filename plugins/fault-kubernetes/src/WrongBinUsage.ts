/**
 * A Deployment starts another program of its image. The pods run and are ready, as there are no probes; but they serve something else, so
 * whoever calls the service finds nobody.
 */
import { InstalledApp } from "@aiopslab/core/App"
import { Cluster } from "@aiopslab/core/Cluster"
import * as Fault from "@aiopslab/core/Fault"
import * as KubeClient from "@aiopslab/core/KubeClient"
import type { KubeApi } from "@aiopslab/core/Kubernetes"
import { type LabError, labError } from "@aiopslab/core/LabError"
import * as Clock from "effect/Clock"
import { until, withApi } from "@aiopslab/core/Looking"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { asDeployment, type Deployment, rolling } from "./Shapes.ts"

const name = "wrong-bin-usage"

const Config = Schema.Struct({
  deployment: Schema.String,
  container: Schema.optionalKey(
    Schema.String.annotate({ description: "Default: the only container, or the one whose command names the deployment" })
  ),
  command: Schema.Array(Schema.String).annotate({ description: "What it starts instead" })
})

const Plan = Schema.Struct({
  namespace: Schema.String,
  deployment: Schema.String,
  container: Schema.String,
  wrong: Schema.Array(Schema.String),
  /** Null: the image's own. */
  right: Schema.NullOr(Schema.Array(Schema.String))
})
type Plan = typeof Plan.Type

const cannotPlan = (why: string) => labError("FAULT_PLAN_FAILED", { fault: name, why })

const find = (api: KubeApi, { deployment, namespace }: Pick<Plan, "deployment" | "namespace">) =>
  KubeClient.find(api, KubeClient.resources.deployments, namespace, deployment).pipe(
    Effect.map((object) => (object === undefined ? undefined : asDeployment(object)))
  )

const commandOf = (deployment: Deployment, container: string): ReadonlyArray<string> | undefined =>
  deployment.spec.template.spec.containers.find((one) => one.name === container)?.command

const same = (a: ReadonlyArray<string> | null | undefined, b: ReadonlyArray<string> | null | undefined): boolean =>
  JSON.stringify(a ?? null) === JSON.stringify(b ?? null)

const setCommand = (api: KubeApi, plan: Plan, command: ReadonlyArray<string> | null) =>
  KubeClient.patch(api, KubeClient.resources.deployments, plan.namespace, plan.deployment, "strategic", {
    spec: { template: { spec: { containers: [{ name: plan.container, command }] } } }
  }).pipe(Effect.asVoid)

const plan = Effect.fnUntraced(function* (config: typeof Config.Type): Effect.fn.Return<Plan, LabError, Cluster | InstalledApp> {
  const { namespace } = yield* InstalledApp
  return yield* withApi(`${name}: reading deployment ${config.deployment}`, (api) =>
    Effect.gen(function* () {
      const deployment = yield* find(api, { namespace, deployment: config.deployment })
      if (deployment === undefined) return yield* cannotPlan(`there is no deployment ${config.deployment}`)
      const { containers } = deployment.spec.template.spec
      const chosen =
        config.container === undefined
          ? (containers.find(({ command }) => command?.some((word) => word.includes(config.deployment))) ??
            (containers.length === 1 ? containers[0] : undefined))
          : containers.find((one) => one.name === config.container)
      if (chosen === undefined)
        return yield* cannotPlan(`deployment ${config.deployment} has no container ${config.container ?? "whose command names it"}`)
      const right = chosen.command ?? null
      if (same(right, config.command)) return yield* cannotPlan(`container ${chosen.name} already runs ${config.command.join(" ")}`)
      return { namespace, deployment: config.deployment, container: chosen.name, wrong: config.command, right }
    })
  )
})

const inject = (plan: Plan) => withApi(`${name}: patching deployment ${plan.deployment}`, (api) => setCommand(api, plan, plan.wrong))

/** Whether users noticed since then; without users the rollout alone has to do. */
const usersFail = (plan: Plan, since: number) =>
  Effect.gen(function* () {
    const cluster = yield* Cluster
    const now = yield* Clock.currentTimeMillis
    if (now <= since) return "no user came yet"
    const stats = yield* cluster.telemetry.traffic({ since, until: now, namespace: plan.namespace })
    if (stats.length === 0 || stats.some(({ errors }) => errors > 0)) return undefined
    return "no user's request has failed"
  })

const verify = (plan: Plan) =>
  Effect.flatMap(Clock.currentTimeMillis, (began) =>
    until(
      Effect.gen(function* () {
        const why = yield* withApi(`${name}: looking at deployment ${plan.deployment}`, (api) => find(api, plan)).pipe(
          Effect.map((deployment) =>
            deployment === undefined
              ? "the deployment is gone"
              : same(commandOf(deployment, plan.container), plan.wrong)
                ? rolling(deployment)
                : `the deployment does not run ${plan.wrong.join(" ")}`
          )
        )
        return why ?? (yield* usersFail(plan, began))
      }),
      300_000,
      (why) => labError("FAULT_NOT_VERIFIED", { fault: name, why })
    )
  )

const keep = (plan: Plan, touched: (key: Fault.TouchedKey) => boolean) =>
  withApi(`${name}: looking at deployment ${plan.deployment}`, (api) =>
    Effect.gen(function* () {
      if (touched(`deployments.apps/${plan.namespace}/${plan.deployment}`)) return "kept" as const
      const deployment = yield* find(api, plan)
      if (deployment === undefined || same(commandOf(deployment, plan.container), plan.wrong)) return "kept" as const
      yield* setCommand(api, plan, plan.wrong)
      return "re-applied" as const
    })
  )

/** A deployment that the agent deleted took the fault with it: whoever puts it back puts back the right one. */
const recover = (plan: Plan) =>
  withApi(`${name}: patching deployment ${plan.deployment} back`, (api) =>
    Effect.gen(function* () {
      const deployment = yield* find(api, plan)
      if (deployment === undefined || same(commandOf(deployment, plan.container), plan.right)) return
      if (!deployment.spec.template.spec.containers.some((one) => one.name === plan.container)) return
      yield* setCommand(api, plan, plan.right)
    })
  )

const verifyRecovered = (plan: Plan) =>
  until(
    withApi(`${name}: looking at deployment ${plan.deployment}`, (api) =>
      Effect.map(find(api, plan), (deployment) => {
        if (deployment === undefined) return undefined
        return same(commandOf(deployment, plan.container), plan.wrong)
          ? `deployment/${plan.deployment} still runs [${plan.wrong.join(" ")}]`
          : rolling(deployment)
      })
    ),
    300_000,
    (why) => labError("FAULT_NOT_RECOVERED", { fault: name, why })
  )

export const wrongBinUsage = Fault.make({
  name,
  summary: "A deployment starts another program of its image",
  config: Config,
  planSchema: Plan,
  agentRepair: "ends",
  plan,
  inject,
  verify,
  keep,
  recover,
  verifyRecovered
})
