/** From a request's path to what it is about. Nothing here knows which resources exist. */
import type { KubeRequest } from "@aiopslab/core/Kubernetes"
import type { Attributes } from "../Rbac.ts"
import { remembered } from "../Remembered.ts"
import type { Counted } from "./Metrics.ts"

export interface ResourcePath {
  readonly group: string
  readonly version: string
  readonly plural: string
  /** Empty: all namespaces, or a cluster-scoped resource. */
  readonly namespace: string
  /** Empty: the collection. */
  readonly name: string
  readonly subresource: string
}

export type Route =
  | { readonly kind: "resource"; readonly path: ResourcePath }
  /** `/apis`, `/version`, `/healthz`, … split at slashes. */
  | { readonly kind: "other"; readonly segments: ReadonlyArray<string> }

/** Subresources of namespaces, which look like resources in a namespace. */
const ofNamespaces: ReadonlySet<string> = new Set(["status", "finalize"])

const parsed = (path: string): Route => {
  const segments = path
    .split("/")
    .filter((segment) => segment !== "")
    .map(decode)
  const [root] = segments
  const prefix = root === "api" ? 2 : root === "apis" ? 3 : Number.POSITIVE_INFINITY
  if (segments.length <= prefix) return { kind: "other", segments }
  const [group = "", version = ""] = root === "api" ? ["", segments[1]] : [segments[1], segments[2]]
  const rest = segments.slice(prefix)
  const inNamespace = rest[0] === "namespaces" && rest.length > 2 && !(rest.length === 3 && ofNamespaces.has(rest[2] ?? ""))
  const [plural = "", name = "", ...sub] = inNamespace ? rest.slice(2) : rest
  return {
    kind: "resource",
    path: {
      group,
      version,
      plural,
      namespace: inNamespace ? (rest[1] ?? "") : plural === "namespaces" ? name : "",
      name,
      subresource: sub.join("/")
    }
  }
}

/** The same few paths are asked for again and again. */
export const parse = remembered(parsed)

/** Whether a request is for somebody behind the server. */
export const isProxied = (path: string): boolean => {
  const route = parse(path)
  return route.kind === "resource" && route.path.subresource.split("/")[0] === "proxy"
}

/** Of a segment that the edge left escaped. A malformed escape names nothing, and does not throw as `decodeURIComponent` does. */
const decode = (segment: string): string =>
  segment.includes("%") ? (new URLSearchParams(`x=${segment.replaceAll("+", "%2B").replaceAll("&", "%26")}`).get("x") ?? segment) : segment

/** A flag as the real server reads it: there, and neither `false` in any case nor `0`. Python's client sends `watch=False`. */
export const isSet = (value: string | ReadonlyArray<string> | undefined): boolean => {
  const [first] = typeof value === "string" ? [value] : (value ?? [])
  return first !== undefined && first.toLowerCase() !== "false" && first !== "0"
}

export const isWatch = (request: KubeRequest): boolean => request.method === "GET" && isSet(request.query?.["watch"])

/** The verb of RBAC. */
export const verbOf = (request: KubeRequest, path: ResourcePath): string => {
  switch (request.method) {
    case "GET":
      return path.name !== "" ? "get" : isWatch(request) ? "watch" : "list"
    case "POST":
      return "create"
    case "PUT":
      return "update"
    case "PATCH":
      return "patch"
    case "DELETE":
      return path.name === "" ? "deletecollection" : "delete"
  }
}

export const attributesOf = (request: KubeRequest, route: Route): Attributes => {
  if (route.kind === "other") return { kind: "path", verb: request.method.toLowerCase(), path: request.path }
  const { group, name, namespace, plural } = route.path
  // what follows a proxy is a path of the other side
  const [subresource = ""] = route.path.subresource.split("/")
  return { kind: "resource", verb: verbOf(request, route.path), group, resource: plural, subresource, namespace, name }
}

/** What `/metrics` counts a request as. */
export const countedAs = (request: KubeRequest, code: number): Counted => {
  const route = parse(request.path)
  if (route.kind === "other") {
    return { verb: request.method, group: "", version: "", resource: "", subresource: route.segments.join("/"), scope: "", code }
  }
  const { group, name, namespace, plural, subresource, version } = route.path
  const scope = name !== "" ? "resource" : namespace === "" ? "cluster" : "namespace"
  const verb = request.method === "GET" && name === "" ? "LIST" : request.method
  return { verb, group, version, resource: plural, subresource, scope, code }
}

/** The first value of a query parameter. */
export const query = (request: KubeRequest, name: string): string | undefined => {
  const value = request.query?.[name]
  return typeof value === "string" ? value : value?.[0]
}

export const queryAll = (request: KubeRequest, name: string): ReadonlyArray<string> => {
  const value = request.query?.[name]
  return value === undefined ? [] : typeof value === "string" ? [value] : value
}

export const flag = (request: KubeRequest, name: string): boolean => isSet(query(request, name))
