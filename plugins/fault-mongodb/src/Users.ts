/** A store's users, read and changed through the mongo shell in its pod: the same on every cluster. */
import * as KubeClient from "@aiopslab/core/KubeClient"
import type { KubeApi } from "@aiopslab/core/Kubernetes"
import { KubeStatus } from "@aiopslab/core/Kubernetes"
import * as Pods from "@aiopslab/core/Pods"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type Plan, Role } from "./Plan.ts"
import { isRunning } from "./Crash.ts"

export type Target = Pick<Plan, "namespace" | "label" | "store" | "administrator" | "user">

const failed = (message: string) => new KubeStatus({ code: 500, reason: "InternalError", message })

/** What a script prints, run as the administrator. Fails when no pod of the store runs or the shell ends with an error. */
const run = Effect.fnUntraced(function* (api: KubeApi, target: Target, script: string): Effect.fn.Return<string, KubeStatus> {
  const { administrator, label, namespace, store } = target
  const pods = yield* Pods.living(api, namespace, { [label]: store.workload })
  const pod = pods.find(isRunning)
  if (pod === undefined) return yield* failed(`no pod of ${store.workload} is running`)
  const login = ["-u", administrator.user, "-p", administrator.password, "--authenticationDatabase", administrator.database]
  const argv = ["mongo", target.user.database, "--quiet", ...login, "--eval", script]
  const result = yield* KubeClient.exec(api, { namespace, pod: pod.metadata.name, container: store.container }, argv).pipe(Effect.scoped)
  return result.exitCode === 0
    ? result.stdout
    : yield* failed(`mongo in ${pod.metadata.name} ended with ${result.exitCode}: ${result.stdout.trim()}`)
})

const Found = Schema.fromJsonString(Schema.Struct({ administratorId: Schema.String, roles: Schema.NullOr(Schema.Array(Role)) }))
export type Found = typeof Found.Type

const text = (value: unknown): string => JSON.stringify(value)

/** The user's roles (null when there is no such user) and who administers the store. */
export const read = (api: KubeApi, target: Target): Effect.Effect<Found, KubeStatus> => {
  const { administrator, user } = target
  const script =
    `var u = db.getUser(${text(user.user)}); var a = db.getSiblingDB(${text(administrator.database)}).getUser(${text(administrator.user)}); ` +
    "print(JSON.stringify({administratorId: String(a.userId), roles: u === null ? null : u.roles}))"
  return run(api, target, script).pipe(
    Effect.flatMap((printed) => Schema.decodeEffect(Found)(printed.trim())),
    Effect.mapError((error) =>
      error instanceof KubeStatus ? error : failed(`the users of ${target.store.workload} cannot be read: ${error.message}`)
    )
  )
}

export const revoke = (api: KubeApi, target: Target, roles: ReadonlyArray<Role>): Effect.Effect<void, KubeStatus> =>
  run(
    api,
    target,
    `if (db.getUser(${text(target.user.user)}) !== null) db.revokeRolesFromUser(${text(target.user.user)}, ${text(roles)})`
  ).pipe(Effect.asVoid)

/** Gives the user exactly these roles and its password, creating it where it is gone. */
export const restore = (api: KubeApi, target: Target, roles: ReadonlyArray<Role>): Effect.Effect<void, KubeStatus> => {
  const { password, user } = target.user
  const script =
    `if (db.getUser(${text(user)}) === null) db.createUser(${text({ user, pwd: password, roles })}); ` +
    `else db.updateUser(${text(user)}, ${text({ pwd: password, roles })})`
  return run(api, target, script).pipe(Effect.asVoid)
}
