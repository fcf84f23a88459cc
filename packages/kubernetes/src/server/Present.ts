/** How objects are shown: as they are, as a Table, or as their metadata, by the `Accept` header. */
import type { KubeObject, KubeReply, KubeRequest } from "@aiopslab/core/Kubernetes"
import { shown } from "../apply/Ownership.ts"
import type { JsonRecord } from "../Json.ts"
import type { Resource } from "../Scheme.ts"
import * as Table from "../Table.ts"
import { query } from "./Route.ts"

type Form = "object" | "table" | "metadata"

const formOf = (request: KubeRequest): Form => {
  const first = request.accept?.split(",").find((range) => !range.includes("protobuf")) ?? ""
  return first.includes("as=Table") ? "table" : first.includes("as=PartialObjectMetadata") ? "metadata" : "object"
}

const metadataOf = (object: KubeObject): JsonRecord => ({
  kind: "PartialObjectMetadata",
  apiVersion: "meta.k8s.io/v1",
  metadata: shown(object).metadata
})

const rowObject =
  (request: KubeRequest) =>
  (object: KubeObject): unknown => {
    switch (query(request, "includeObject")) {
      case "None":
        return null
      case "Object":
        return shown(object)
      default:
        return metadataOf(object)
    }
  }

const table = (
  request: KubeRequest,
  resource: Resource,
  objects: ReadonlyArray<KubeObject>,
  metadata: JsonRecord,
  now: number
): JsonRecord => {
  const { stored } = resource
  const { columns, rows } = Table.render(resource.id, stored === undefined ? objects : objects.map(stored.toStorage), now)
  const rowOf = rowObject(request)
  return {
    kind: "Table",
    apiVersion: "meta.k8s.io/v1",
    metadata,
    columnDefinitions: columns,
    rows: objects.map((object, i) => ({ cells: rows[i] ?? [], object: rowOf(object) }))
  }
}

/** Whether the answer depends on the time: only tables have ages. */
export const needsTime = (request: KubeRequest): boolean => formOf(request) === "table"

export const one = (request: KubeRequest, resource: Resource, object: KubeObject, now: number): JsonRecord => {
  switch (formOf(request)) {
    case "object":
      return shown(object)
    case "table":
      return table(request, resource, [object], { resourceVersion: object.metadata.resourceVersion ?? "" }, now)
    case "metadata":
      return metadataOf(object)
  }
}

const itemsByObject = new WeakMap<KubeObject, JsonRecord>()

/** Items of a list carry no kind and apiVersion of their own, as the real server's do not. The same object gives the same item. */
const item = (object: KubeObject): JsonRecord => {
  const known = itemsByObject.get(object)
  if (known !== undefined) return known
  const { apiVersion: _, kind: __, ...rest } = shown(object)
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
  switch (formOf(request)) {
    case "object":
      return { kind: `${resource.kind}List`, apiVersion: resource.apiVersion, metadata, items: itemsOf(objects) }
    case "table":
      return table(request, resource, objects, metadata, now)
    case "metadata":
      return { kind: "PartialObjectMetadataList", apiVersion: "meta.k8s.io/v1", metadata, items: objects.map(metadataOf) }
  }
}

/** The object of a watch event in the form asked for. */
export const event = (request: KubeRequest, resource: Resource, object: KubeObject, now: number): KubeObject => {
  switch (formOf(request)) {
    case "object":
      return shown(object)
    case "table":
      return {
        ...table(request, resource, [object], {}, now),
        kind: "Table",
        apiVersion: "meta.k8s.io/v1",
        metadata: { name: "", resourceVersion: object.metadata.resourceVersion ?? "" }
      }
    case "metadata":
      return { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata: shown(object).metadata }
  }
}

export const reply = (code: number, body: unknown, warnings: ReadonlyArray<string> = []): KubeReply =>
  warnings.length === 0 ? { code, body } : { code, body, warnings }
