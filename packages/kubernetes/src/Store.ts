/**
 * An immutable, versioned store of Kubernetes objects. A write gives a new store that shares everything else; keeping an old one is a
 * snapshot, and costs nothing. Objects of a resource sort as in etcd (`namespace/name`), so that a list is a range and always in the
 * same order.
 *
 * Built on sorted-btree, whose `clone` is O(1) and copies on write: a tree that a store holds is never written again.
 */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import type * as BTree from "sorted-btree"
import { EmptyBTree } from "sorted-btree"
import type { Ownership } from "./apply/Ownership.ts"
import { carried, ownershipOf, remember } from "./apply/Ownership.ts"
import { equal } from "./Equal.ts"

/** One change, as a watch sees it. `resource` is `pods` or `deployments.apps`. */
export interface Change {
  readonly revision: number
  readonly type: "ADDED" | "MODIFIED" | "DELETED"
  readonly resource: string
  readonly object: KubeObject
  readonly previous?: KubeObject
}

/** An object that names an owner. */
export interface Dependent {
  readonly resource: string
  readonly object: KubeObject
}

type Table = BTree.default<string, KubeObject>
type Tables = BTree.default<string, Table>
/** `ownerUid/resource/namespace/name` of every object with an owner. */
type Owners = BTree.default<string, readonly [resource: string, key: string]>

/** Newest first; shared between stores, so a write adds one cell. */
interface Logged {
  readonly change: Change
  readonly before: Logged | undefined
}

/** The change log in two generations: when the newer one is full the older one is dropped, so that compaction is O(1). */
interface Log {
  readonly newer: Logged | undefined
  readonly length: number
  readonly older: Logged | undefined
  /** Changes up to this revision are gone. */
  readonly compacted: number
  /** The revision at which `newer` began. */
  readonly turned: number
}

/** Opaque: use the functions of this module. */
export interface Store {
  readonly revision: number
  /** @internal */
  readonly tables: Tables
  /** @internal */
  readonly owners: Owners
  /** @internal */
  readonly log: Log
}

/**
 * Changes kept at least; at most twice as many are. One request can delete a collection of thousands: who watches shall hear of each, as
 * from the watch cache of the real server, which grows with what happens up to 102,400 (pkg/storage/cacher).
 */
export const logLength = 16_384

const emptyTable: Table = EmptyBTree.clone()

/** The store before the first write. Its revision is 1, as etcd's: revision 0 means "any" in the API. */
export const empty: Store = {
  revision: 1,
  tables: EmptyBTree.clone(),
  owners: EmptyBTree.clone(),
  log: { newer: undefined, length: 0, older: undefined, compacted: 1, turned: 1 }
}

const keyOf = (namespace: string, name: string): string => `${namespace}/${name}`

/** `namespace` is empty for cluster-scoped resources. */
export const get = (store: Store, resource: string, namespace: string, name: string): KubeObject | undefined =>
  store.tables.get(resource)?.get(keyOf(namespace, name))

const nothing: ReadonlyArray<KubeObject> = []

/** Lists by version of the table, then by namespace: forks of one state list the same again and again. */
const lists = new WeakMap<Table, Map<string | undefined, ReadonlyArray<KubeObject>>>()

/**
 * All objects of a resource in order, of one namespace or (namespace `undefined`) of all. The same array (`===`) as long as no object of
 * the resource was written; it must not be changed.
 */
export const list = (store: Store, resource: string, namespace?: string): ReadonlyArray<KubeObject> => {
  const table = store.tables.get(resource)
  if (table === undefined) return nothing
  let known = lists.get(table)
  if (known === undefined) lists.set(table, (known = new Map()))
  const found = known.get(namespace)
  if (found !== undefined) return found
  const made = namespace === undefined ? table.valuesArray() : inNamespace(table, namespace)
  known.set(namespace, made)
  return made
}

const inNamespace = (table: Table, namespace: string): ReadonlyArray<KubeObject> => {
  const out: Array<KubeObject> = []
  // "0" follows "/"
  table.forRange(`${namespace}/`, `${namespace}0`, false, (_, object) => {
    out.push(object)
  })
  return out
}

/** The resources that have or had objects, in order. */
export const resources = (store: Store): ReadonlyArray<string> => store.tables.keysArray()

/** The same value (`===`) in two stores as long as no object of the resource was written in between; for caches of what follows from them. */
export const versionOf = (store: Store, resource: string): unknown => store.tables.get(resource)

