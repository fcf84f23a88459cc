/**
 * Brings the objects of a state back one by one, on a cluster that can't go back to a snapshot: what is gone is made again, what is new is
 * deleted, what differs is replaced, or made anew where the server does not let it be changed. What controllers derive follows by itself.
 */
import { groupResource, pathOf, type Resource } from "@aiopslab/core/KubeClient"
import type { KubeApi, KubeObject, KubeStatus } from "@aiopslab/core/Kubernetes"
import type { LabError } from "@aiopslab/core/LabError"
import { differences, isDerived } from "@aiopslab/core/Normalise"
import { refused } from "@aiopslab/core/Looking"
import * as Effect from "effect/Effect"
import type { Kinds } from "@aiopslab/core/Kinds"
import * as Objects from "@aiopslab/core/Objects"

/** What only the server may say. */
const servers: ReadonlySet<string> = new Set(["creationTimestamp", "generation", "managedFields", "resourceVersion", "selfLink", "uid"])

const fresh = ({ metadata, status: _, ...rest }: KubeObject): KubeObject => ({
  ...rest,
  metadata: { name: metadata.name, ...Object.fromEntries(Object.entries(metadata).filter(([field]) => !servers.has(field))) }
})

interface Place {
  readonly resource: Resource
  readonly path: string
  readonly collection: string
}

const placeOf = (resource: Resource, { metadata: { name, namespace } }: KubeObject): Place => ({
  resource,
  path: pathOf(resource, namespace, name),
  collection: pathOf(resource, namespace)
})

const gone = (status: KubeStatus): boolean => status.code === 404

const create = (api: KubeApi, { collection, path }: Place, object: KubeObject): Effect.Effect<void, LabError> =>
  api
    .request({ method: "POST", path: collection, body: fresh(object) })
    .pipe(Effect.asVoid, Effect.mapError(refused(`Making ${path} again`)))

const remove = (api: KubeApi, { path }: Place): Effect.Effect<void, LabError> =>
  api.request({ method: "DELETE", path }).pipe(
    Effect.asVoid,
    Effect.catchIf(gone, () => Effect.void),
    Effect.mapError(refused(`Deleting ${path}`))
  )

/** A field that can't be changed on the living object (a selector, a claim's volume) is no obstacle: the object is made anew. */
const replace = (api: KubeApi, place: Place, object: KubeObject, now: KubeObject): Effect.Effect<void, LabError> => {
  const wanted = fresh(object)
  const body = { ...wanted, metadata: { ...wanted.metadata, resourceVersion: now.metadata.resourceVersion } }
  return api.request({ method: "PUT", path: place.path, body }).pipe(
    Effect.asVoid,
    Effect.catchIf(
      (status) => status.reason === "Invalid",
      () => Effect.andThen(remove(api, place), create(api, place, object))
    ),
    Effect.mapError((error) => (error._tag === "LabError" ? error : refused(`Putting ${place.path} back`)(error)))
  )
}

export const putBack = (
  api: KubeApi,
  kinds: Kinds,
  namespace: string,
  before: ReadonlyMap<string, KubeObject>
): Effect.Effect<void, LabError> =>
  Effect.gen(function* () {
    const resources = new Map(kinds.state.map((resource) => [groupResource(resource), resource]))
    const resourceOf = (key: string) => resources.get(key.slice(0, key.indexOf("/")))
    const now = yield* Objects.all(api, kinds, namespace)
    for (const [key, object] of now) {
      const resource = resourceOf(key)
      if (resource !== undefined && !before.has(key) && !isDerived(groupResource(resource), object))
        yield* remove(api, placeOf(resource, object))
    }
    for (const [key, object] of before) {
      const resource = resourceOf(key)
      if (resource === undefined || isDerived(groupResource(resource), object)) continue
      const present = now.get(key)
      const place = placeOf(resource, object)
      if (present === undefined) yield* create(api, place, object)
      else if (differences(groupResource(resource), object, present).length > 0) yield* replace(api, place, object, present)
    }
  })
