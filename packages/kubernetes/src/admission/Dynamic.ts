/**
 * Admission that objects of the cluster describe: webhooks and policies. A write asks nobody while there are none: that is seen by two
 * look-ups in the store.
 */
import type { KubeObject, KubeStatus } from "@aiopslab/core/Kubernetes"
import * as Result from "effect/Result"
import * as Schemes from "../custom/Schemes.ts"
import type { WriteContext } from "../Host.ts"
import type { Resource, Scheme } from "../Scheme.ts"
import type { Store } from "../Store.ts"
import type { Attributes, Operation } from "./Attributes.ts"
import { namespaceOf } from "./Attributes.ts"
import * as Match from "./Match.ts"
import * as Policies from "./policy/Validate.ts"
import { hooks } from "./webhook/Call.ts"
import * as Mutating from "./webhook/Mutating.ts"
import * as Validating from "./webhook/Validating.ts"

/** Whether any write has somebody to ask. */
export const isAsked = (store: Store): boolean =>
  hooks(store, "mutating").length > 0 || hooks(store, "validating").length > 0 || Policies.any(store)

export interface Subject {
  readonly operation: Operation
  readonly resource: Resource
  readonly subresource: string
  /** When it is not the resource's. */
  readonly kind?: Attributes["kind"]
  /** `generated`: the name is not the client's, and nobody knows it before the object is made. */
  readonly naming: "given" | "generated"
  readonly object: KubeObject | undefined
  readonly previous: KubeObject | undefined
  /** When neither object is the resource's own. */
  readonly place?: { readonly namespace: string; readonly name: string }
}

const attributes = (of: Subject, store: Store, context: WriteContext): Attributes => {
  const { kind, naming, object, operation, place, previous, resource, subresource } = of
  const known = object ?? previous
  const own = { group: resource.group, version: resource.version, kind: resource.kind }
  return {
    operation,
    resource,
    subresource,
    kind: kind ?? own,
    namespace: place?.namespace ?? (known === undefined ? "" : namespaceOf(resource, known)),
    name: place?.name ?? (naming === "generated" ? "" : (known?.metadata.name ?? "")),
    object,
    previous,
    store,
    context
  }
}

/** What mutating webhooks make of an object; `again` is what the server's own plugins make of that. */
export const mutate = (
  of: Subject,
  scheme: Scheme,
  store: Store,
  context: WriteContext,
  again: (object: KubeObject) => Result.Result<KubeObject, KubeStatus>
): Result.Result<KubeObject | undefined, KubeStatus> =>
  hooks(store, "mutating").length === 0 || Match.isExempt(of.resource)
    ? Result.succeed(of.object)
    : Mutating.mutate(attributes(of, store, context), Schemes.at(scheme, store), again)

/** What policies, then validating webhooks, have against it. */
export const refusal = (of: Subject, scheme: Scheme, store: Store, context: WriteContext): KubeStatus | undefined => {
  const asked = Policies.any(store) || hooks(store, "validating").length > 0
  if (!asked || Match.isExempt(of.resource)) return undefined
  const all = Schemes.at(scheme, store)
  const about = attributes(of, store, context)
  return Policies.validate(about, all) ?? Validating.validate(about, all)
}
