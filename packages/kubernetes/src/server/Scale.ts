/** The subresource `scale`: replicas of any kind that has them, as an object of `autoscaling/v1`. */
import type { KubeObject, KubeReply, KubeStatus } from "@aiopslab/core/Kubernetes"
import * as Result from "effect/Result"
import * as Struct from "effect/Struct"
import * as Fields from "../apply/FieldSet.ts"
import { goValue } from "../apply/GoValue.ts"
import type { Managed } from "../apply/Managed.ts"
import * as Entries from "../apply/Managed.ts"
import { managedOf } from "../apply/Ownership.ts"
import { apiVersion, toParent, toScale } from "../apply/ScaleOwners.ts"
import { fieldOf, freeField } from "../apply/Shape.ts"
import { updated } from "../apply/Updated.ts"
import type { Write } from "../Host.ts"
import type { JsonRecord } from "../Json.ts"
import { at, number, record, string, withAt } from "../Json.ts"
import * as JsonPath from "../custom/JsonPath.ts"
import type { Resource } from "../Scheme.ts"
import { builtInScheme } from "../Scheme.ts"
import type { Field } from "../scheme/Type.ts"
import * as Selector from "../Selector.ts"
import * as Status from "../Status.ts"
import type { Store } from "../Store.ts"
import { kubeTime } from "../Time.ts"
import * as Apply from "./Apply.ts"
import type { ResourceCall } from "./Call.ts"
import * as Decode from "./Decode.ts"
import * as Patched from "./Patched.ts"
import * as Present from "./Present.ts"
import { find } from "./Read.ts"
import * as WriteOptions from "./WriteOptions.ts"

const subject = { group: "autoscaling", plural: "scales", kind: "Scale" }

interface Paths {
  readonly replicas: ReadonlyArray<string>
  readonly statusReplicas: ReadonlyArray<string>
  /** Of the selector as text; `undefined` where the object has one that is no text. */
  readonly selector: ReadonlyArray<string> | undefined
}

const usual: Paths = { replicas: ["spec", "replicas"], statusReplicas: ["status", "replicas"], selector: undefined }

const keysAt = (declared: JsonRecord, name: string): ReadonlyArray<string> => JsonPath.keys(string(declared[name]) ?? "")

const pathsOf = ({ custom }: Resource): Paths =>
  custom?.scale === undefined
    ? usual
    : {
        replicas: keysAt(custom.scale, "specReplicasPath"),
        statusReplicas: keysAt(custom.scale, "statusReplicasPath"),
        selector: keysAt(custom.scale, "labelSelectorPath")
      }

/** A replication controller's selector is a map of labels. */
const selectorOf = (object: KubeObject, paths: Paths): string => {
  if (paths.selector !== undefined) return paths.selector.length === 0 ? "" : (string(at(object, ...paths.selector)) ?? "")
  const selector = at(object, "spec", "selector")
  return Selector.print(object.kind === "ReplicationController" ? Selector.fromLabels(selector) : Selector.fromLabelSelector(selector))
}

const scaleOf = (object: KubeObject, paths: Paths): KubeObject => {
  const { name } = object.metadata
  const selector = selectorOf(object, paths)
  return {
    kind: "Scale",
    apiVersion: "autoscaling/v1",
    metadata: { name, ...Struct.pick(object.metadata, ["namespace", "uid", "resourceVersion", "creationTimestamp"]) },
    spec: { replicas: number(at(object, ...paths.replicas)) ?? 0 },
    status: { replicas: number(at(object, ...paths.statusReplicas)) ?? 0, ...(selector === "" ? {} : { selector }) }
  }
}

/** A custom resource's has no table. */
const shown = (call: ResourceCall, scale: KubeObject, now: number): JsonRecord =>
  call.resource.custom === undefined
    ? Present.one(call.request, { ...call.resource, id: "scales.autoscaling", stored: undefined }, scale, now)
    : scale

export const get = (call: ResourceCall, store: Store, now: number): Result.Result<KubeReply, KubeStatus> =>
  Result.flatMap(find(call, store), (object) => {
    const declared = call.resource.custom?.scale
    const paths = pathsOf(call.resource)
    if (declared !== undefined && at(object, ...paths.replicas) === undefined) {
      return Result.fail(Status.internalError(`the spec replicas field ${JSON.stringify(declared["specReplicasPath"])} does not exist`))
    }
    return Result.succeed(Present.reply(200, shown(call, scaleOf(object, paths), now)))
  })

/** What a request makes of a scale: its new form, and who owns what of it then. */
interface Change {
  readonly scale: JsonRecord
  readonly managed: Managed
  readonly warnings?: ReadonlyArray<string>
}

