/** `create`, `update`, `patch`, `delete` and `deletecollection`: each a pure write. */
import type { KubeObject, KubeReply, KubeStatus } from "@aiopslab/core/Kubernetes"
import { patchTypes } from "@aiopslab/core/Kubernetes"
import * as Result from "effect/Result"
import { share } from "../Equal.ts"
import type { Write } from "../Host.ts"
import type { JsonRecord } from "../Json.ts"
import { isArray, isRecord, number, record, string } from "../Json.ts"
import * as JsonPatch from "../patch/JsonPatch.ts"
import * as MergePatch from "../patch/MergePatch.ts"
import * as StrategicPatch from "../patch/StrategicPatch.ts"
import type { Removed, RemoveOptions } from "../Registry.ts"
import type { Type } from "../scheme/Type.ts"
import * as Status from "../Status.ts"
import * as Strategies from "../Strategies.ts"
import type { ResourceCall } from "./Call.ts"
import * as Decode from "./Decode.ts"
import * as Options from "./Options.ts"
import * as Present from "./Present.ts"
import { collection, find } from "./Read.ts"
import { query } from "./Route.ts"

/** Which part of the object a write is for. */
export type Part = "main" | "status"

const shown = (call: ResourceCall, code: number, object: KubeObject, now: number, warnings: ReadonlyArray<string>): KubeReply =>
  Present.reply(code, Present.one(call.request, call.resource, object, now), warnings)

/** A dry run makes no revision: its object has the one it had before, a new object none. */
const versioned = (call: ResourceCall, object: KubeObject, previous: KubeObject | undefined): KubeObject => {
  if (!Options.isDry(call.request)) return object
  const { resourceVersion: _, ...metadata } = object.metadata
  const before = previous?.metadata.resourceVersion
  return { ...object, metadata: before === undefined ? metadata : { ...metadata, resourceVersion: before } }
}

export const create =
  (call: ResourceCall): Write<KubeReply> =>
  (store, context) => {
    const decoded = Decode.body(call)
    if (Result.isFailure(decoded)) return Result.fail(decoded.failure)
    const { object, warnings } = decoded.success
    return Result.map(call.registry.create(call.resource, object)(store, context), ([created, next]) => [
      shown(call, 201, versioned(call, created, undefined), context.now, warnings),
      next
    ])
  }

const write = (call: ResourceCall, part: Part, object: KubeObject): Write<KubeObject> =>
  part === "status" ? call.registry.updateStatus(call.resource, object) : call.registry.update(call.resource, object)

export const update =
  (call: ResourceCall, part: Part): Write<KubeReply> =>
  (store, context) => {
    const decoded = Decode.body(call)
    if (Result.isFailure(decoded)) return Result.fail(decoded.failure)
    const previous = find(call, store)
    if (Result.isFailure(previous)) return Result.fail(previous.failure)
    const object = share(previous.success, decoded.success.object)
    return Result.map(write(call, part, object)(store, context), ([updated, next]) => [
      shown(call, 200, versioned(call, updated, previous.success), context.now, decoded.success.warnings),
      next
    ])
  }

export const patch =
  (call: ResourceCall, part: Part): Write<KubeReply> =>
  (store, context) => {
    const found = find(call, store)
    if (Result.isFailure(found)) return Result.fail(found.failure)
    const previous = found.success
    const value = applyPatch(call, previous, call.resource.type)
    if (Result.isFailure(value)) return Result.fail(value.failure)
    const decoded = Decode.patched(call, value.success)
    if (Result.isFailure(decoded)) return Result.fail(decoded.failure)
    const object = share(previous, decoded.success.object)
    return Result.map(write(call, part, object)(store, context), ([updated, next]) => [
      shown(call, 200, versioned(call, updated, previous), context.now, decoded.success.warnings),
      next
    ])
  }

/** Carries out the request's patch on any JSON object. `type` is `undefined` where there is no strategic merge. */
export const applyPatch = (call: ResourceCall, target: JsonRecord, type: Type | undefined): Result.Result<JsonRecord, KubeStatus> => {
  const { body, contentType = "" } = call.request
  switch (contentType.split(";")[0]?.trim()) {
    case patchTypes.json:
      if (!isArray(body)) {
        return Result.fail(
          Status.badRequest("error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp")
        )
      }
      return Result.mapBoth(JsonPatch.apply(target, body), { onSuccess: record, onFailure: () => Status.unprocessable })
    case patchTypes.merge:
      return isRecord(body) ? Result.succeed(record(MergePatch.apply(target, body))) : Result.fail(notAnObject)
    case patchTypes.strategic:
      if (type === undefined) return Result.fail(Status.unsupportedPatch)
      return isRecord(body) ? Result.mapError(StrategicPatch.apply(target, body, type), Status.internal) : Result.fail(notAnObject)
    default:
      return Result.fail(Status.unsupportedPatch)
  }
}

