/**
 * Writes: what the API server does between a decoded object and the store. Pure functions of store and context, used by the server for
 * requests and by controllers without HTTP. Each gives the object as stored.
 *
 * A write costs what it changes: parts of an object that stay keep their identity, defaulting returns complete objects as they are,
 * and nothing is cloned or frozen.
 */
import type { KubeObject, KubeStatus, ObjectMeta } from "@aiopslab/core/Kubernetes"
import * as Result from "effect/Result"
import * as Asked from "./admission/Asked.ts"
import * as Dynamic from "./admission/Dynamic.ts"
import { withEmpties } from "./apply/Empties.ts"
import * as Author from "./apply/Author.ts"
import * as Given from "./apply/Given.ts"
import type { Managed } from "./apply/Managed.ts"
import * as Entries from "./apply/Managed.ts"
import * as Owners from "./apply/Ownership.ts"
import { metadataKept } from "./apply/Reset.ts"
import * as Defaults from "./Defaults.ts"
import type { Write, WriteContext } from "./Host.ts"
import { at, record, strings } from "./Json.ts"
import type { Resource, Scheme } from "./Scheme.ts"
import { builtInScheme } from "./Scheme.ts"
import * as Status from "./Status.ts"
import * as Store from "./Store.ts"
import { finalizersFor, graceOf, marked } from "./strategies/Removal.ts"
import * as UnsaidPhase from "./strategies/UnsaidPhase.ts"
import * as Strategies from "./Strategies.ts"
import { kubeTime } from "./Time.ts"

/** Changes or refuses an object on its way into the store. `previous` is absent on creation. */
export type Admit = (
  object: KubeObject,
  previous: KubeObject | undefined,
  resource: Resource,
  store: Store.Store,
  context: WriteContext
) => Result.Result<KubeObject, KubeStatus>

/** What admission warns of in an object that was let in; the store is the one that it is in. */
export type Advise = (object: KubeObject, previous: KubeObject | undefined, resource: Resource, store: Store.Store) => ReadonlyArray<string>

/** Everything wrong with an object; `previous` is absent on creation. */
export type Validate = (object: KubeObject, previous: KubeObject | undefined, resource: Resource) => ReadonlyArray<Status.Cause>

export interface RemoveOptions {
  readonly gracePeriodSeconds?: number
  readonly propagationPolicy?: "Background" | "Foreground" | "Orphan"
  readonly uid?: string
  readonly resourceVersion?: string
  /** An eviction has been admitted as what it is. */
  readonly admission?: "done"
}

/** `terminating`: finalizers or a grace period hold the object. */
export interface Removed {
  readonly state: "gone" | "terminating"
  readonly object: KubeObject
}

/** What a write says about ownership. Without it the writer owns what it changes, through the object's own endpoint or its status'. */
export interface Claim {
  /** The version that the request is in, when it is not the stored one. */
  readonly as?: Resource
  /** The endpoint, when it is another. */
  readonly subresource?: string
  /** Who owned what before, when the request says so. */
  readonly since?: Managed
  /** Who owns what afterwards: of an apply, which has found it out. */
  readonly known?: Managed
  /** What was given, where it has empty lists or maps that are not stored. */
  readonly given?: KubeObject
  /** A patch's result may have another uid, and is refused as any other that changes what can't be changed. */
  readonly verb?: "patch"
}

export interface Registry {
  readonly scheme: Scheme
  readonly create: (resource: Resource, object: KubeObject, claim?: Claim) => Write<KubeObject>
  /** Everything but the status. An object with a resourceVersion must name the stored one. */
  readonly update: (resource: Resource, object: KubeObject, claim?: Claim) => Write<KubeObject>
  /** The status, and what of the metadata its endpoint writes. */
  readonly updateStatus: (resource: Resource, object: KubeObject, claim?: Claim) => Write<KubeObject>
  readonly remove: (resource: Resource, namespace: string, name: string, options?: RemoveOptions) => Write<Removed>
  /** Asks webhooks and policies about a request that writes no object of its own: an eviction, a binding, a connection. */
  readonly pass: (subject: Dynamic.Subject) => Write<undefined>
}

