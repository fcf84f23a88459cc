/** Server-side apply: the body says what its manager wants, whether the object exists or not. */
import type { KubeObject, KubeReply, KubeStatus } from "@aiopslab/core/Kubernetes"
import * as Result from "effect/Result"
import type { Application, Applied } from "../apply/Applied.ts"
import { applied } from "../apply/Applied.ts"
import * as Conflict from "../apply/Conflict.ts"
import { conform } from "../apply/Conform.ts"
import * as Fields from "../apply/FieldSet.ts"
import * as LastApplied from "../apply/LastApplied.ts"
import type { Managed } from "../apply/Managed.ts"
import * as Entries from "../apply/Managed.ts"
import * as GoText from "../apply/GoText.ts"
import { goValue, zero } from "../apply/GoValue.ts"
import { managedOf } from "../apply/Ownership.ts"
import { resetFields } from "../apply/Reset.ts"
import { fieldFor } from "../apply/Root.ts"
import { updated } from "../apply/Updated.ts"
import { share } from "../Equal.ts"
import type { Write } from "../Host.ts"
import type { JsonRecord } from "../Json.ts"
import { at, isRecord, record, string } from "../Json.ts"
import { forbidden } from "../Forbidden.ts"
import * as Rbac from "../Rbac.ts"
import * as Status from "../Status.ts"
import * as Store from "../Store.ts"
import { kubeTime } from "../Time.ts"
import type { Part, ResourceCall } from "./Call.ts"
import { isVisible } from "./Call.ts"
import * as Decode from "./Decode.ts"
import { served } from "./Versioned.ts"
import type { WriteOptions } from "./WriteOptions.ts"
import { by } from "./WriteOptions.ts"
import * as Written from "./Written.ts"

/** Of what an apply is about. */
export interface Target {
  readonly group: string
  readonly apiVersion: string
  readonly kind: string
}

const groupVersion = (apiVersion: string): string => (apiVersion.includes("/") ? apiVersion : `/${apiVersion}`)

const nameOf = (config: JsonRecord): string => {
  const metadata = record(config["metadata"])
  const [namespace, name] = [string(metadata["namespace"]) ?? "", string(metadata["name"]) ?? ""]
  return `${namespace}/${name}; ${groupVersion(string(config["apiVersion"]) ?? "")}, Kind=${string(config["kind"]) ?? ""}`
}

/** The configuration of a request's body, once it is one of the target's kind. */
export const configOf = (body: unknown, target: Target, field: Application["field"]): Result.Result<JsonRecord, KubeStatus> => {
  if (body !== undefined && body !== null && !isRecord(body)) {
    return Result.fail(
      Status.badRequest(
        `error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${GoText.jsonKind(body)} into Go value of type map[string]interface {}`
      )
    )
  }
  const config = record(body)
  const apiVersion = string(config["apiVersion"]) ?? ""
  const kind = string(config["kind"]) ?? ""
  if (apiVersion !== target.apiVersion || kind !== target.kind) {
    return Result.fail(Status.badRequest(`invalid object type: ${groupVersion(apiVersion)}, Kind=${kind}`))
  }
  const given = at(config, "metadata", "managedFields")
  if (given !== undefined && given !== null) return Result.fail(Status.badRequest("metadata.managedFields must be nil"))
  return Result.mapBoth(conform(config, field), {
    onSuccess: () => config,
    onFailure: (why) => Status.internal(`failed to create typed patch object (${nameOf(config)}): ${why}`)
  })
}

const beforeFirst = "before-first-apply"

/** An object that nobody owned is owned by all who wrote it until now, under one name. */
const tracked = (managed: Managed, application: Application): Managed =>
  managed.length > 0
    ? managed
    : updated(managed, {
        manager: { ...application.manager, manager: beforeFirst, operation: "Update" },
        time: application.time,
        field: application.field,
        reset: application.reset,
        before: zero(application.field),
        after: goValue(application.live, application.field)
      })

