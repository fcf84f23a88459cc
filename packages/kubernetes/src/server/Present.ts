/** How objects are shown: as they are, as a Table, or as their metadata, by the `Accept` header. */
import type { KubeObject, KubeReply, KubeRequest } from "@aiopslab/core/Kubernetes"
import * as Owners from "../apply/Ownership.ts"
import type { JsonRecord } from "../Json.ts"
import type { Resource } from "../Scheme.ts"
import * as Columns from "../custom/Columns.ts"
import * as Table from "../Table.ts"
import { form } from "./Negotiate.ts"
import { query } from "./Route.ts"

/** The generation of a daemon set's template is an annotation of the whole object alone. */
const bare = ({ kind, metadata }: KubeObject): KubeObject["metadata"] => {
  const { annotations, ...rest } = metadata
  if (kind !== "DaemonSet" || annotations === undefined) return metadata
  const { [templateGeneration]: _, ...others } = annotations
  return Object.keys(others).length === 0 ? rest : { ...rest, annotations: others }
}

const templateGeneration = "deprecated.daemonset.template.generation"

const metadataOf = (object: KubeObject, version: string): KubeObject => ({
  kind: "PartialObjectMetadata",
  apiVersion: `meta.k8s.io/${version}`,
  metadata: bare(Owners.shown(object))
})

const rowObject =
  (request: KubeRequest, version: string) =>
  (object: KubeObject): unknown => {
    switch (query(request, "includeObject")) {
      case "None":
        return null
      case "Object":
        return Owners.shown(object)
      default:
        return metadataOf(object, version)
    }
  }

const table = (
  request: KubeRequest,
  resource: Resource,
  objects: ReadonlyArray<KubeObject>,
  metadata: JsonRecord,
  now: number,
  version: string
): JsonRecord => {
  const { custom, stored } = resource
  const { columns, rows } =
    custom === undefined
      ? Table.render(resource.id, stored === undefined ? objects : objects.map(stored.toStorage), now)
      : Columns.render(custom, objects, now)
  const shown = rowObject(request, version)
  return {
    kind: "Table",
    apiVersion: `meta.k8s.io/${version}`,
    metadata,
    columnDefinitions: columns,
    rows: objects.map((object, i) => ({ cells: rows[i] ?? [], object: shown(object) }))
  }
}

/** Whether the answer depends on the time: only tables have ages. */
export const needsTime = (request: KubeRequest): boolean => form(request).kind === "table"

export const one = (request: KubeRequest, resource: Resource, object: KubeObject, now: number): JsonRecord => {
  const shown = form(request)
  switch (shown.kind) {
    case "object":
      return Owners.shown(object)
    case "table":
      return table(request, resource, [object], { resourceVersion: object.metadata.resourceVersion ?? "" }, now, shown.version)
    default:
      return metadataOf(object, shown.version)
  }
}

const itemsByObject = new WeakMap<KubeObject, JsonRecord>()

/** Items of a list carry no kind and apiVersion of their own, as the real server's do not. The same object gives the same item. */
const item = (object: KubeObject): JsonRecord => {
  const known = itemsByObject.get(object)
  if (known !== undefined) return known
  const { apiVersion: _, kind: __, ...rest } = Owners.shown(object)
  itemsByObject.set(object, rest)
  return rest
}

const itemsByList = new WeakMap<ReadonlyArray<KubeObject>, ReadonlyArray<JsonRecord>>()

const itemsOf = (objects: ReadonlyArray<KubeObject>): ReadonlyArray<JsonRecord> => {
  const known = itemsByList.get(objects)
  if (known !== undefined) return known
  const items = objects.map(item)
  itemsByList.set(objects, items)
  return items
}

export const many = (
  request: KubeRequest,
  resource: Resource,
  objects: ReadonlyArray<KubeObject>,
  metadata: JsonRecord,
  now: number
): JsonRecord => {
  const shown = form(request)
  switch (shown.kind) {
    case "object":
      if (resource.custom !== undefined) {
        const { apiVersion, custom } = resource
        return { kind: custom.listKind, apiVersion, metadata: { continue: "", ...metadata }, items: objects.map(Owners.shown) }
      }
      return { kind: `${resource.kind}List`, apiVersion: resource.apiVersion, metadata, items: itemsOf(objects) }
    case "table":
      return table(request, resource, Table.arranged(resource.id, objects), metadata, now, shown.version)
    default:
      return {
        kind: "PartialObjectMetadataList",
        apiVersion: `meta.k8s.io/${shown.version}`,
        metadata,
        items: objects.map((object) => metadataOf(object, shown.version))
      }
  }
}

/** The object of a watch event in the form asked for. */
export const event = (request: KubeRequest, resource: Resource, object: KubeObject, now: number): KubeObject => {
  const shown = form(request)
  switch (shown.kind) {
    case "object":
      return Owners.shown(object)
    case "table": {
      const apiVersion = `meta.k8s.io/${shown.version}`
      const metadata = { name: "", resourceVersion: object.metadata.resourceVersion ?? "" }
      return { ...table(request, resource, [object], {}, now, shown.version), kind: "Table", apiVersion, metadata }
    }
    default:
      return metadataOf(object, shown.version)
  }
}

export const reply = (code: number, body: unknown, warnings: ReadonlyArray<string> = []): KubeReply =>
  warnings.length === 0 ? { code, body } : { code, body, warnings }