export const make = (
  options: {
    readonly scheme?: Scheme
    /** In order. */
    readonly admission?: ReadonlyArray<Admit>
    /** Left out by controllers, whose objects are valid by construction. */
    readonly validate?: Validate
    /** Of the status' endpoint. */
    readonly validateStatus?: Validate
    /** Webhooks and policies that the cluster's objects describe. Default `ignored`. */
    readonly dynamic?: "asked" | "ignored"
  } = {}
): Registry => {
  const { admission = [], dynamic = "ignored", scheme = builtInScheme, validate, validateStatus } = options

  const admitted = (
    object: KubeObject,
    previous: KubeObject | undefined,
    resource: Resource,
    store: Store.Store,
    context: WriteContext,
    claim: Claim | undefined,
    naming: "given" | "generated"
  ): Result.Result<KubeObject, KubeStatus> => {
    const plugins = (given: KubeObject): Result.Result<KubeObject, KubeStatus> => {
      let current = given
      for (const admit of admission) {
        const next = admit(current, previous, resource, store, context)
        if (Result.isFailure(next)) return next
        current = next.success
      }
      return Result.succeed(current)
    }
    const first = plugins(object)
    if (Result.isFailure(first)) return first
    const operation = previous === undefined ? "CREATE" : "UPDATE"
    const subject = { operation, naming, resource: claim?.as ?? resource, subresource: claim?.subresource ?? "" } as const
    const hooks = dynamic === "asked" && claim?.subresource !== "scale" && Dynamic.isAsked(store) ? Asked.of(subject, scheme) : undefined
    const again = (changed: KubeObject) => plugins(Defaults.apply(resource.id, changed))
    const next = hooks === undefined ? first : hooks.mutated(first.success, previous, store, context, again)
    if (Result.isFailure(next)) return next
    const current = next.success
    const causes = validate?.(current, previous, resource) ?? []
    if (causes.length > 0) return Result.fail(Status.invalid(resource, current.metadata.name, causes))
    const refusal = hooks?.refusal(current, previous, store, context)
    return refusal === undefined ? Result.succeed(current) : Result.fail(refusal)
  }

  const pass: Registry["pass"] = (subject) => (store, context) => {
    if (dynamic === "ignored") return Result.succeed([undefined, store])
    const mutated = Dynamic.mutate(subject, scheme, store, context, Result.succeed)
    if (Result.isFailure(mutated)) return Result.fail(mutated.failure)
    const refusal = Dynamic.refusal({ ...subject, object: mutated.success }, scheme, store, context)
    return refusal === undefined ? Result.succeed([undefined, store]) : Result.fail(refusal)
  }

  const create: Registry["create"] = (resource, input, claim) => (store, context) => {
    const given = input.metadata
    const namespace = resource.namespaced ? (given.namespace ?? "default") : ""
    const generated = (given.name ?? "") === "" && given.generateName !== undefined
    const naming = generated ? "generated" : "given"
    const name = generated ? `${given.generateName?.slice(0, 58)}${context.suffix()}` : given.name || Strategies.nameOf(resource, context)
    if ((given.resourceVersion ?? "") !== "" && context.isDry !== true) {
      return Result.fail(Status.internal("resourceVersion should not be set on objects to be created"))
    }
    const closed = resource.namespaced ? namespaceFailure(store, resource, namespace, name) : undefined
    if (closed !== undefined) return Result.fail(closed)
    const object = Defaults.apply(resource.id, {
      ...input,
      apiVersion: resource.apiVersion,
      kind: resource.kind,
      metadata: newMetadata(given, resource, namespace, name, context)
    })
    // the status' endpoint makes services too, and allocates nothing
    const filled = claim?.subresource === "status" ? Result.succeed(object) : Strategies.prepare(resource, object, store, context, naming)
    if (Result.isFailure(filled)) return Result.fail(filled.failure)
    const prepared = Strategies.withFirstStatus(resource, filled.success, context)
    const result = admitted(prepared, undefined, resource, store, context, claim, naming)
    if (Result.isFailure(result)) return Result.fail(result.failure)
    // as the real server does, after validation
    if (Store.get(store, resource.id, namespace, name) !== undefined) return Result.fail(Status.alreadyExists(resource, name))
    const ownership = owned(
      { resource, before: undefined, after: Given.given(resource.id, input, object), subresource: "" },
      claim,
      context
    )
    return stored(Store.put(store, resource.id, result.success, ownership), resource, namespace, name)
  }

  const update: Registry["update"] = (resource, input, claim) => (store, context) => {
    const found = current(store, resource, input, claim, context)
    if (Result.isFailure(found)) return Result.fail(found.failure)
    const previous = found.success
    if (validate !== undefined && isUnversioned(input.metadata.resourceVersion) && Strategies.needsVersion(resource)) {
      return Result.fail(Status.unversioned(resource, input.metadata.name))
    }
    const metadata = keptMetadata(input.metadata, previous.metadata)
    const whole = resource.subresources.has("status")
      ? previous["status"] === undefined
        ? { ...input, metadata }
        : { ...input, metadata, status: previous["status"] }
      : { ...input, metadata }
    const defaulted = Defaults.apply(resource.id, whole)
    const carried = Strategies.carry(resource, defaulted, previous, store, context)
    if (Result.isFailure(carried)) return Result.fail(carried.failure)
    const object = carried.success
    const isNew = Strategies.isNewGeneration(previous, object) || Strategies.isEmptied(resource, input, claim?.given)
    const counted =
      Strategies.countsChanges(resource) && isNew
        ? { ...object, metadata: { ...object.metadata, generation: (previous.metadata.generation ?? 0) + 1 } }
        : object
    const result = admitted(counted, previous, resource, store, context, claim, "given")
    if (Result.isFailure(result)) return Result.fail(result.failure)
    const ownership = owned(
      { resource, before: previous, after: Given.given(resource.id, input, defaulted), subresource: "" },
      claim,
      context
    )
    return settle(store, resource, result.success, ownership, claim)
  }

  const updateStatus: Registry["updateStatus"] = (resource, input, claim) => (store, context) => {
    const found = current(store, resource, input, claim, context)
    if (Result.isFailure(found)) return Result.fail(found.failure)
    const previous = found.success
    if (validate !== undefined && (input.metadata.resourceVersion ?? "") === "" && Strategies.needsVersion(resource)) {
      return Result.fail(Status.unversioned(resource, input.metadata.name))
    }
    const metadata = statusMetadata(resource, keptMetadata(input.metadata, previous.metadata), previous.metadata)
    const whole = Defaults.applyStatus(resource.id, { ...previous, metadata, status: input["status"] })
    const given = Strategies.carryStatus(resource, whole, previous, context)
    const subject = { operation: "UPDATE", naming: "given", resource: claim?.as ?? resource, subresource: "status" } as const
    const hooks = dynamic === "asked" && Dynamic.isAsked(store) ? Asked.of(subject, scheme) : undefined
    const mutated = hooks?.mutated(given, previous, store, context, Result.succeed) ?? Result.succeed(given)
    if (Result.isFailure(mutated)) return Result.fail(mutated.failure)
    const object = mutated.success
    const causes = validateStatus?.(object, previous, resource) ?? []
    if (causes.length > 0) return Result.fail(Status.invalid(resource, metadata.name, causes))
    const refusal = hooks?.refusal(object, previous, store, context)
    if (refusal !== undefined) return Result.fail(refusal)
    // what the server drops was given all the same; a pod's addresses get their two forms before
    const after = resource.id === "pods" ? object : whole
    const ownership = owned({ resource, before: previous, after, subresource: "status" }, claim, context)
    return settle(store, resource, object, ownership, claim)
  }

  const remove: Registry["remove"] =
    (resource, namespace, name, options = {}) =>
    (store, context) => {
      const previous = Store.get(store, resource.id, namespace, name)
      if (previous === undefined) return Result.fail(Status.notFound(resource, name))
      const { metadata } = previous
      const asking = dynamic === "asked" && options.admission === undefined && Dynamic.isAsked(store)
      const refused = (): KubeStatus | undefined => {
        const subject = { operation: "DELETE", resource, subresource: "", naming: "given", object: undefined, previous } as const
        const passed = asking ? pass(subject)(store, context) : undefined
        return passed !== undefined && Result.isFailure(passed) ? passed.failure : undefined
      }
      if (resource.id === "namespaces") {
        const refusal = refused()
        return refusal === undefined ? removeNamespace(store, resource, previous, options, context) : Result.fail(refusal)
      }
      if (options.uid !== undefined && options.uid !== metadata.uid) {
        return Result.fail(Status.uidMismatch(resource, name, options.uid, metadata.uid ?? ""))
      }
      if (options.resourceVersion !== undefined && options.resourceVersion !== metadata.resourceVersion) {
        return Result.fail(Status.revisionMismatch(resource, name, options.resourceVersion, metadata.resourceVersion ?? ""))
      }
      const refusal = refused()
      if (refusal !== undefined) return Result.fail(refusal)
      const finalizers = finalizersFor(resource, metadata, options)
      const grace = resource.id === "pods" ? graceOf(previous, options) : 0
      const terminating = marked(resource, previous, grace, finalizers, context)
      if (grace > 0 || finalizers.length > 0) {
        const next = Store.put(store, resource.id, terminating)
        return Result.succeed([{ state: "terminating", object: Store.get(next, resource.id, namespace, name) ?? terminating }, next])
      }
      // watchers of pods see the mark even of one that goes at once
      const isPod = resource.id === "pods"
      const told = isPod ? Store.put(store, resource.id, terminating) : withoutEndpoints(store, resource, namespace, name)
      const next = Store.remove(told, resource.id, namespace, name)
      const shown = isPod ? terminating : previous
      return Result.succeed([
        {
          state: "gone",
          object: Owners.carried(previous, { ...shown, metadata: { ...shown.metadata, resourceVersion: String(next.revision) } })
        },
        next
      ])
    }

  return { scheme, create, update, updateStatus, remove, pass }
}

