/**
 * Takes a service's database user its roles. Services log in when they start, so the fault also restarts those that use the store; they
 * then crash for want of authorization.
 */
import { InstalledApp } from "@aiopslab/core/App"
import { Cluster } from "@aiopslab/core/Cluster"
import * as Fault from "@aiopslab/core/Fault"
import * as KubeClient from "@aiopslab/core/KubeClient"
import { admin, type KubeApi, type KubeObject, type KubeStatus } from "@aiopslab/core/Kubernetes"
import { type LabError, labError } from "@aiopslab/core/LabError"
import { until, withApi } from "@aiopslab/core/Looking"
import * as Pods from "@aiopslab/core/Pods"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Plan, type Role } from "./Plan.ts"
import { hasCrashed } from "./Crash.ts"
import * as Users from "./Users.ts"

const name = "mongodb-revoke-roles"

const Config = Schema.Struct({
  store: Schema.String.annotate({ description: "A MongoDB with access control: a service of the app's topology" })
})

const cannotPlan = (why: string) => labError("FAULT_PLAN_FAILED", { fault: name, why })

const asking = <A>(what: string, use: (api: KubeApi) => Effect.Effect<A, KubeStatus | LabError>) => withApi(`${name}: ${what}`, use)

const dependantPods = (api: KubeApi, plan: Plan) =>
  Effect.forEach(plan.dependants, (service) => Pods.living(api, plan.namespace, { [plan.label]: service })).pipe(
    Effect.map((pods) => pods.flat())
  )

const plan = Effect.fnUntraced(function* ({ store }: typeof Config.Type): Effect.fn.Return<Plan, LabError, Cluster | InstalledApp> {
  const { namespace, serviceLabel: label, topology } = yield* InstalledApp
  const found = topology.services[store]
  if (found === undefined) return yield* cannotPlan(`the application has no store "${store}"`)
  if (found.administrator === undefined) return yield* cannotPlan(`${store} has no access control`)
  const users = Object.values(topology.services).flatMap(({ needs, workload }) =>
    (needs ?? []).flatMap((need) =>
      need.store === store && need.credentials !== undefined ? [{ workload, credentials: need.credentials }] : []
    )
  )
  const [first] = users
  if (first === undefined) return yield* cannotPlan(`no service logs in to ${store}`)
  const { administrator } = found
  const target: Users.Target = {
    namespace,
    label,
    store: { workload: found.workload, container: found.container },
    administrator: { database: "admin", ...administrator },
    user: { database: "admin", ...first.credentials }
  }
  const dependants = users.filter(({ credentials }) => credentials.user === first.credentials.user).map(({ workload }) => workload)
  return yield* asking("reading the store's users", (api) =>
    Effect.gen(function* () {
      const { administratorId, roles } = yield* Users.read(api, target)
      if (roles === null || roles.length === 0) return yield* cannotPlan(`user ${target.user.user} of ${store} has no roles to revoke`)
      const unplaced: Plan = { ...target, administratorId, roles, dependants, podsBefore: [] }
      const pods = yield* dependantPods(api, unplaced)
      return { ...unplaced, podsBefore: pods.map(({ metadata }) => metadata.name) }
    })
  )
})

const inject = (plan: Plan) =>
  asking("revoking roles", (api) =>
    Effect.gen(function* () {
      yield* Users.revoke(api, plan, plan.roles)
      yield* Pods.remove(api, plan.namespace, yield* dependantPods(api, plan))
    })
  )

const verify = (plan: Plan) =>
  until(
    asking("looking for crashes", (api) =>
      Effect.map(dependantPods(api, plan), (pods) => {
        const crashed = pods.some((pod) => !plan.podsBefore.includes(pod.metadata.name) && hasCrashed(pod))
        return crashed ? undefined : `no new pod of ${plan.dependants.join(", ")} has crashed`
      })
    ),
    300_000,
    (why) => labError("FAULT_NOT_VERIFIED", { fault: name, why })
  )

const holds = (roles: ReadonlyArray<Role> | null, wanted: ReadonlyArray<Role>): boolean =>
  roles !== null && wanted.every((role) => roles.some((one) => one.role === role.role && one.db === role.db))

/**
 * Only a store that lost its data forgets the fault by itself: its init script makes the users anew. The agent's own repair keeps the
 * administrator's id, and stays.
 */
const keep = (plan: Plan, touched: (key: Fault.TouchedKey) => boolean) =>
  asking("looking at the store's users", (api) =>
    Effect.gen(function* () {
      const { administratorId, roles } = yield* Users.read(api, plan)
      if (administratorId === plan.administratorId || !holds(roles, plan.roles)) return "kept" as const
      const { label, namespace, store } = plan
      const pods = yield* Pods.living(api, namespace, { [label]: store.workload })
      if (
        touched(`deployments.apps/${namespace}/${store.workload}`) ||
        pods.some(({ metadata }) => touched(`pods/${namespace}/${metadata.name}`))
      ) {
        return "kept" as const
      }
      yield* Users.revoke(api, plan, plan.roles)
      yield* Pods.remove(api, namespace, yield* dependantPods(api, plan))
      return "re-applied" as const
    })
  )

const replicasOf = (deployment: KubeObject): unknown =>
  typeof deployment.spec === "object" && deployment.spec !== null && "replicas" in deployment.spec ? deployment.spec.replicas : undefined

/**
 * Whether the store is still there. One that the agent scaled away has to run again before its users can be put right; one that it deleted
 * took the fault with it, and comes back with the users that the application gives it.
 */
const revived = (plan: Plan) =>
  asking("looking for the store", (api) =>
    Effect.gen(function* () {
      const { namespace, store } = plan
      const found = yield* KubeClient.find(api, KubeClient.resources.deployments, namespace, store.workload)
      if (found === undefined) return "gone" as const
      if (replicasOf(found) === 0) yield* KubeClient.scale(api, KubeClient.resources.deployments, namespace, store.workload, 1)
      return "there" as const
    })
  )

const recover = (plan: Plan) =>
  Effect.gen(function* () {
    const { api } = yield* Cluster
    if ((yield* revived(plan)) === "gone") return
    yield* until(
      Users.restore(api(admin), plan, plan.roles).pipe(
        Effect.as(undefined),
        Effect.catch((status) => Effect.succeed(status.message))
      ),
      120_000,
      (why) => labError("FAULT_NOT_RECOVERED", { fault: name, why })
    )
    // a fresh pod starts at once; one that crashed waits up to five minutes
    yield* asking("restarting the dependants", (admins) =>
      Effect.gen(function* () {
        const pods = yield* dependantPods(admins, plan)
        yield* Pods.remove(
          admins,
          plan.namespace,
          pods.filter((pod) => !Pods.isReady(pod) || hasCrashed(pod))
        )
      })
    )
  })

const verifyRecovered = (plan: Plan) =>
  until(
    asking("looking at the recovered store", (api) =>
      Effect.gen(function* () {
        const store = yield* KubeClient.find(api, KubeClient.resources.deployments, plan.namespace, plan.store.workload)
        if (store === undefined) return undefined
        const { roles } = yield* Users.read(api, plan)
        if (!holds(roles, plan.roles)) return `user ${plan.user.user} lacks its roles`
        return Pods.waiting(yield* dependantPods(api, plan))
      })
    ),
    300_000,
    (why) => labError("FAULT_NOT_RECOVERED", { fault: name, why })
  )

export const revokeRoles = Fault.make({
  name,
  summary: "The database user of a service loses its roles",
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