/** Applies for a manager, with what kubectl may take over from itself. */
export const carryOut = (before: Managed, application: Application): Result.Result<Applied, KubeStatus> => {
  const managed = tracked(before, application)
  const first = applied(managed, application)
  if (Result.isSuccess(first)) return Result.succeed(first.success)
  const conflicts = first.failure
  if (application.manager.manager !== LastApplied.manager) return Result.fail(Conflict.status(conflicts))
  const granted = LastApplied.granted(record(application.live), application.field)
  const left = conflicts.filter(({ path }) => !Fields.has(granted, path))
  if (left.length > 0) return Result.fail(Conflict.status(left))
  return Result.mapError(applied(managed, { ...application, onConflict: "force" }), Conflict.status)
}

/** Who may patch may not therefore create. */
export const mayCreate = (call: ResourceCall, store: Store.Store): Result.Result<void, KubeStatus> => {
  const { group, name, namespace, plural, subresource } = call.path
  const create: Rbac.Attributes = { kind: "resource", verb: "create", group, resource: plural, subresource, namespace, name }
  return Rbac.isAllowed(store, call.identity, create) ? Result.void : Result.fail(forbidden(call.identity, create))
}

const lookUp = (call: ResourceCall, store: Store.Store): KubeObject | undefined => {
  const { path, resource } = call
  const found = Store.get(store, resource.id, resource.namespaced ? path.namespace : "", path.name)
  return found !== undefined && isVisible(call, found) ? served(resource, found) : undefined
}

const created =
  (call: ResourceCall, decoded: Decode.Decoded, managed: Managed, options: WriteOptions): Write<KubeReply> =>
  (store, context) =>
    Result.gen(function* () {
      const { resourceVersion: _, uid, ...metadata } = decoded.object.metadata
      if (uid !== undefined) {
        const why = `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`
        return yield* Result.fail(Status.conflict(call.resource, call.path.name, why))
      }
      yield* mayCreate(call, store)
      const storable = yield* Written.storable(call, { ...decoded.object, metadata })
      const [made, next] = yield* Written.put(storable, { known: managed }, (one, claim) =>
        call.registry.create(call.resource, one, claim)(store, by(context, options))
      )
      return [Written.written(call, 201, made, undefined, context.now, decoded.warnings, next), next] as const
    })

export const apply =
  (call: ResourceCall, part: Part, options: WriteOptions): Write<KubeReply> =>
  (store, context) =>
    Result.gen(function* () {
      const { resource } = call
      const field = fieldFor(resource)
      const subresource = part === "main" ? "" : part
      const previous = lookUp(call, store)
      const hidden = previous === undefined && resource.namespaced && call.hidden.has(call.path.namespace)
      if (hidden) return yield* Result.fail(Status.notFound({ group: "", plural: "namespaces", kind: "Namespace" }, call.path.namespace))
      if (previous === undefined && part === "status") return yield* Result.fail(Status.notFound(resource, call.path.name))
      const config = yield* configOf(call.request.body, resource, field)
      const application: Application = {
        manager: { manager: options.manager, operation: "Apply", apiVersion: resource.apiVersion, subresource },
        time: kubeTime(context.now),
        field,
        reset: resetFields(resource, subresource),
        live: previous ?? {},
        config,
        onConflict: options.onConflict
      }
      const { managed, object } = yield* carryOut(previous === undefined ? Entries.none : managedOf(previous), application)
      const value = options.manager === LastApplied.manager ? LastApplied.followed(record(object), config) : record(object)
      const decoded = yield* Decode.applied(call, value)
      if (previous === undefined) return yield* created(call, decoded, managed, options)(store, context)
      const write = part === "main" ? call.registry.update : call.registry.updateStatus
      const storable = yield* Written.storable(call, decoded.object)
      const shared = { ...storable, object: share(previous, storable.object) }
      const [next, after] = yield* Written.put(shared, { known: managed, verb: "patch" }, (one, claim) =>
        write(resource, one, claim)(store, by(context, options))
      )
      return [Written.written(call, 200, next, previous, context.now, decoded.warnings, after), after] as const
    })