/** Without admission and validation: for controllers. */
export const trusted: Registry = make()

const stored = (
  store: Store.Store,
  resource: Resource,
  namespace: string,
  name: string
): Result.Result<readonly [KubeObject, Store.Store], KubeStatus> => {
  const object = Store.get(store, resource.id, namespace, name)
  return object === undefined ? Result.fail(Status.notFound(resource, name)) : Result.succeed([object, store])
}

const owned = (
  what: Pick<Owners.Note, "resource" | "before" | "after" | "subresource">,
  claim: Claim | undefined,
  context: WriteContext
): Owners.Ownership => {
  const { before } = what
  if (claim?.known !== undefined) return Owners.Ownership.of(claim.known, before === undefined ? "created" : "updated")
  const base = claim?.since !== undefined ? Owners.Ownership.of(claim.since) : before === undefined ? undefined : Owners.ownershipOf(before)
  return Owners.Ownership.after(base, {
    ...what,
    ...(claim?.given === undefined || claim.as !== undefined ? {} : { after: withEmpties(what.after, claim.given) }),
    resource: claim?.as ?? what.resource,
    subresource: claim?.subresource ?? what.subresource,
    manager: context.manager ?? Author.ofIdentity(context.identity),
    now: context.now
  })
}

/** An object whose deletion has begun goes with its last finalizer. One that stays as it is may still change its owners. */
const settle = (
  store: Store.Store,
  resource: Resource,
  object: KubeObject,
  ownership: Owners.Ownership,
  claim: Claim | undefined
): Result.Result<readonly [KubeObject, Store.Store], KubeStatus> => {
  const { deletionGracePeriodSeconds = 0, deletionTimestamp, finalizers = [], name, namespace = "" } = object.metadata
  if (deletionTimestamp !== undefined && finalizers.length === 0 && deletionGracePeriodSeconds === 0 && resource.id !== "namespaces") {
    Owners.remember(object, ownership)
    return Result.succeed([object, Store.remove(store, resource.id, namespace, name)])
  }
  const next = Store.put(store, resource.id, object, ownership)
  const claims = claim?.since !== undefined || claim?.known !== undefined
  const previous = next === store ? Store.get(store, resource.id, namespace, name) : undefined
  const moved =
    previous !== undefined &&
    (UnsaidPhase.isUnsaid(resource, previous) || (claims && !Entries.sameOwners(Owners.managedOf(previous), ownership.managed)))
  return stored(moved ? Store.replace(store, resource.id, object, ownership) : next, resource, namespace, name)
}

