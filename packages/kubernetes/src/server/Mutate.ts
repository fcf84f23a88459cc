/** `create`, `update`, `patch`, `delete` and `deletecollection`: each a pure write. */
import type { KubeObject, KubeReply, KubeStatus } from "@aiopslab/core/Kubernetes"
import { patchTypes } from "@aiopslab/core/Kubernetes"
import * as Result from "effect/Result"
import { shown } from "../apply/Ownership.ts"
import { share } from "../Equal.ts"
import type { Write } from "../Host.ts"
import type { JsonRecord } from "../Json.ts"
import { array, at, isArray, isLonger, isRecord, number, record, string } from "../Json.ts"
import * as JsonPatch from "../patch/JsonPatch.ts"
import * as MergePatch from "../patch/MergePatch.ts"
import * as StrategicPatch from "../patch/StrategicPatch.ts"
import type { Removed, RemoveOptions } from "../Registry.ts"
import type { Type } from "../scheme/Type.ts"
import * as Status from "../Status.ts"
import * as Strategies from "../Strategies.ts"
import type { ResourceCall } from "./Call.ts"
import type { Part } from "./Apply.ts"
import * as Apply from "./Apply.ts"
import { sameUid } from "./Apply.ts"
import { claimOf } from "./Claim.ts"
import * as Decode from "./Decode.ts"
import * as Present from "./Present.ts"
import { collection, find } from "./Read.ts"
import { query } from "./Route.ts"
import * as WriteOptions from "./WriteOptions.ts"
import * as Written from "./Written.ts"

/** Of a request to etcd. */
const maxStored = 1.5 * 1024 * 1024

/** Objects are stored one by one, each with what it holds. */
const storable = (object: KubeObject): Result.Result<KubeObject, KubeStatus> =>
  isLonger(object, maxStored) ? Result.fail(Status.internal("etcdserver: request is too large")) : Result.succeed(object)

type Written<A> = Result.Result<A, KubeStatus>

/** A refusal of an object speaks of it as it was given, empty lists included. */
const explained = <A>(write: (object: KubeObject) => Written<A>, object: KubeObject, decoded: Decode.Decoded): Written<A> => {
  const result = write(object)
  if (Result.isSuccess(result) || result.failure.reason !== "Invalid") return result
  const again = write(decoded.given())
  return Result.isFailure(again) && again.failure.reason === "Invalid" ? again : result
}

export const create =
  (call: ResourceCall): Write<KubeReply> =>
  (store, context) =>
    Result.gen(function* () {
      const options = yield* WriteOptions.read(call, "CreateOptions")
      const decoded = yield* Decode.body(call)
      const { object, warnings } = decoded
      const claim = yield* claimOf(call, object, undefined)
      yield* storable(object)
      const write = (one: KubeObject) => call.registry.create(call.resource, one, claim)(store, WriteOptions.by(context, options))
      const [created, next] = yield* explained(write, object, decoded)
      return [Written.written(call, 201, created, undefined, context.now, warnings), next] as const
    })

/** Through the endpoint of a part of the object. */
const put =
  (call: ResourceCall, part: Part, options: WriteOptions.WriteOptions, previous: KubeObject, decoded: Decode.Decoded): Write<KubeReply> =>
  (store, context) =>
    Result.gen(function* () {
      // through a subresource the owners can't be set
      const claim = part === "main" ? yield* claimOf(call, decoded.object, previous) : undefined
      const object = share(previous, yield* storable(decoded.object))
      const write = part === "main" ? call.registry.update : call.registry.updateStatus
      const run = (one: KubeObject) => write(call.resource, one, claim)(store, WriteOptions.by(context, options))
      const [updated, next] = yield* explained(run, object, decoded)
      return [Written.written(call, 200, updated, previous, context.now, decoded.warnings), next] as const
    })

export const update =
  (call: ResourceCall, part: Part): Write<KubeReply> =>
  (store, context) =>
    Result.gen(function* () {
      const options = yield* WriteOptions.read(call, "UpdateOptions")
      const decoded = yield* Decode.body(call)
      const previous = yield* find(call, store)
      return yield* put(call, part, options, previous, decoded)(store, context)
    })

export const patch =
  (call: ResourceCall, part: Part): Write<KubeReply> =>
  (store, context) =>
    Result.gen(function* () {
      const options = yield* WriteOptions.read(call, "PatchOptions")
      if (WriteOptions.isApply(call)) return yield* Apply.apply(call, part, options)(store, context)
      const previous = yield* find(call, store)
      const value = yield* applyPatch(call, namesOwners(call) ? shown(previous) : previous, call.resource.type)
      const decoded = yield* Decode.patched(call, value)
      yield* sameUid(call.resource, decoded.object, previous)
      return yield* put(call, part, options, previous, decoded)(store, context)
    })

/** Whether a JSON patch looks at managedFields, which need not be known for any other. */
const namesOwners = (call: ResourceCall): boolean =>
  array(call.request.body).some((operation) =>
    [at(operation, "path"), at(operation, "from")].some(
      (path) => typeof path === "string" && (path === "" || path === "/metadata" || path.startsWith("/metadata/managedFields"))
    )
  )

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
  if (state === "terminating" || Strategies.returnsDeleted(resource)) return Written.answer(call, 200, object, now, warnings)
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