const notAnObject = Status.badRequest("error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}")

const policies: ReadonlySet<string> = new Set(["Background", "Foreground", "Orphan"])
const isPolicy = (text: string): text is NonNullable<RemoveOptions["propagationPolicy"]> => policies.has(text)

/** From the body (`DeleteOptions`), or from the query. */
const removeOptions = (call: ResourceCall): Result.Result<RemoveOptions, KubeStatus> => {
  const { request } = call
  const body = record(request.body)
  const preconditions = record(body["preconditions"])
  const seconds = number(body["gracePeriodSeconds"]) ?? numeric(query(request, "gracePeriodSeconds"))
  const legacy = string(body["orphanDependents"]) ?? (body["orphanDependents"] === true ? "true" : query(request, "orphanDependents"))
  const policy = string(body["propagationPolicy"]) ?? query(request, "propagationPolicy") ?? (legacy === "true" ? "Orphan" : undefined)
  if (policy !== undefined && !isPolicy(policy)) {
    return Result.fail(
      Status.invalid({ group: "meta.k8s.io", plural: "", kind: "DeleteOptions" }, "", [
        {
          reason: "FieldValueNotSupported",
          message: `Unsupported value: ${JSON.stringify(policy)}: supported values: "Foreground", "Background", "Orphan", "nil"`,
          field: "propagationPolicy"
        }
      ])
    )
  }
  const uid = string(preconditions["uid"])
  const resourceVersion = string(preconditions["resourceVersion"])
  return Result.succeed({
    ...(seconds === undefined ? {} : { gracePeriodSeconds: seconds }),
    ...(policy === undefined ? {} : { propagationPolicy: policy }),
    ...(uid === undefined ? {} : { uid }),
    ...(resourceVersion === undefined ? {} : { resourceVersion })
  })
}

const numeric = (text: string | undefined): number | undefined => (text === undefined || !/^\d+$/.test(text) ? undefined : Number(text))

const keepsPods =
  "child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning"

const removed = (call: ResourceCall, { object, state }: Removed, now: number, warnings: ReadonlyArray<string>): KubeReply => {
  const { resource } = call
  if (state === "terminating" || Strategies.returnsDeleted(resource)) return shown(call, 200, object, now, warnings)
  return Present.reply(
    200,
    {
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Success",
      details: {
        name: object.metadata.name,
        ...(resource.group === "" ? {} : { group: resource.group }),
        kind: resource.plural,
        uid: object.metadata.uid ?? ""
      }
    },
    warnings
  )
}

export const remove =
  (call: ResourceCall): Write<KubeReply> =>
  (store, context) => {
    const options = removeOptions(call)
    if (Result.isFailure(options)) return Result.fail(options.failure)
    const found = find(call, store)
    if (Result.isFailure(found)) return Result.fail(found.failure)
    const { name, namespace = "" } = found.success.metadata
    const warnings = call.resource.id === "jobs.batch" && options.success.propagationPolicy === undefined ? [keepsPods] : []
    return Result.map(call.registry.remove(call.resource, namespace, name, options.success)(store, context), ([result, next]) => [
      removed(call, result, context.now, warnings),
      next
    ])
  }

/** Deletes what the selectors match; the answer lists the objects as they were. */
export const removeAll =
  (call: ResourceCall): Write<KubeReply> =>
  (store, context) => {
    const options = removeOptions(call)
    if (Result.isFailure(options)) return Result.fail(options.failure)
    const found = collection(call, store)
    if (Result.isFailure(found)) return Result.fail(found.failure)
    let next = store
    for (const { metadata } of found.success) {
      const result = call.registry.remove(call.resource, metadata.namespace ?? "", metadata.name, options.success)(next, context)
      if (Result.isFailure(result)) return Result.fail(result.failure)
      next = result.success[1]
    }
    const metadata = { resourceVersion: String(store.revision) }
    return Result.succeed([Present.reply(200, Present.many(call.request, call.resource, found.success, metadata, context.now)), next])
  }
