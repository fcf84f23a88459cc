/** A request as admission sees it: what is done, to what, by whom. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import type { WriteContext } from "../Host.ts"
import type { JsonRecord } from "../Json.ts"
import { record } from "../Json.ts"
import * as Rbac from "../Rbac.ts"
import type { Resource } from "../Scheme.ts"
import type { Store } from "../Store.ts"

export type Operation = "CREATE" | "UPDATE" | "DELETE" | "CONNECT"

export interface Attributes {
  readonly operation: Operation
  /** In the version of the request. */
  readonly resource: Resource
  readonly subresource: string
  /** What the object is, when it is not one of the resource: an `Eviction` of `pods/eviction`. */
  readonly kind: { readonly group: string; readonly version: string; readonly kind: string }
  readonly namespace: string
  /** Empty while the server has not generated it. */
  readonly name: string
  readonly object: KubeObject | undefined
  readonly previous: KubeObject | undefined
  readonly store: Store
  readonly context: WriteContext
}

/** A namespace counts as being in itself. */
export const namespaceOf = (resource: Resource, object: KubeObject): string =>
  resource.namespaced ? (object.metadata.namespace ?? "default") : resource.id === "namespaces" ? object.metadata.name : ""

const optionKinds: Readonly<Record<Operation, string>> = {
  CREATE: "CreateOptions",
  UPDATE: "UpdateOptions",
  DELETE: "DeleteOptions",
  CONNECT: ""
}

/** `AdmissionRequest` without its uid and the objects. `as` is the resource that a rule named. */
export const request = (of: Attributes, as: Resource): JsonRecord => {
  const { context, kind, name, namespace, operation, resource, subresource } = of
  const isPart = kind.kind !== resource.kind
  const { identity } = context
  const groupVersion = (one: Resource) => ({ group: one.group, version: one.version })
  return {
    kind: isPart ? kind : { ...groupVersion(as), kind: as.kind },
    resource: { ...groupVersion(as), resource: as.plural },
    ...(subresource === "" ? {} : { subResource: subresource }),
    requestKind: kind,
    requestResource: { ...groupVersion(resource), resource: resource.plural },
    ...(subresource === "" ? {} : { requestSubResource: subresource }),
    ...(name === "" ? {} : { name }),
    ...(namespace === "" ? {} : { namespace }),
    operation,
    userInfo: Rbac.userInfo(identity),
    dryRun: context.isDry === true,
    options:
      optionKinds[operation] === ""
        ? null
        : {
            kind: optionKinds[operation],
            apiVersion: "meta.k8s.io/v1",
            ...(context.isDry === true ? { dryRun: ["All"] } : {}),
            ...(context.manager === undefined || operation === "DELETE" ? {} : { fieldManager: context.manager })
          }
  }
}

/** The object as a webhook of another version sees it, and back. */
export const inVersion = (of: Attributes, as: Resource, object: KubeObject): KubeObject => {
  if (as === of.resource || of.kind.kind !== of.resource.kind) return object
  const stored = of.resource.stored === undefined ? object : of.resource.stored.toStorage(object)
  return as.stored === undefined ? stored : as.stored.fromStorage(stored)
}

export const fromVersion = (of: Attributes, as: Resource, object: KubeObject): KubeObject =>
  inVersion({ ...of, resource: as }, of.resource, object)

/** The subject that a refusal's text names. */
export const nameForText = ({ name, object }: Attributes): string => {
  if (name !== "") return name
  const { generateName, name: own = "" } = record(object?.metadata)
  return own !== "" && typeof own === "string" ? own : typeof generateName === "string" && generateName !== "" ? generateName : "Unknown"
}
