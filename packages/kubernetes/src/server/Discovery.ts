/** Discovery, in both of its forms: what the server serves, to who asks. */
import type { KubeReply, KubeRequest } from "@aiopslab/core/Kubernetes"
import type { JsonRecord } from "../Json.ts"
import * as Health from "./Health.ts"
import type { Resource, Scheme, Subresource } from "../Scheme.ts"
import { apiVersionOf, serverVersion } from "../Scheme.ts"

interface Version {
  readonly group: string
  readonly version: string
  readonly resources: ReadonlyArray<Resource>
}

/** The group versions that have resources, in the order of the scheme. */
const versions = (resources: ReadonlyArray<Resource>): ReadonlyArray<Version> => {
  const found = new Map<string, Array<Resource>>()
  for (const resource of resources) {
    const list = found.get(resource.apiVersion)
    if (list === undefined) found.set(resource.apiVersion, [resource])
    else list.push(resource)
  }
  return [...found.values()].flatMap((list) => {
    const [first] = list
    return first === undefined ? [] : [{ group: first.group, version: first.version, resources: list }]
  })
}

const groups = (resources: ReadonlyArray<Resource>): ReadonlyArray<ReadonlyArray<Version>> => {
  const found = new Map<string, Array<Version>>()
  for (const version of versions(resources)) {
    const list = found.get(version.group)
    if (list === undefined) found.set(version.group, [version])
    else list.push(version)
  }
  return [...found.values()]
}

const groupVersion = ({ group, version }: Version): JsonRecord => ({ groupVersion: apiVersionOf(group, version), version })

const group = (list: ReadonlyArray<Version>): JsonRecord => ({
  name: list[0]?.group ?? "",
  versions: list.map(groupVersion),
  ...(list[0] === undefined ? {} : { preferredVersion: groupVersion(list[0]) })
})

const orNothing = (key: string, list: ReadonlyArray<string>): JsonRecord => (list.length === 0 ? {} : { [key]: list })

const legacyResource = (resource: Resource): ReadonlyArray<JsonRecord> => [
  {
    name: resource.plural,
    singularName: resource.singular,
    namespaced: resource.namespaced,
    kind: resource.kind,
    verbs: resource.verbs,
    ...orNothing("shortNames", resource.shortNames),
    ...orNothing("categories", resource.categories),
    ...(resource.storageVersionHash === "" ? {} : { storageVersionHash: resource.storageVersionHash })
  },
  ...[...resource.subresources.values()].map((sub) => ({
    name: `${resource.plural}/${sub.name}`,
    singularName: "",
    namespaced: resource.namespaced,
    ...(sub.group === resource.group && sub.version === resource.version ? {} : { group: sub.group, version: sub.version }),
    kind: sub.kind,
    verbs: sub.verbs
  }))
]

/** Group and version are left empty where they are those of the path. */
const aggregatedSubresource =
  (resource: Resource) =>
  (sub: Subresource): JsonRecord => {
    const same = resource.custom === undefined && sub.group === resource.group && sub.version === resource.version
    return {
      subresource: sub.name,
      responseKind: { group: same ? "" : sub.group, version: same ? "" : sub.version, kind: sub.kind },
      verbs: sub.verbs
    }
  }

const aggregatedResource = (resource: Resource): JsonRecord => ({
  resource: resource.plural,
  responseKind: {
    group: resource.custom === undefined ? "" : resource.group,
    version: resource.custom === undefined ? "" : resource.version,
    kind: resource.kind
  },
  scope: resource.namespaced ? "Namespaced" : "Cluster",
  singularResource: resource.singular,
  verbs: resource.verbs,
  ...orNothing("shortNames", resource.shortNames),
  ...orNothing("categories", resource.categories),
  ...(resource.subresources.size === 0 ? {} : { subresources: [...resource.subresources.values()].map(aggregatedSubresource(resource)) })
})

const aggregatedType = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"

export const wantsAggregated = (request: KubeRequest): boolean =>
  (request.accept ?? "").split(",").some((range) => range.includes("g=apidiscovery.k8s.io") && range.includes("v=v2;"))

