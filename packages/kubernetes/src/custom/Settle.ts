/**
 * What the real server's controllers do after a write to a CustomResourceDefinition, or to the last object of one that is being deleted: names
 * are accepted, the definition is established, its APIServices appear and go, its objects go before it. There it takes some milliseconds; here
 * it is part of the write.
 */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import * as Result from "effect/Result"
import { withCondition } from "../Conditions.ts"
import { equal } from "../Equal.ts"
import type { WriteContext } from "../Host.ts"
import type { JsonRecord } from "../Json.ts"
import { at, record, records, string, strings } from "../Json.ts"
import type { Registry } from "../Registry.ts"
import { trusted } from "../Registry.ts"
import { builtInScheme } from "../Scheme.ts"
import * as Store from "../Store.ts"
import { kubeTime } from "../Time.ts"
import * as Definition from "./Definition.ts"
import { definitions } from "./Schemes.ts"

export const finalizer = "customresourcecleanup.apiextensions.k8s.io"
const services = "apiservices.apiregistration.k8s.io"

const condition = (type: string, status: string, reason: string, message: string): JsonRecord => ({ type, status, reason, message })

interface Names {
  readonly plural: string
  readonly singular: string
  readonly shortNames: ReadonlyArray<string>
  readonly kind: string
  readonly listKind: string
}

const namesOf = (value: unknown): Names => ({
  plural: string(at(value, "plural")) ?? "",
  singular: string(at(value, "singular")) ?? "",
  shortNames: strings(at(value, "shortNames")),
  kind: string(at(value, "kind")) ?? "",
  listKind: string(at(value, "listKind")) ?? ""
})

/** The names that are free, and the last conflict found. */
const accepted = (
  definition: KubeObject,
  others: ReadonlyArray<KubeObject>
): { readonly names: JsonRecord; readonly conflict: JsonRecord | undefined } => {
  const taken = others.map((other) => namesOf(at(other, "status", "acceptedNames")))
  const resources = new Set(taken.flatMap(({ plural, shortNames, singular }) => [plural, singular, ...shortNames]))
  const kinds = new Set(taken.flatMap(({ kind, listKind }) => [kind, listKind]))
  const wanted = namesOf(at(definition, "spec", "names"))
  const current = namesOf(at(definition, "status", "acceptedNames"))
  let conflict: JsonRecord | undefined
  const inUse = (reason: string, names: ReadonlyArray<string>): void => {
    conflict = condition("NamesAccepted", "False", reason, `${names.map((name) => JSON.stringify(name)).join(", ")} is already in use`)
  }
  const pick = (key: "plural" | "singular" | "kind" | "listKind", used: ReadonlySet<string>, reason: string): JsonRecord => {
    if (!used.has(wanted[key])) return wanted[key] === "" ? {} : { [key]: wanted[key] }
    inUse(reason, [wanted[key]])
    return current[key] === "" ? {} : { [key]: current[key] }
  }
  const plural = pick("plural", resources, "PluralConflict")
  const singular = pick("singular", resources, "SingularConflict")
  const clashing = wanted.shortNames.filter((name) => resources.has(name))
  if (clashing.length > 0) inUse("ShortNamesConflict", clashing)
  const shortNames = clashing.length > 0 ? current.shortNames : wanted.shortNames
  const kind = pick("kind", kinds, "KindConflict")
  const listKind = pick("listKind", kinds, "ListKindConflict")
  const categories = strings(at(definition, "spec", "names", "categories"))
  return {
    names: {
      plural: "",
      kind: "",
      ...plural,
      ...singular,
      ...(shortNames.length === 0 ? {} : { shortNames }),
      ...kind,
      ...listKind,
      ...(categories.length === 0 ? {} : { categories })
    },
    conflict
  }
}

const named = (definition: KubeObject, all: ReadonlyArray<KubeObject>, now: number): KubeObject => {
  const group = at(definition, "spec", "group")
  const others = all.filter((other) => other.metadata.name !== definition.metadata.name && at(other, "spec", "group") === group)
  const { conflict, names } = accepted(definition, others)
  const holding = { ...definition, status: { ...record(definition["status"]), acceptedNames: names } }
  const isSilent = conflict === undefined && equal(at(definition, "status", "acceptedNames"), names) && !isNamed(definition)
  if (Definition.isEstablished(definition) && isSilent) return definition
  const said = withCondition(holding, conflict ?? condition("NamesAccepted", "True", "NoConflicts", "no conflicts found"), now)
  if (Definition.isEstablished(definition)) return said
  return conflict === undefined
    ? withCondition(said, condition("Established", "False", installing, initial), now)
    : withCondition(said, condition("Established", "False", "NotAccepted", "not all names are accepted"), now)
}

const conditionsOf = (definition: KubeObject): ReadonlyArray<JsonRecord> => records(at(definition, "status", "conditions"))