const namespaceFailure = (store: Store.Store, resource: Resource, namespace: string, name: string): KubeStatus | undefined => {
  const found = Store.get(store, "namespaces", "", namespace)
  if (found === undefined) return Status.notFound({ group: "", plural: "namespaces", kind: "Namespace" }, namespace)
  return found.metadata.deletionTimestamp === undefined ? undefined : Status.namespaceTerminating(resource, name, namespace)
}

const newMetadata = (given: ObjectMeta, resource: Resource, namespace: string, name: string, context: WriteContext): ObjectMeta => {
  const { deletionGracePeriodSeconds: _, deletionTimestamp: __, managedFields: ___, selfLink: ____, ...rest } = given
  return {
    ...rest,
    name,
    ...(namespace === "" ? {} : { namespace }),
    uid: context.uid(),
    creationTimestamp: kubeTime(context.now),
    ...(Strategies.countsGenerations(resource) ? { generation: 1 } : {})
  }
}

/** What an update can leave out or has no say in, from the stored object. */
const keptMetadata = (given: ObjectMeta, previous: ObjectMeta): ObjectMeta => {
  if (given === previous) return previous
  const { generation: _, managedFields: __, selfLink: ___, ...rest } = given
  const kept: Record<string, unknown> = {}
  for (const key of ["namespace", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp"]) {
    if (previous[key] !== undefined) kept[key] = previous[key]
  }
  const seconds = given.deletionGracePeriodSeconds ?? previous.deletionGracePeriodSeconds
  if (seconds !== undefined) kept["deletionGracePeriodSeconds"] = seconds
  if ((given.uid ?? "") === "" && previous.uid !== undefined) kept["uid"] = previous.uid
  return { ...rest, ...kept }
}

/** The status' endpoint writes the metadata too, but for what the kind keeps from it. */
const statusMetadata = (resource: Resource, given: ObjectMeta, previous: ObjectMeta): ObjectMeta => {
  const kept = metadataKept(resource)
  if (kept === "all" || given === previous) return previous
  const changed = kept.filter((key) => given[key] !== previous[key])
  if (changed.length === 0) return given
  const own = Object.entries(given).filter(([key]) => !changed.includes(key))
  const stored = changed.flatMap((key) => (previous[key] === undefined ? [] : [[key, previous[key]] as const]))
  return { ...Object.fromEntries([...own, ...stored]), name: given.name }
}

/** The stored object of an update, once the update's preconditions hold. */
const current = (
  store: Store.Store,
  resource: Resource,
  input: KubeObject,
  claim: Claim | undefined,
  context: WriteContext
): Result.Result<KubeObject, KubeStatus> => {
  const { name, namespace = resource.namespaced ? "default" : "", resourceVersion, uid } = input.metadata
  const previous = Store.get(store, resource.id, namespace, name)
  if (previous === undefined) return Result.fail(Status.notFound(resource, name))
  const { metadata } = previous
  if (uid !== undefined && uid !== "" && uid !== metadata.uid && claim?.verb !== "patch") {
    return Result.fail(otherUid(resource, previous, uid, context))
  }
  if (resourceVersion === metadata.resourceVersion || isUnversioned(resourceVersion)) return Result.succeed(previous)
  return Result.fail(Status.unparsedVersion(resourceVersion) ?? Status.modified(resource, name))
}

/** An update that names no version replaces whichever is stored. */
const isUnversioned = (resourceVersion: string | undefined): resourceVersion is undefined | "" | "0" =>
  resourceVersion === undefined || resourceVersion === "" || resourceVersion === "0"

/** The refusal of an update whose object has another uid than the stored one; one that is not there has none. */
export const otherUid = (
  resource: Resource,
  { metadata }: { readonly metadata: ObjectMeta },
  uid: string,
  context: WriteContext
): KubeStatus => {
  const key = `${context.isDry === true ? "" : "/registry"}${Strategies.storageKey(resource, metadata.namespace ?? "", metadata.name)}`
  return Status.conflict(
    resource,
    metadata.name,
    `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${uid}, UID in object meta: ${metadata.uid ?? ""}`
  )
}

/** The server itself deletes the endpoints of a service with it. */
const withoutEndpoints = (store: Store.Store, resource: Resource, namespace: string, name: string): Store.Store =>
  resource.id === "services" ? Store.remove(store, "endpoints", namespace, name) : store

const immortal: ReadonlySet<string> = new Set(["default", "kube-public", "kube-system"])

/** A namespace goes when its content is gone: when a controller has emptied `spec.finalizers`. */
const removeNamespace = (
  store: Store.Store,
  resource: Resource,
  object: KubeObject,
  options: RemoveOptions,
  context: WriteContext
): Result.Result<readonly [Removed, Store.Store], KubeStatus> => {
  const { deletionTimestamp, finalizers: present = [], name, resourceVersion = "", uid = "" } = object.metadata
  const failed = (what: string, wanted: string, found: string): KubeStatus =>
    Status.conflict(resource, name, `Precondition failed: ${what} in precondition: ${wanted}, ${what} in object meta: ${found}`)
  if (options.uid !== undefined && options.uid !== uid) return Result.fail(failed("UID", options.uid, uid))
  if (options.resourceVersion !== undefined && options.resourceVersion !== resourceVersion) {
    return Result.fail(failed("ResourceVersion", options.resourceVersion, resourceVersion))
  }
  const finalizers = deletionTimestamp === undefined ? finalizersFor(resource, object.metadata, options) : present
  if (immortal.has(name)) return Result.fail(Status.forbidden(resource, name, "this namespace may not be deleted"))
  if (strings(at(object, "spec", "finalizers")).length === 0 && finalizers.length === 0) {
    return Result.succeed([{ state: "gone", object }, Store.remove(store, resource.id, "", name)])
  }
  if (deletionTimestamp !== undefined) return Result.succeed([{ state: "terminating", object }, store])
  const next = Store.put(store, resource.id, {
    ...object,
    metadata: { ...object.metadata, ...(finalizers.length === 0 ? {} : { finalizers }), deletionTimestamp: kubeTime(context.now) },
    status: { ...record(object["status"]), phase: "Terminating" }
  })
  return Result.succeed([{ state: "terminating", object: Store.get(next, resource.id, "", name) ?? object }, next])
}
