/**
 * All objects that make up a state: those of an application's namespace and the cluster-wide ones, or those of every namespace. One request
 * for each kind.
 */
import { groupResource, pathOf, type Resource, typed } from "./KubeClient.ts"
import type { KubeApi, KubeObject } from "./Kubernetes.ts"
import type { LabError } from "./LabError.ts"
import { refused } from "./Looking.ts"
import * as Effect from "effect/Effect"
import type { Kinds } from "./Kinds.ts"

const itemsOf = (body: unknown): ReadonlyArray<KubeObject> =>
  typeof body === "object" && body !== null && "items" in body && Array.isArray(body.items) ? body.items : []

type Entries = ReadonlyArray<readonly [key: string, object: KubeObject]>

/** Of lists that came with these very items: a server in process answers with the same ones until something is written. */
const known = new WeakMap<ReadonlyArray<KubeObject>, { readonly resource: Resource; readonly entries: Entries }>()

const entriesOf = (items: ReadonlyArray<KubeObject>, resource: Resource): Entries => {
  const found = known.get(items)
  if (found?.resource === resource) return found.entries
  const prefix = groupResource(resource)
  const apiVersion = resource.group === "" ? resource.version : `${resource.group}/${resource.version}`
  const entries = items.map((item) => {
    const object = typed(item, apiVersion, resource.kind)
    return [`${prefix}/${object.metadata.namespace ?? ""}/${object.metadata.name}`, object] as const
  })
  known.set(items, { resource, entries })
  return entries
}

const pathsByKinds = new WeakMap<Kinds, Map<string | undefined, ReadonlyArray<string>>>()

/** The path of each kind's list, made once: a server finds a text that it has seen faster than a new one. */
const pathsOf = (kinds: Kinds, namespace: string | undefined): ReadonlyArray<string> => {
  let byNamespace = pathsByKinds.get(kinds)
  if (byNamespace === undefined) pathsByKinds.set(kinds, (byNamespace = new Map()))
  const known = byNamespace.get(namespace)
  if (known !== undefined) return known
  const paths = kinds.state.map((resource) => pathOf(resource, namespace))
  byNamespace.set(namespace, paths)
  return paths
}

/** Of every namespace where none is given. By `resource/namespace/name`, in the order of discovery and then of the lists. Objects are the server's own values where it is in process. */
export const all = (api: KubeApi, kinds: Kinds, namespace?: string): Effect.Effect<ReadonlyMap<string, KubeObject>, LabError> =>
  Effect.gen(function* () {
    const out = new Map<string, KubeObject>()
    const paths = pathsOf(kinds, namespace)
    for (const [index, resource] of kinds.state.entries()) {
      const path = paths[index] ?? ""
      const reply = yield* Effect.mapError(api.request({ method: "GET", path }), refused(`GET ${path}`))
      for (const [key, object] of entriesOf(itemsOf(reply.body), resource)) out.set(key, object)
    }
    return out
  })