/** The objects whose `metadata.ownerReferences` name this uid, in order of resource, namespace, name. */
export const dependents = (store: Store, ownerUid: string): ReadonlyArray<Dependent> => {
  const out: Array<Dependent> = []
  store.owners.forRange(`${ownerUid}/`, `${ownerUid}0`, false, (_, [resource, key]) => {
    const object = store.tables.get(resource)?.get(key)
    if (object !== undefined) out.push({ resource, object })
  })
  return out
}

/**
 * Adds or replaces; sets `metadata.resourceVersion` to the new revision. Putting an object that equals the stored one (whatever its
 * resourceVersion) gives the same store. Without an `ownership` its fields stay their owners'.
 */
export const put = (store: Store, resource: string, object: KubeObject, ownership?: Ownership): Store => {
  const place = placeOf(store, resource, object)
  return place.previous !== undefined && sameBut(place.previous, object) ? store : written(store, resource, object, place, ownership)
}

/** As `put`, and a new revision even when only the owners are others. */
export const replace = (store: Store, resource: string, object: KubeObject, ownership?: Ownership): Store =>
  written(store, resource, object, placeOf(store, resource, object), ownership)

interface Place {
  readonly key: string
  readonly table: Table
  readonly previous: KubeObject | undefined
}

const placeOf = (store: Store, resource: string, { metadata }: KubeObject): Place => {
  const key = keyOf(metadata.namespace ?? "", metadata.name)
  const table = store.tables.get(resource) ?? emptyTable
  return { key, table, previous: table.get(key) }
}

const written = (store: Store, resource: string, object: KubeObject, place: Place, ownership: Ownership | undefined): Store => {
  const { key, previous, table } = place
  const revision = store.revision + 1
  const stored: KubeObject = { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } }
  remember(stored, ownership ?? (previous === undefined ? undefined : ownershipOf(previous)))
  return {
    revision,
    tables: store.tables.with(resource, table.with(key, stored, true), true),
    owners: owned(store.owners, resource, key, previous, stored),
    log: logged(
      store.log,
      previous === undefined
        ? { revision, type: "ADDED", resource, object: stored }
        : { revision, type: "MODIFIED", resource, object: stored, previous }
    )
  }
}

/** The object of the logged change carries the revision of its deletion, as the real server's does. */
export const remove = (store: Store, resource: string, namespace: string, name: string): Store => {
  const key = keyOf(namespace, name)
  const table = store.tables.get(resource)
  const previous = table?.get(key)
  if (table === undefined || previous === undefined) return store
  const revision = store.revision + 1
  const object = carried(previous, { ...previous, metadata: { ...previous.metadata, resourceVersion: String(revision) } })
  return {
    revision,
    tables: store.tables.with(resource, table.without(key), true),
    owners: owned(store.owners, resource, key, previous, undefined),
    log: logged(store.log, { revision, type: "DELETED", resource, object, previous })
  }
}

/** Changes after a revision in order, or `undefined` when they were compacted away. */
export const changesAfter = (store: Store, revision: number): ReadonlyArray<Change> | undefined => {
  const { log } = store
  if (revision < log.compacted) return undefined
  const out: Array<Change> = []
  for (let cell = log.newer; cell !== undefined && cell.change.revision > revision; cell = cell.before) out.push(cell.change)
  if (revision < log.turned) {
    for (let cell = log.older; cell !== undefined && cell.change.revision > revision; cell = cell.before) out.push(cell.change)
  }
  return out.reverse()
}

/** Drops all changes up to and including the present revision, as etcd's compaction does. */
export const compact = (store: Store): Store => ({
  ...store,
  log: { newer: undefined, length: 0, older: undefined, compacted: store.revision, turned: store.revision }
})

const logged = (log: Log, change: Change): Log =>
  log.length < logLength
    ? { ...log, newer: { change, before: log.newer }, length: log.length + 1 }
    : { newer: { change, before: undefined }, length: 1, older: log.newer, compacted: log.turned, turned: change.revision - 1 }

const sameBut = (previous: KubeObject, object: KubeObject): boolean => {
  if (previous === object) return true
  for (const key in object) if (key !== "metadata" && !equal(object[key], previous[key])) return false
  for (const key in previous) if (previous[key] !== undefined && object[key] === undefined) return false
  return equal(previous.metadata, { ...object.metadata, resourceVersion: previous.metadata.resourceVersion })
}

const owned = (owners: Owners, resource: string, key: string, previous: KubeObject | undefined, next: KubeObject | undefined): Owners => {
  const before = previous?.metadata.ownerReferences
  const after = next?.metadata.ownerReferences
  if (before === after || equal(before, after)) return owners
  const out = owners.clone()
  for (const { uid } of before ?? []) out.delete(`${uid}/${resource}/${key}`)
  for (const { uid } of after ?? []) out.set(`${uid}/${resource}/${key}`, [resource, key])
  return out
}
