/** `create`, `update`, `patch`, `delete` and `deletecollection`: each a pure write. */
import type { KubeObject, KubeReply } from "@aiopslab/core/Kubernetes"
import { KubeStatus } from "@aiopslab/core/Kubernetes"
import * as Result from "effect/Result"
import { shown } from "../apply/Ownership.ts"
import { share } from "../Equal.ts"
import type { Write } from "../Host.ts"
import { number, record, string } from "../Json.ts"
import type { Claim, Removed, RemoveOptions } from "../Registry.ts"
import { otherUid } from "../Registry.ts"
import * as Status from "../Status.ts"
import * as Strategies from "../Strategies.ts"
import type { Part, ResourceCall } from "./Call.ts"
import * as Apply from "./Apply.ts"
import { mayCreate } from "./Apply.ts"
import { claimOf } from "./Claim.ts"
import * as Decode from "./Decode.ts"
import * as Patched from "./Patched.ts"
import * as Present from "./Present.ts"
import { collection, find } from "./Read.ts"
import { query } from "./Route.ts"
import * as WriteOptions from "./WriteOptions.ts"
import * as Written from "./Written.ts"

/** What was odd about the body is told with a refusal, too. */
const warned = <A>(result: Result.Result<A, KubeStatus>, warnings: ReadonlyArray<string>): Result.Result<A, KubeStatus> =>
  warnings.length === 0
    ? result
    : Result.mapError(
        result,
        ({ code, details, message, reason, warnings: own = [] }) =>
          new KubeStatus({ code, reason, message, ...(details === undefined ? {} : { details }), warnings: [...warnings, ...own] })
      )

export const create =
  (call: ResourceCall): Write<KubeReply> =>
  (store, context) =>
    Result.flatMap(Decode.body(call), ({ object, warnings }) =>
      warned(
        Result.gen(function* () {
          const options = WriteOptions.read(call.request)
          const claim = yield* claimOf(call, object, undefined)
          const [created, next] = yield* Written.put(yield* Written.storable(call, object), claim, (one, claim) =>
            call.registry.create(call.resource, one, claim)(store, WriteOptions.by(context, options))
          )
          return [Written.written(call, 201, created, undefined, context.now, warnings, next), next] as const
        }),
        warnings
      )
    )

/** Through the endpoint of a part of the object; by a patch of what was there, or as a whole. */
const put =
  (
    call: ResourceCall,
    part: Part,
    options: WriteOptions.WriteOptions,
    previous: KubeObject,
    decoded: Decode.Decoded,
    verb: Pick<Claim, "verb">
  ): Write<KubeReply> =>
  (store, context) =>
    Result.gen(function* () {
      // through a subresource the owners can't be set
      const owners = part === "main" ? yield* claimOf(call, decoded.object, previous) : undefined
      const claim = owners === undefined && verb.verb === undefined ? undefined : { ...owners, ...verb }
      const storable = yield* Written.storable(call, decoded.object)
      const write = part === "main" ? call.registry.update : call.registry.updateStatus
      const [updated, next] = yield* Written.put({ ...storable, object: share(previous, storable.object) }, claim, (one, claim) =>
        write(call.resource, one, claim)(store, WriteOptions.by(context, options))
      )
      return [Written.written(call, 200, updated, previous, context.now, decoded.warnings, next), next] as const
    })

export const update =
  (call: ResourceCall, part: Part): Write<KubeReply> =>
  (store, context) =>
    Result.gen(function* () {
      const options = WriteOptions.read(call.request)
      const decoded = yield* Decode.body(call)
      const previous = find(call, store)
      if (Result.isFailure(previous) && Strategies.createsOnUpdate(call.resource)) {
        return yield* made(call, part, options, decoded)(store, context)
      }
      return yield* warned(put(call, part, options, yield* previous, decoded, {})(store, context), decoded.warnings)
    })

/** By an update of what is not there. */
const made =
  (call: ResourceCall, part: Part, options: WriteOptions.WriteOptions, { object, warnings }: Decode.Decoded): Write<KubeReply> =>
  (store, before) =>
    Result.gen(function* () {
      const context = WriteOptions.by(before, options)
      const { resourceVersion = "", uid = "", ...metadata } = object.metadata
      if (uid !== "") {
        const absent = { metadata: { name: metadata.name, namespace: metadata.namespace ?? "" } }
        return yield* Result.fail(otherUid(call.resource, absent, uid, context))
      }
      const unparsed = resourceVersion === "" ? undefined : Status.unparsedVersion(resourceVersion)
      if (unparsed !== undefined) return yield* Result.fail(unparsed)
      yield* mayCreate(call, store)
      const owners = yield* claimOf(call, object, undefined)
      const claim = part === "main" ? owners : { ...owners, subresource: part }
      const storable = yield* Written.storable(call, { ...object, metadata })
      const [created, next] = yield* Written.put(storable, claim, (one, claim) =>
        call.registry.create(call.resource, one, claim)(store, context)
      )
      return [Written.written(call, 201, created, undefined, context.now, warnings, next), next] as const
    })

export const patch =
  (call: ResourceCall, part: Part): Write<KubeReply> =>
  (store, context) =>
    Result.gen(function* () {
      const options = WriteOptions.read(call.request)
      if (WriteOptions.isApply(call.request)) return yield* Apply.apply(call, part, options)(store, context)
      const previous = yield* find(call, store)
      const decoded = yield* Decode.patched(call, yield* Patched.patched(call, previous, () => shown(previous)))
      return yield* put(call, part, options, previous, decoded, { verb: "patch" })(store, context)
    })

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

const warningsOf = ({ resource }: ResourceCall, { propagationPolicy }: RemoveOptions): ReadonlyArray<string> =>
  resource.id === "jobs.batch" && propagationPolicy === undefined ? [keepsPods] : []

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
    return Result.map(call.registry.remove(call.resource, namespace, name, options.success)(store, context), ([result, next]) => [
      removed(call, result, context.now, warningsOf(call, options.success)),
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
    const list = Present.many(call.request, call.resource, found.success, metadata, context.now)
    return Result.succeed([Present.reply(200, list, warningsOf(call, options.success)), next])
  }
