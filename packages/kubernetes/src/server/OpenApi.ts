/**
 * OpenAPI v3 documents, one a group version, made from the data file: enough for `kubectl explain`, for strategic merge on the client
 * and for kubectl to see that the server validates fields. Descriptions are not there.
 */
import type { KubeReply } from "@aiopslab/core/Kubernetes"
import { patchTypes } from "@aiopslab/core/Kubernetes"
import type { JsonRecord } from "../Json.ts"
import type { Resource } from "../Scheme.ts"
import type { Field, Type } from "../scheme/Type.ts"

const prefix = "io.k8s."

const orNothing = (key: string, value: unknown): JsonRecord => (value === undefined || value === "" ? {} : { [key]: value })

const scalarSchema = (type: Type & { readonly kind: "scalar" }): JsonRecord => {
  switch (type.type) {
    case "int-or-string":
      return { format: "int-or-string", oneOf: [{ type: "integer" }, { type: "string" }] }
    case "quantity":
      return { oneOf: [{ type: "string" }, { type: "number" }] }
    case "any":
      return {}
    default:
      return {
        type: type.type,
        ...orNothing("format", type.format),
        ...(type.values.length === 0 ? {} : { enum: type.values })
      }
  }
}

/** `refs` collects the names of structs on the way. */
const schemaOf = (field: Field, refs: Map<string, Type & { readonly kind: "struct" }>): JsonRecord => {
  const { type } = field
  const extensions = {
    ...(field.strategies.length === 0 ? {} : { "x-kubernetes-patch-strategy": field.strategies.join(",") }),
    ...orNothing("x-kubernetes-patch-merge-key", field.mergeKey),
    ...orNothing("default", field.default)
  }
  switch (type.kind) {
    case "scalar":
      return { ...scalarSchema(type), ...extensions }
    case "list":
      return {
        type: "array",
        items: schemaOf(type.items, refs),
        ...orNothing("x-kubernetes-list-type", field.topology),
        ...(field.mapKeys.length === 0 ? {} : { "x-kubernetes-list-map-keys": field.mapKeys }),
        ...extensions
      }
    case "map":
      return {
        type: "object",
        additionalProperties: schemaOf(type.values, refs),
        ...orNothing("x-kubernetes-map-type", field.topology),
        ...extensions
      }
    case "struct": {
      refs.set(type.name, type)
      const ref = { $ref: `#/components/schemas/${prefix}${type.name}` }
      return Object.keys(extensions).length === 0 && field.topology === ""
        ? ref
        : { allOf: [ref], ...orNothing("x-kubernetes-map-type", field.topology), ...extensions }
    }
  }
}

const components = (resources: ReadonlyArray<Resource>): JsonRecord => {
  const refs = new Map<string, Type & { readonly kind: "struct" }>()
  const kinds = new Map<string, Resource>()
  for (const resource of resources) {
    if (resource.type === undefined) continue
    refs.set(resource.type.name, resource.type)
    kinds.set(resource.type.name, resource)
  }
  const out: Record<string, JsonRecord> = {}
  // a Map's iterator sees what is added behind it
  for (const [name, type] of refs) {
    const kind = kinds.get(name)
    out[`${prefix}${name}`] = {
      type: "object",
      properties: Object.fromEntries([...type.fields].map(([key, field]) => [key, schemaOf(field, refs)])),
      ...(type.required.length === 0 ? {} : { required: type.required }),
      ...orNothing("x-kubernetes-map-type", type.topology),
      ...(kind === undefined ? {} : { "x-kubernetes-group-version-kind": [{ group: kind.group, version: kind.version, kind: kind.kind }] })
    }
  }
  return out
}

const parameters = ["dryRun", "fieldManager", "fieldValidation", "force"].map((name) => ({
  name,
  in: "query",
  schema: { type: "string", uniqueItems: true }
}))

/** From this kubectl learns whether a kind has strategic merge. */
const patches = (resource: Resource): ReadonlyArray<string> =>
  resource.type === undefined ? [patchTypes.json, patchTypes.merge] : [patchTypes.json, patchTypes.merge, patchTypes.strategic]

const paths = (resources: ReadonlyArray<Resource>): JsonRecord =>
  Object.fromEntries(
    resources.flatMap((resource) => {
      const root = resource.group === "" ? `/api/${resource.version}` : `/apis/${resource.apiVersion}`
      const scope = resource.namespaced ? "/namespaces/{namespace}" : ""
      const verb = resource.verbs.includes("patch") ? "patch" : undefined
      if (verb === undefined) return []
      const operation = {
        parameters,
        requestBody: { content: Object.fromEntries(patches(resource).map((type) => [type, {}])) },
        responses: { "200": { description: "OK" } },
        "x-kubernetes-action": verb,
        "x-kubernetes-group-version-kind": { group: resource.group, version: resource.version, kind: resource.kind }
      }
      return [[`${root}${scope}/${resource.plural}/{name}`, { [verb]: operation }]]
    })
  )

const documentOf = (resources: ReadonlyArray<Resource>): JsonRecord => ({
  openapi: "3.0.0",
  info: { title: "Kubernetes", version: "v1.34.0" },
  paths: paths(resources),
  components: { schemas: components(resources) }
})

const groupPath = (resource: Resource): string => (resource.group === "" ? `api/${resource.version}` : `apis/${resource.apiVersion}`)

/** Answers of `/openapi/v3` and below. Version 2 of OpenAPI is not served: kubectl asks for it only when version 3 is missing. */
export const answer = (segments: ReadonlyArray<string>, resources: ReadonlyArray<Resource>): KubeReply | undefined => {
  const [, version, ...path] = segments
  if (version !== "v3") return undefined
  if (path.length === 0) {
    const groups = [...new Set(resources.map(groupPath))].sort()
    return {
      code: 200,
      body: { paths: Object.fromEntries(groups.map((group) => [group, { serverRelativeURL: `/openapi/v3/${group}?hash=1` }])) }
    }
  }
  const served = resources.filter((resource) => groupPath(resource) === path.join("/"))
  return served.length === 0 ? undefined : { code: 200, body: documentOf(served) }
}
