/**
 * OpenAPI documents made from the data file: version 3, one a group version, and version 2, one for all. Enough for `kubectl explain`, for
 * strategic merge on the client and for kubectl to see that the server validates fields. Descriptions are not there.
 */
import type { KubeReply, KubeRequest } from "@aiopslab/core/Kubernetes"
import { patchTypes } from "@aiopslab/core/Kubernetes"
import * as Hash from "effect/Hash"
import type { JsonRecord } from "../Json.ts"
import { record } from "../Json.ts"
import type { Custom, Resource } from "../Scheme.ts"
import { metadataType, serverVersion, structNamed } from "../Scheme.ts"
import type { Field, Scalar, Struct } from "../scheme/Type.ts"
import type { Described } from "./OpenApiPaths.ts"
import { describedPaths, operationsOf } from "./OpenApiPaths.ts"
import * as OpenApiWire from "./OpenApiWire.ts"

const prefix = "io.k8s."

const orNothing = (key: string, value: unknown): JsonRecord => (value === undefined || value === "" ? {} : { [key]: value })

const scalarSchema = (type: Scalar): JsonRecord => {
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

type Refs = Map<string, Struct | Scalar>

/** Where a document keeps its schemas. */
type Home = "#/components/schemas/" | "#/definitions/"

/** `refs` collects the names of structs on the way. */
const schemaOf = (field: Field, refs: Refs, home: Home): JsonRecord => {
  const { type } = field
  const extensions = {
    ...(field.strategies.length === 0 ? {} : { "x-kubernetes-patch-strategy": field.strategies.join(",") }),
    ...orNothing("x-kubernetes-patch-merge-key", field.mergeKey),
    ...orNothing("default", field.default)
  }
  switch (type.kind) {
    case "scalar":
      if (type.name === "") return { ...scalarSchema(type), ...extensions }
      refs.set(type.name, type)
      return { allOf: [{ $ref: `${home}${prefix}${type.name}` }], ...extensions }
    case "list":
      return {
        type: "array",
        items: schemaOf(type.items, refs, home),
        ...orNothing("x-kubernetes-list-type", field.topology),
        ...(field.mapKeys.length === 0 ? {} : { "x-kubernetes-list-map-keys": field.mapKeys }),
        ...extensions
      }
    case "map":
      return {
        type: "object",
        additionalProperties: schemaOf(type.values, refs, home),
        ...orNothing("x-kubernetes-map-type", field.topology),
        ...extensions
      }
    case "struct": {
      refs.set(type.name, type)
      const ref = { $ref: `${home}${prefix}${type.name}` }
      return Object.keys(extensions).length === 0 && field.topology === ""
        ? ref
        : { allOf: [ref], ...orNothing("x-kubernetes-map-type", field.topology), ...extensions }
    }
  }
}

/** A custom resource's schema as it was written, with what every object has. */
const customSchema = (resource: Resource, custom: Custom, refs: Refs, home: Home): JsonRecord => {
  if (metadataType !== undefined) refs.set(metadataType.name, metadataType)
  const { group, kind, version } = resource
  return {
    ...custom.schema,
    type: "object",
    properties: {
      apiVersion: { type: "string" },
      kind: { type: "string" },
      metadata: metadataType === undefined ? { type: "object" } : { $ref: `${home}${prefix}${metadataType.name}` },
      ...withoutMetadata(custom.schema)
    },
    "x-kubernetes-group-version-kind": [{ group, version, kind }]
  }
}

const withoutMetadata = (schema: JsonRecord): JsonRecord => {
  const { apiVersion: _, kind: __, metadata: ___, ...rest } = record(schema["properties"])
  return rest
}

/** `io.example.v1.Widget` of the group `example.io`. */
const customName = ({ group, kind, version }: Resource): string => [...group.split(".").toReversed(), version, kind].join(".")

const definitions = (resources: ReadonlyArray<Resource>, home: Home, also: ReadonlyArray<Struct> = []): JsonRecord => {
  const refs: Refs = new Map(also.map((type) => [type.name, type]))
  const kinds = new Map<string, Array<Resource>>()
  const out: Record<string, JsonRecord> = {}
  for (const resource of resources) {
    const { custom, type } = resource
    if (custom !== undefined) out[customName(resource)] = customSchema(resource, custom, refs, home)
    if (type === undefined) continue
    refs.set(type.name, type)
    kinds.set(type.name, [...(kinds.get(type.name) ?? []), resource])
  }
  // a Map's iterator sees what is added behind it
  for (const [name, type] of refs) {
    if (type.kind === "scalar") {
      out[`${prefix}${name}`] = scalarSchema(type)
      continue
    }
    const named = (kinds.get(name) ?? []).map(({ group, kind, version }) => ({ group, version, kind }))
    out[`${prefix}${name}`] = {
      type: "object",
      properties: Object.fromEntries([...type.fields].map(([key, field]) => [key, schemaOf(field, refs, home)])),
      ...(type.required.length === 0 ? {} : { required: type.required }),
      ...orNothing("x-kubernetes-map-type", type.topology),
      ...(named.length === 0 ? {} : { "x-kubernetes-group-version-kind": named })
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

const documentOf = (paths: JsonRecord, schemas: JsonRecord): JsonRecord => ({
  openapi: "3.0.0",
  info: { title: "Kubernetes", version: serverVersion },
  paths,
  components: { schemas }
})

const pathDocument = (described: Described): JsonRecord => {
  const type = described.answer === undefined ? undefined : structNamed(described.answer)
  return documentOf(operationsOf(described), definitions([], "#/components/schemas/", type === undefined ? [] : [type]))
}

/** By which clients know whether they have a document already: of all that can make it another, the server's version and the custom kinds at its path. */
const hashOf = (path: string, resources: ReadonlyArray<Resource>): string => {
  const custom = resources.flatMap(({ custom, kind, plural }) =>
    custom === undefined ? [] : [kind, plural, JSON.stringify(custom.schema)]
  )
  return (Hash.string([serverVersion, path, ...custom].join("\n")) >>> 0).toString(16).toUpperCase().padStart(8, "0")
}

/** The real server names no content type here, and Go takes the JSON for plain text. */
const index = (resources: ReadonlyArray<Resource>): KubeReply => {
  const served = new Map<string, Array<Resource>>(describedPaths(resources).map(({ path }) => [path, []]))
  for (const resource of resources) {
    const path = groupPath(resource)
    const known = served.get(path)
    if (known === undefined) served.set(path, [resource])
    else known.push(resource)
  }
  const paths = [...served.keys()].sort().map((path) => {
    const hash = hashOf(path, served.get(path) ?? [])
    return [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` }] as const
  })
  return { code: 200, contentType: "text/plain; charset=utf-8", body: JSON.stringify({ paths: Object.fromEntries(paths) }) }
}

const secondVersion = (resources: ReadonlyArray<Resource>): JsonRecord => ({
  swagger: "2.0",
  info: { title: "Kubernetes", version: serverVersion.split(".").slice(0, 2).join(".").replace("v", "") },
  paths: paths(resources),
  definitions: definitions(resources, "#/definitions/")
})

/** A client that asks for the second version asks for it as protobuf. */
const second = (request: KubeRequest, resources: ReadonlyArray<Resource>): KubeReply =>
  (request.accept ?? "").includes(OpenApiWire.asked)
    ? { code: 200, body: OpenApiWire.encode(secondVersion(resources)), contentType: OpenApiWire.mediaType }
    : { code: 200, body: secondVersion(resources), contentType: "application/json" }

const groupPath = (resource: Resource): string => (resource.group === "" ? `api/${resource.version}` : `apis/${resource.apiVersion}`)

/** Answers of `/openapi/v2`, `/openapi/v3` and below. */
export const answer = (
  request: KubeRequest,
  segments: ReadonlyArray<string>,
  resources: ReadonlyArray<Resource>
): KubeReply | undefined => {
  const [, version, ...path] = segments
  if (version === "v2") return path.length === 0 ? second(request, resources) : undefined
  if (version !== "v3") return undefined
  if (path.length === 0) return index(resources)
  const served = resources.filter((resource) => groupPath(resource) === path.join("/"))
  const described = describedPaths(resources).find((one) => one.path === path.join("/"))
  const body =
    served.length > 0
      ? documentOf(paths(served), definitions(served, "#/components/schemas/"))
      : described === undefined
        ? undefined
        : pathDocument(described)
  return body === undefined ? undefined : { code: 200, body, contentType: "application/json" }
}
