/**
 * What a new API server holds before anybody wrote to it: namespaces, the service `kubernetes`, the roles users are bound to, flow schemas
 * and so on, as `scripts/bootstrap.ts` read them from a real one.
 */
import type { KubeObject, ObjectMeta } from "@aiopslab/core/Kubernetes"
import { Ownership } from "./apply/Ownership.ts"
import { at, isArray, isRecord, withAt } from "./Json.ts"
import type { Names } from "./Names.ts"
import { uidOf } from "./Names.ts"
import { builtInScheme, resourceOf } from "./Scheme.ts"
import data from "./scheme/generated/bootstrap.json" with { type: "json" }
import * as Store from "./Store.ts"
import { kubeTime } from "./Time.ts"

interface DataFile {
  readonly fields: ReadonlyArray<unknown>
  readonly collections: ReadonlyArray<{
    readonly apiVersion: string
    readonly kind: string
    readonly items: ReadonlyArray<{
      readonly metadata: ObjectMeta & { readonly managedFields: ReadonlyArray<ReadonlyArray<string | number>> }
      readonly [key: string]: unknown
    }>
  }>
}

const file: DataFile = data

/** With the times of the data file replaced; what holds none stays the same value, shared by all stores. */
const timed = (value: unknown, time: string): unknown => {
  if (typeof value === "string") {
    return value === "$time" ? time : value === "$micro" ? time.replace("Z", ".000000Z") : value === "$date" ? time.slice(0, 10) : value
  }
  if (isArray(value)) {
    const next = value.map((item) => timed(item, time))
    return next.every((item, i) => item === value[i]) ? value : next
  }
  if (!isRecord(value)) return value
  let next: Record<string, unknown> | undefined
  for (const key of Object.keys(value)) {
    const item = timed(value[key], time)
    if (item !== value[key]) (next ??= { ...value })[key] = item
  }
  return next ?? value
}

const objectsAt = (now: number): ReadonlyArray<KubeObject> => {
  const time = kubeTime(now)
  return file.collections.flatMap(({ apiVersion, items, kind }, table) =>
    items.map(({ metadata: { managedFields, ...metadata }, ...rest }, index): KubeObject => {
      const parts: Record<string, unknown> = {}
      for (const key of Object.keys(rest)) parts[key] = timed(rest[key], time)
      return {
        ...parts,
        apiVersion,
        kind,
        metadata: {
          ...metadata,
          uid: uidOf(table, index),
          creationTimestamp: time,
          managedFields: managedFields.map(([manager, operation, subresource, fields]) => ({
            manager,
            operation,
            apiVersion,
            time,
            fieldsType: "FieldsV1",
            fieldsV1: file.fields[Number(fields)],
            ...(subresource === "" ? {} : { subresource })
          }))
        }
      }
    })
  )
}

const put = (store: Store.Store, object: KubeObject): Store.Store => {
  const resource = resourceOf(builtInScheme, object)
  const { managedFields, ...metadata } = object.metadata
  return resource === undefined ? store : Store.put(store, resource.id, { ...object, metadata }, Ownership.recorded(managedFields))
}

/** What a cluster does not share with another that began at the same moment: few objects, with uids of its own. */
const own: ReadonlySet<string> = new Set(["Namespace", "Service", "ConfigMap", "ServiceCIDR", "IPAddress", "Lease", "PriorityClass"])

interface Base {
  readonly now: number
  /** Without the cluster's own objects. */
  readonly store: Store.Store
  readonly own: ReadonlyArray<KubeObject>
}

let last: Base | undefined

/** The same for every cluster that begins at this moment: worlds that all begin at the virtual epoch share it. */
const baseAt = (now: number): Base => {
  if (last?.now === now) return last
  const objects = objectsAt(now)
  const store = objects.filter(({ kind }) => !own.has(kind)).reduce(put, Store.empty)
  last = { now, store, own: objects.filter(({ kind }) => own.has(kind)) }
  return last
}

const holder = "$uid"

/** A lease's holder is a process of this cluster. */
const held = (object: KubeObject, names: Names): KubeObject => {
  const identity = at(object, "spec", "holderIdentity")
  return typeof identity !== "string" || !identity.includes(holder)
    ? object
    : { ...object, spec: withAt(object["spec"], ["holderIdentity"], identity.replace(holder, names.uid())) }
}

/** `now` in milliseconds since the epoch. */
export const initialStore = (now: number, names: Names): Store.Store => {
  const base = baseAt(now)
  return base.own.reduce((store, object) => {
    const metadata = { ...object.metadata, uid: names.uid() }
    return put(store, held({ ...object, metadata }, names))
  }, base.store)
}
