/** The subresource `scale`: replicas of any kind that has them, as an object of `autoscaling/v1`. */
import type { KubeObject, KubeReply, KubeStatus } from "@aiopslab/core/Kubernetes"
import * as Result from "effect/Result"
import type { Write } from "../Host.ts"
import type { JsonRecord } from "../Json.ts"
import { at, isRecord, number, record, string, withAt } from "../Json.ts"
import * as JsonPath from "../custom/JsonPath.ts"
import type { Resource } from "../Scheme.ts"
import * as Selector from "../Selector.ts"
import * as Status from "../Status.ts"
import type { Store } from "../Store.ts"
import type { ResourceCall } from "./Call.ts"
import * as Mutate from "./Mutate.ts"
import * as Present from "./Present.ts"
import { find } from "./Read.ts"

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

const scaleOf = (object: KubeObject, paths: Paths): JsonRecord => {
  const { creationTimestamp, name, namespace, resourceVersion, uid } = object.metadata
  const selector = selectorOf(object, paths)
  return {
    kind: "Scale",
    apiVersion: "autoscaling/v1",
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: number(at(object, ...paths.replicas)) ?? 0 },
    status: { replicas: number(at(object, ...paths.statusReplicas)) ?? 0, ...(selector === "" ? {} : { selector }) }
  }
}

export const get = (call: ResourceCall, store: Store): Result.Result<KubeReply, KubeStatus> =>
  Result.flatMap(find(call, store), (object) => {
    const declared = call.resource.custom?.scale
    const paths = pathsOf(call.resource)
    if (declared !== undefined && at(object, ...paths.replicas) === undefined) {
      return Result.fail(Status.internalError(`the spec replicas field ${JSON.stringify(declared["specReplicasPath"])} does not exist`))
    }
    return Result.succeed(Present.reply(200, scaleOf(object, paths)))
  })

/** From the Scale that a body or a patch gives to the object's new replicas. */
const write =
  (call: ResourceCall, scaleFor: (current: JsonRecord) => Result.Result<JsonRecord, KubeStatus>): Write<KubeReply> =>
  (store, context) => {
    const found = find(call, store)
    if (Result.isFailure(found)) return Result.fail(found.failure)
    const paths = pathsOf(call.resource)
    const scale = scaleFor(scaleOf(found.success, paths))
    if (Result.isFailure(scale)) return Result.fail(scale.failure)
    const { name } = found.success.metadata
    const replicas = at(scale.success, "spec", "replicas") ?? 0
    if (typeof replicas !== "number" || !Number.isInteger(replicas)) {
      return Result.fail(
        Status.badRequest(
          `Scale in version "v1" cannot be handled as a Scale: json: cannot unmarshal ${typeof replicas} into Go struct field ScaleSpec.spec.replicas of type int32`
        )
      )
    }
    if (replicas < 0) {
      const message = `Invalid value: ${replicas}: must be greater than or equal to 0`
      return Result.fail(Status.invalid(subject, name, [{ reason: "FieldValueInvalid", message, field: "spec.replicas" }]))
    }
    const { apiVersion, kind, metadata } = found.success
    const resourceVersion = string(at(scale.success, "metadata", "resourceVersion")) ?? metadata.resourceVersion ?? ""
    const object: KubeObject = {
      ...withAt(found.success, paths.replicas, replicas),
      apiVersion,
      kind,
      metadata: { ...metadata, resourceVersion }
    }
    return Result.map(call.registry.update(call.resource, object)(store, context), ([updated, next]) => [
      Present.reply(200, scaleOf(updated, paths)),
      next
    ])
  }

export const update = (call: ResourceCall): Write<KubeReply> =>
  write(call, () =>
    isRecord(call.request.body)
      ? Result.succeed(record(call.request.body))
      : Result.fail(
          Status.badRequest(
            "the object provided is unrecognized (must be of type Scale): couldn't get version/kind; json parse error: unexpected end of JSON input ()"
          )
        )
  )

export const patch = (call: ResourceCall): Write<KubeReply> =>
  write(call, (current) => Mutate.applyPatch(call, current, call.scheme.type("api.autoscaling.v1.Scale")))
