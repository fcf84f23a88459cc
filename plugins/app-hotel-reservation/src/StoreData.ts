/**
 * The users' data in the stores, read and put back through the mongo shell in the stores' pods, so that it works on any cluster.
 * A digest leaves out what the traffic itself writes (reservations) and the documents' `_id`, which a fresh import draws anew.
 */
import * as Cluster from "@aiopslab/core/Cluster"
import * as KubeClient from "@aiopslab/core/KubeClient"
import { admin, type KubeApi, type KubeObject, type KubeStatus } from "@aiopslab/core/Kubernetes"
import { labError } from "@aiopslab/core/LabError"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { seeds } from "./behaviours/Seed.ts"
import { appUser, type GoService, goServices, rootUser, type Store } from "./GoServices.ts"
import { serviceLabel } from "./manifests/Kompose.ts"

interface Target {
  readonly service: GoService
  readonly store: Store
  /** The command whose output stands for the store's data. */
  readonly digest: ReadonlyArray<string>
}

const mongo = (store: Store, script: string): ReadonlyArray<string> => [
  "mongo",
  store.database,
  "--quiet",
  ...(store.credentials === undefined ? [] : ["-u", rootUser.user, "-p", rootUser.password, "--authenticationDatabase", rootUser.database]),
  "--eval",
  script
]

const digestScript = (service: GoService): string =>
  (seeds[service.name] ?? [])
    .filter(({ name }) => name !== "reservation")
    .map(({ key, name }) => `print("${name} " + hex_md5(JSON.stringify(db.${name}.find({}, {_id: 0}).sort({${key}: 1}).toArray())))`)
    .join("; ")

const targets: ReadonlyArray<Target> = goServices.flatMap((service) => {
  const { store } = service
  return store === undefined ? [] : [{ service, store, digest: mongo(store, digestScript(service)) }]
})

const statusOf = (object: KubeObject): { readonly phase?: string } =>
  typeof object.status === "object" && object.status !== null ? object.status : {}

/** A running pod of each store, by the store's name. */
const podsOf = (api: KubeApi, namespace: string, stores: ReadonlyArray<Store>): Effect.Effect<ReadonlyMap<string, string>, KubeStatus> =>
  KubeClient.list(api, KubeClient.resources.pods, namespace, {
    labelSelector: `${serviceLabel} in (${stores.map(({ host }) => host).join(",")})`
  }).pipe(
    Effect.map((pods) => {
      const running = pods.filter((pod) => pod.metadata.deletionTimestamp === undefined && statusOf(pod).phase === "Running")
      return new Map(running.map(({ metadata }) => [metadata.labels?.[serviceLabel] ?? "", metadata.name]))
    })
  )

const podOf = (api: KubeApi, namespace: string, store: Store): Effect.Effect<string | undefined, KubeStatus> =>
  Effect.map(podsOf(api, namespace, [store]), (pods) => pods.get(store.host))

/** What the script prints; a store that does not run or refuses says so in the text, so that it differs from a healthy one. */
const readStore = (api: KubeApi, namespace: string, pod: string | undefined, { digest, store }: Target): Effect.Effect<string> =>
  pod === undefined
    ? Effect.succeed(`${store.host} is not running`)
    : KubeClient.exec(api, { namespace, pod, container: store.container }, digest).pipe(
        Effect.map(({ exitCode, stdout }) =>
          exitCode === 0 ? `${store.host}\n${stdout.trim()}` : `${store.host} answered with ${exitCode}: ${stdout.trim()}`
        ),
        Effect.catch((status) => Effect.succeed(`${store.host} is not readable: ${status.message}`))
      )

/** One line for each collection: its name and the MD5 of its documents. Never fails: an unreadable store gives another digest. */
export const digest = (namespace: string): Effect.Effect<string, never, Cluster.Cluster> =>
  Effect.gen(function* () {
    const cluster = yield* Cluster.Cluster
    const api = cluster.api(admin)
    const pods = yield* podsOf(
      api,
      namespace,
      targets.map(({ store }) => store)
    ).pipe(Effect.catch(() => Effect.succeed(new Map<string, string>())))
    const parts = yield* Effect.forEach(targets, (target) => readStore(api, namespace, pods.get(target.store.host), target))
    return parts.join("\n")
  })

