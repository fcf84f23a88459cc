/** The kinds that a cluster serves, from its discovery: which objects make up a state, and under which path an object of a manifest lies. */
import { pathOf, type Resource } from "./KubeClient.ts"
import type { KubeApi, KubeObject, KubeStatus } from "./Kubernetes.ts"
import { type LabError, labError } from "./LabError.ts"
import { planeGroup } from "./Workload.ts"
import { refused } from "./Looking.ts"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

export interface Kinds {
  /** What can be listed and created, in the order of discovery; without the framework's own group and mere reports (events, leases). */
  readonly state: ReadonlyArray<Resource>
  /** By `apiVersion/kind`. */
  readonly byKind: ReadonlyMap<string, Resource>
}

const ResourceList = Schema.Struct({
  resources: Schema.Array(
    Schema.Struct({ name: Schema.String, kind: Schema.String, namespaced: Schema.Boolean, verbs: Schema.Array(Schema.String) })
  )
})
const GroupList = Schema.Struct({
  groups: Schema.Array(
    Schema.Struct({ name: Schema.String, preferredVersion: Schema.Struct({ version: Schema.String, groupVersion: Schema.String }) })
  )
})

const reports: ReadonlySet<string> = new Set(["events", "leases", "componentstatuses", "bindings"])

const getJson = <S extends Schema.Codec<unknown, unknown>>(api: KubeApi, path: string, schema: S): Effect.Effect<S["Type"], LabError> =>
  api.request({ method: "GET", path }).pipe(
    Effect.mapError(refused(`GET ${path}`)),
    Effect.flatMap((reply) =>
      Schema.decodeUnknownEffect(schema)(reply.body).pipe(
        Effect.mapError((error) => labError("CLUSTER_REQUEST_FAILED", { what: `GET ${path}`, why: error.message }))
      )
    )
  )

/** Asks the cluster; kinds of another version than the preferred one are not seen. */
export const discover = (api: KubeApi): Effect.Effect<Kinds, LabError> =>
  Effect.gen(function* () {
    const { groups } = yield* getJson(api, "/apis", GroupList)
    const versions = [
      { group: "", version: "v1", path: "/api/v1" },
      ...groups.map((group) => ({
        group: group.name,
        version: group.preferredVersion.version,
        path: `/apis/${group.preferredVersion.groupVersion}`
      }))
    ]
    const byKind = new Map<string, Resource>()
    const state: Array<Resource> = []
    for (const { group, path, version } of versions) {
      const { resources } = yield* getJson(api, path, ResourceList)
      for (const { kind, name, namespaced, verbs } of resources) {
        if (name.includes("/")) continue
        const resource: Resource = { group, version, plural: name, kind, namespaced }
        byKind.set(`${group === "" ? version : `${group}/${version}`}/${kind}`, resource)
        if (group !== planeGroup && !reports.has(name) && verbs.includes("list") && verbs.includes("create")) state.push(resource)
      }
    }
    return { state, byKind }
  })

/** The resource of an object; fails when the cluster doesn't serve its kind. */
export const resourceOf = (kinds: Kinds, object: KubeObject): Effect.Effect<Resource, LabError> => {
  const found = kinds.byKind.get(`${object.apiVersion}/${object.kind}`)
  return found === undefined
    ? Effect.fail(
        labError("CLUSTER_REQUEST_FAILED", {
          what: `Creating ${object.kind} ${object.metadata.name}`,
          why: `the cluster serves no ${object.apiVersion} ${object.kind}`
        })
      )
    : Effect.succeed(found)
}

/** Creates what isn't there yet, in order; an object that exists is left as it is. */
export const createAll = (api: KubeApi, kinds: Kinds, objects: ReadonlyArray<KubeObject>): Effect.Effect<void, LabError> =>
  Effect.forEach(
    objects,
    (object) =>
      Effect.flatMap(resourceOf(kinds, object), (resource) => {
        const path = pathOf(resource, object.metadata.namespace)
        return api.request({ method: "POST", path, body: object }).pipe(
          Effect.catchIf(
            (status: KubeStatus) => status.reason === "AlreadyExists",
            () => Effect.void
          ),
          Effect.mapError(refused(`POST ${path} (${object.metadata.name})`))
        )
      }),
    { discard: true }
  )