/** A writer of the status may have taken the condition away, which the server leaves so. */
const isNamed = (definition: KubeObject): boolean => conditionsOf(definition).some(({ type }) => type === "NamesAccepted")

const installing = "Installing"
const initial = "the initial names have been accepted"

/** What is installed is established in a write of its own. */
const established = (definition: KubeObject, now: number): KubeObject =>
  conditionsOf(definition).some(({ reason, type }) => type === "Established" && reason === installing)
    ? withCondition(definition, condition("Established", "True", "InitialNamesAccepted", initial), now)
    : definition

const serviceOf = (group: string, version: string, context: WriteContext): KubeObject => ({
  apiVersion: "apiregistration.k8s.io/v1",
  kind: "APIService",
  metadata: {
    name: `${version}.${group}`,
    uid: context.uid(),
    creationTimestamp: kubeTime(context.now),
    labels: { "kube-aggregator.kubernetes.io/automanaged": "true" }
  },
  spec: { group, version, groupPriorityMinimum: 1000, versionPriority: 100 },
  status: {
    conditions: [
      {
        type: "Available",
        status: "True",
        lastTransitionTime: kubeTime(context.now),
        reason: "Local",
        message: "Local APIServices are always available"
      }
    ]
  }
})

/** An APIService for each group version that the definitions serve, and none for those they served. */
const withServices = (store: Store.Store, all: ReadonlyArray<KubeObject>, context: WriteContext): Store.Store => {
  const served = all.flatMap(Definition.resources)
  const wanted = new Map(served.map(({ group, version }) => [`${version}.${group}`, { group, version }]))
  let next = store
  for (const { metadata } of Store.list(store, services)) {
    if (metadata.labels?.["kube-aggregator.kubernetes.io/automanaged"] !== "true") continue
    if (wanted.has(metadata.name)) wanted.delete(metadata.name)
    else next = Store.remove(next, services, "", metadata.name)
  }
  for (const { group, version } of wanted.values()) {
    if (Store.get(next, services, "", `${version}.${group}`) === undefined)
      next = Store.put(next, services, serviceOf(group, version, context))
  }
  return next
}

/** Deletes the objects of a definition that is being deleted, then the definition. What holds an object holds the definition. */
const emptied = (store: Store.Store, definition: KubeObject, registry: Registry, context: WriteContext): Store.Store => {
  const id = Definition.idOf(definition)
  const resource = Definition.resources(definition).find(({ stored }) => stored === undefined)
  let next = store
  for (const { metadata } of Store.list(store, id)) {
    if (metadata.deletionTimestamp !== undefined || resource === undefined) continue
    const removed = registry.remove(resource, metadata.namespace ?? "", metadata.name)(next, context)
    if (Result.isSuccess(removed)) next = removed.success[1]
  }
  return Store.list(next, id).length === 0 ? Store.remove(next, definitions, "", definition.metadata.name) : next
}

/** As the server's own controllers write a status. */
const written = (store: Store.Store, definition: KubeObject, context: WriteContext): Store.Store => {
  const resource = builtInScheme.byId.get(definitions)
  if (resource === undefined) return store
  const result = trusted.updateStatus(resource, definition)(store, { ...context, manager: "kube-apiserver" })
  return Result.isSuccess(result) ? result.success[1] : store
}

/** Whether a write to this resource may need settling. */
export const concerns = (resource: { readonly id: string; readonly custom: unknown }): boolean =>
  resource.id === definitions || resource.custom !== undefined

export const settle = (store: Store.Store, registry: Registry, context: WriteContext): Store.Store => {
  let next = store
  for (const definition of Store.list(store, definitions)) {
    if (definition.metadata.deletionTimestamp !== undefined) {
      next = emptied(next, definition, registry, context)
      continue
    }
    const said = named(definition, Store.list(next, definitions), context.now)
    if (!equal(said, definition)) next = written(next, said, context)
    const stored = Store.get(next, definitions, "", definition.metadata.name) ?? said
    const settled = established(stored, context.now)
    if (settled !== stored) next = written(next, settled, context)
  }
  return Store.versionOf(next, definitions) === undefined ? next : withServices(next, Store.list(next, definitions), context)
}

/** A definition as its deletion begins. */
export const terminating = (definition: KubeObject, now: number): KubeObject => {
  const { finalizers = [] } = definition.metadata
  const marked = {
    ...definition,
    metadata: {
      ...definition.metadata,
      deletionTimestamp: kubeTime(now),
      finalizers: finalizers.includes(finalizer) ? finalizers : [...finalizers, finalizer]
    }
  }
  return withCondition(
    marked,
    condition(
      "Terminating",
      "True",
      "InstanceDeletionPending",
      "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon"
    ),
    now
  )
}
