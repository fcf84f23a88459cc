/** Reads the present objects of a cluster under the same keys as the baseline's, `resource/namespace/name`. */
import { Cluster } from "@aiopslab/core/Cluster"
import { groupResource, list, type Resource } from "@aiopslab/core/KubeClient"
import { admin, type KubeObject } from "@aiopslab/core/Kubernetes"
import type { LabError } from "@aiopslab/core/LabError"
import { resourceOf } from "@aiopslab/core/Normalise"
import { refused } from "@aiopslab/core/Looking"
import * as Effect from "effect/Effect"

export type Objects = ReadonlyMap<string, KubeObject>

/** A resource as the baseline holds it: where its objects are listed. */
interface Place {
  readonly resource: Resource
  readonly namespace: string | undefined
}

const placeOf = (key: string, { apiVersion, kind, metadata }: KubeObject): Place => {
  const [group, version] = apiVersion.includes("/") ? apiVersion.split("/") : ["", apiVersion]
  const [plural = ""] = resourceOf(key).split(".")
  return {
    resource: { group: group ?? "", version: version ?? "", plural, kind, namespaced: metadata.namespace !== undefined },
    namespace: metadata.namespace
  }
}

const listed = ({ namespace, resource }: Place): Effect.Effect<ReadonlyArray<KubeObject>, LabError, Cluster> =>
  Cluster.use((cluster) =>
    list(cluster.api(admin), resource, namespace).pipe(Effect.mapError(refused(`Listing ${groupResource(resource)}`)))
  )

/** All objects of one resource in a namespace (of all that are not in one, without it). */
export const objectsOf = (resource: Resource, namespace: string | undefined): Effect.Effect<Objects, LabError, Cluster> =>
  Effect.map(listed({ resource, namespace }), (objects) => {
    const prefix = groupResource(resource)
    return new Map(objects.map((object) => [`${prefix}/${object.metadata.namespace ?? ""}/${object.metadata.name}`, object]))
  })

/** The present state of every resource that the baseline has an object of, as far as it is wanted; one request for each. */
export const present = (baseline: Objects, wanted: (resource: string) => boolean): Effect.Effect<Objects, LabError, Cluster> =>
  Effect.gen(function* () {
    const places = new Map<string, Place>()
    for (const [key, object] of baseline) {
      const at = `${resourceOf(key)} ${object.metadata.namespace ?? ""}`
      if (!places.has(at) && wanted(resourceOf(key))) places.set(at, placeOf(key, object))
    }
    const out = new Map<string, KubeObject>()
    for (const { namespace, resource } of places.values()) {
      for (const [key, object] of yield* objectsOf(resource, namespace)) out.set(key, object)
    }
    return out
  })