/** Of the scale's own object; its kind is the same for all. */
const scaleType = "api.autoscaling.v1.Scale"
const type = builtInScheme.type(scaleType)
const field: Field = type?.kind === "struct" ? fieldOf(type) : freeField

const write =
  (
    call: ResourceCall,
    change: (current: JsonRecord, managed: Managed, options: WriteOptions.WriteOptions, time: string) => Result.Result<Change, KubeStatus>
  ): Write<KubeReply> =>
  (store, context) =>
    Result.gen(function* () {
      const options = WriteOptions.read(call.request)
      const found = yield* find(call, store)
      const owned = managedOf(found)
      const paths = pathsOf(call.resource)
      const current = scaleOf(found, paths)
      const { managed, scale, warnings = [] } = yield* change(current, toScale(owned, paths.replicas), options, kubeTime(context.now))
      const { name } = found.metadata
      const replicas = number(at(scale, "spec", "replicas")) ?? 0
      if (replicas < 0) {
        const message = `Invalid value: ${replicas}: must be greater than or equal to 0`
        return yield* Result.fail(Status.invalid(subject, name, [{ reason: "FieldValueInvalid", message, field: "spec.replicas" }]))
      }
      const named = (one: JsonRecord): KubeObject => ({ ...one, kind: "Scale", apiVersion, metadata: { ...record(one["metadata"]), name } })
      const pass = call.registry.pass({
        operation: "UPDATE",
        resource: call.resource,
        subresource: "scale",
        kind: { group: "autoscaling", version: "v1", kind: "Scale" },
        naming: "given",
        object: named(scale),
        previous: named(scaleOf(found, paths)),
        place: { namespace: call.path.namespace, name }
      })
      yield* pass(store, context)
      const resourceVersion = string(at(scale, "metadata", "resourceVersion")) ?? found.metadata.resourceVersion ?? ""
      const object: KubeObject = {
        ...withAt(found, paths.replicas, replicas),
        apiVersion: found.apiVersion,
        kind: found.kind,
        metadata: { ...found.metadata, resourceVersion }
      }
      const known = toParent(owned, managed, call.resource.apiVersion, paths.replicas)
      const [updated, next] = yield* call.registry.update(call.resource, object, { known })(store, WriteOptions.by(context, options))
      return [Present.reply(200, scaleOf(updated, paths), warnings), next] as const
    })

/** A plain write of a scale: its manager owns the replicas when it changed them, unless nobody did. */
const changed = (
  current: JsonRecord,
  { object, warnings }: Decode.Decoded,
  managed: Managed,
  options: WriteOptions.WriteOptions,
  time: string
): Change => ({
  scale: object,
  warnings,
  managed:
    managed.length === 0
      ? managed
      : updated(managed, {
          manager: { manager: options.manager, operation: "Update", apiVersion, subresource: "scale" },
          time,
          field,
          reset: Fields.empty,
          before: goValue(current, field),
          after: goValue(object, field)
        })
})

/** The body is looked at before the object is. */
export const update =
  (call: ResourceCall): Write<KubeReply> =>
  (store, context) =>
    Result.flatMap(Decode.body(Decode.ofKind(call, apiVersion, "Scale")), (decoded) =>
      write(call, (current, managed, options, time) => Result.succeed(changed(current, decoded, managed, options, time)))(store, context)
    )

export const patch = (call: ResourceCall): Write<KubeReply> =>
  write(call, (current, managed, options, time) => {
    if (WriteOptions.isApply(call.request)) return applied(call, current, managed, options, time)
    const inner = Decode.ofKind(call, apiVersion, "Scale")
    const metadata = { ...record(current["metadata"]), managedFields: Entries.encode(managed) }
    const owned = () => (managed.length === 0 ? current : { ...current, metadata })
    return Result.flatMap(Patched.patched(inner, current, owned), (result) =>
      Result.map(Decode.patched(inner, result), (decoded) => changed(current, decoded, managed, options, time))
    )
  })

const applied = (
  call: ResourceCall,
  current: JsonRecord,
  managed: Managed,
  options: WriteOptions.WriteOptions,
  time: string
): Result.Result<Change, KubeStatus> =>
  Result.gen(function* () {
    const config = yield* Apply.configOf(call.request.body, { group: "autoscaling", apiVersion, kind: "Scale" }, field)
    const done = yield* Apply.carryOut(managed, {
      manager: { manager: options.manager, operation: "Apply", apiVersion, subresource: "scale" },
      time,
      field,
      reset: Fields.empty,
      live: current,
      config,
      onConflict: options.onConflict
    })
    return { scale: record(done.object), managed: done.managed }
  })