const aggregated = (list: ReadonlyArray<ReadonlyArray<Version>>): KubeReply => ({
  code: 200,
  contentType: aggregatedType,
  body: {
    kind: "APIGroupDiscoveryList",
    apiVersion: "apidiscovery.k8s.io/v2",
    metadata: {},
    items: list.map((versions) => {
      const name = versions[0]?.group ?? ""
      return {
        metadata: name === "" ? {} : { name },
        versions: versions.map(({ resources, version }) => ({
          version,
          resources: resources.map(aggregatedResource),
          freshness: "Current"
        }))
      }
    })
  }
})

const [, major = "1", minor = "34"] = /^v(\d+)\.(\d+)/.exec(serverVersion) ?? []

/** Of the release whose API this is: its commit, and when that was made. */
export const build: JsonRecord = {
  major,
  minor,
  gitVersion: serverVersion,
  gitCommit: "14507e2fb33b11d2712ccbaed0bc282c27a4a04a",
  gitTreeState: "clean",
  buildDate: "2026-02-10T12:53:36Z",
  goVersion: "go1.24.12",
  compiler: "gc",
  platform: "linux/amd64"
}

const version: JsonRecord = {
  major,
  minor,
  emulationMajor: major,
  emulationMinor: minor,
  minCompatibilityMajor: major,
  minCompatibilityMinor: String(Number(minor) - 1),
  ...build
}

/** What answers with text whatever the client accepts. */
export const isText = (root: string): boolean => Health.isHealth(root) || root === "metrics" || root === "openapi"

const fixed = [
  "/.well-known/openid-configuration",
  "/metrics",
  "/metrics/slis",
  "/openapi/v2",
  "/openapi/v3",
  "/openapi/v3/",
  "/openid/v1/jwks",
  "/version"
]

/** All paths that are no resource, as the root lists them. */
const paths = (resources: ReadonlyArray<Resource>): ReadonlyArray<string> => {
  const groupPaths = resources.flatMap(({ apiVersion, group }) =>
    group === "" ? ["/api", `/api/${apiVersion}`] : [`/apis/${group}`, `/apis/${apiVersion}`]
  )
  return [...new Set(["/apis", "/apis/", ...groupPaths, ...Health.paths, ...fixed])].sort()
}

/** The answer to a path that is no resource; `undefined` when there is none. `resources` are those that exist for who asks. */
export const answer = (request: KubeRequest, segments: ReadonlyArray<string>, resources: Scheme["resources"]): KubeReply | undefined => {
  const [root, name, third] = segments
  switch (root) {
    case undefined:
      return { code: 200, body: { paths: paths(resources) } }
    case "healthz":
    case "livez":
    case "readyz":
      return Health.answer(request, segments)
    case "metrics":
      return name === "slis" && third === undefined ? Health.metrics : undefined
    case "version":
      return { code: 200, body: version }
    case "api":
      if (name !== undefined) return resourceList(resources, "", name)
      return wantsAggregated(request)
        ? aggregated(groups(resources.filter((resource) => resource.group === "")))
        : { code: 200, body: { kind: "APIVersions", versions: ["v1"], serverAddressByClientCIDRs: [] } }
    case "apis": {
      const named = groups(resources.filter((resource) => resource.group !== ""))
      if (name === undefined) {
        return wantsAggregated(request)
          ? aggregated(named)
          : { code: 200, body: { kind: "APIGroupList", apiVersion: "v1", groups: named.map(group) } }
      }
      if (third !== undefined) return resourceList(resources, name, third)
      const found = named.find((list) => list[0]?.group === name)
      return found === undefined ? undefined : { code: 200, body: { kind: "APIGroup", apiVersion: "v1", ...group(found) } }
    }
    default:
      return undefined
  }
}

const resourceList = (resources: ReadonlyArray<Resource>, group: string, version: string): KubeReply | undefined => {
  const served = resources.filter((resource) => resource.group === group && resource.version === version)
  if (served.length === 0) return undefined
  return {
    code: 200,
    body: {
      kind: "APIResourceList",
      ...(group === "" ? {} : { apiVersion: "v1" }),
      groupVersion: apiVersionOf(group, version),
      resources: served.flatMap(legacyResource)
    }
  }
}
