/** One request on its way through the server. */
import type { Identity, KubeObject, KubeRequest } from "@aiopslab/core/Kubernetes"
import type { Host } from "../Host.ts"
import type { Advise, Registry } from "../Registry.ts"
import type { Resource, Scheme } from "../Scheme.ts"
import type { Authority } from "./Authority.ts"
import type { ResourcePath } from "./Route.ts"

export interface Call {
  readonly host: Host
  readonly scheme: Scheme
  readonly registry: Registry
  readonly advise: Advise
  readonly authority: Authority
  readonly identity: Identity
  readonly request: KubeRequest
  /** Namespaces that do not exist for this identity. */
  readonly hidden: ReadonlySet<string>
}

/** A call whose resource is known and allowed. */
export interface ResourceCall extends Call {
  readonly resource: Resource
  readonly path: ResourcePath
}

/** The namespace an object counts as being in; a Namespace is in itself. */
export const isVisible = (call: Call, object: KubeObject): boolean =>
  call.hidden.size === 0 || !call.hidden.has(object.metadata.namespace ?? (object.kind === "Namespace" ? object.metadata.name : ""))

/** Which part of the object a write is for. */
export type Part = "main" | "status"