const usersScript = (store: Store): string => {
  const wanted = [
    { user: appUser, roles: [{ role: "readWrite", db: store.database }] },
    { user: rootUser, roles: [{ role: "root", db: "admin" }] }
  ]
  return wanted
    .map(
      ({ roles, user }) =>
        `(function() { var a = db.getSiblingDB("admin"), r = ${JSON.stringify(roles)};` +
        ` if (a.getUser("${user.user}") === null) a.createUser({user: "${user.user}", pwd: "${user.password}", roles: r});` +
        ` else a.updateUser("${user.user}", {pwd: "${user.password}", roles: r}); })()`
    )
    .join("; ")
}

const refused = (what: string) => (why: string) => labError("CLUSTER_REQUEST_FAILED", { what, why })

/** Empties a store; its service fills it again when it starts. A guarded store whose administrator is gone begins anew with its init script. */
const emptyStore = Effect.fnUntraced(function* (api: KubeApi, namespace: string, { service, store }: Target) {
  const pod = yield* podOf(api, namespace, store)
  if (pod === undefined) return yield* Effect.fail(refused(`reset of ${store.host}`)("it is not running"))
  const container = { namespace, pod, container: store.container }
  const script = `${store.credentials === undefined ? "" : `${usersScript(store)}; `}db.getSiblingDB("${store.database}").dropDatabase()`
  const result = yield* KubeClient.exec(api, container, mongo(store, script))
  if (result.exitCode !== 0) {
    yield* KubeClient.exec(api, container, ["sh", "-c", "rm -rf /data/db/*"])
    yield* KubeClient.remove(api, KubeClient.resources.pods, namespace, pod)
  }
  const pods = yield* KubeClient.list(api, KubeClient.resources.pods, namespace, { labelSelector: `${serviceLabel}=${service.name}` })
  yield* Effect.forEach(pods, ({ metadata }) => KubeClient.remove(api, KubeClient.resources.pods, namespace, metadata.name))
})

/** Empties the stores whose data is not as seeded, and waits until their services have filled them again. */
export const resetData = (namespace: string) =>
  Effect.gen(function* () {
    const cluster = yield* Cluster.Cluster
    const api = cluster.api(admin)
    yield* Effect.forEach(targets, (target) => emptyStore(api, namespace, target))
    yield* Effect.forEach(targets, (target) =>
      filled(api, namespace, target).pipe(
        Effect.repeat({ until: (done) => done, schedule: Schedule.spaced("1 second") }),
        Effect.timeoutOrElse({
          duration: "5 minutes",
          orElse: () =>
            Effect.fail(
              labError("CLUSTER_NOT_READY", {
                waitingFor: `data of ${target.store.host}`,
                seconds: 300,
                state: "its collections are empty"
              })
            )
        })
      )
    )
  }).pipe(
    Effect.scoped,
    Effect.catchTag("KubeStatus", (status) => Effect.fail(refused("reset of the application's data")(status.message)))
  )

const filled = (api: KubeApi, namespace: string, { service, store }: Target) =>
  Effect.gen(function* () {
    const pod = yield* podOf(api, namespace, store)
    if (pod === undefined) return false
    const wanted = (seeds[service.name] ?? []).map(({ documents, name }) => [name, documents().length] as const)
    const script = `print(${wanted.map(([name, count]) => `(db.${name}.count() >= ${count})`).join(" && ")})`
    const result = yield* KubeClient.exec(api, { namespace, pod, container: store.container }, mongo(store, script))
    return result.exitCode === 0 && result.stdout.trim() === "true"
  }).pipe(
    Effect.scoped,
    Effect.catchTag("KubeStatus", () => Effect.succeed(false))
  )
