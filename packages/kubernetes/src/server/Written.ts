/** What becomes of an object that a request writes, and the answer. */
import type { KubeObject, KubeReply, KubeStatus } from "@aiopslab/core/Kubernetes"
import * as Result from "effect/Result"
import { carried } from "../apply/Ownership.ts"
import { fieldFor } from "../apply/Root.ts"
import { goForm } from "../GoForm.ts"
import type { JsonRecord } from "../Json.ts"
import { at, isLonger, isRecord, record, string } from "../Json.ts"
import type { Claim } from "../Registry.ts"
import type { Resource } from "../Scheme.ts"
import * as Status from "../Status.ts"
import type { Store } from "../Store.ts"
import { warnings } from "../Warnings.ts"
import type { ResourceCall } from "./Call.ts"
import * as Options from "./Options.ts"
import * as Present from "./Present.ts"

export const answer = (call: ResourceCall, code: number, object: KubeObject, now: number, texts: ReadonlyArray<string>): KubeReply =>
  Present.reply(code, Present.one(call.request, call.resource, object, now), texts)

const givenVersion = (body: unknown): string | undefined => string(at(body, "metadata", "resourceVersion")) || undefined

/** A dry run makes no revision: its object has the one it had before, a new object what it was given. */
const versioned = (call: ResourceCall, object: KubeObject, previous: KubeObject | undefined): KubeObject => {
  if (!Options.isDry(call.request)) return object
  const { resourceVersion: _, ...metadata } = object.metadata
  const before = previous === undefined ? givenVersion(call.request.body) : previous.metadata.resourceVersion
  return carried(object, { ...object, metadata: before === undefined ? metadata : { ...metadata, resourceVersion: before } })
}

/** Of a request to etcd. */
const maxStored = 1.5 * 1024 * 1024

const isObject = (value: JsonRecord): value is JsonRecord & KubeObject => isRecord(value["metadata"]) && typeof value["kind"] === "string"

/** An object as it is stored, and as it was given where that has empty lists or maps more. */
export interface Storable {
  readonly object: KubeObject
  readonly given?: KubeObject
}

/** What Go leaves out is not there, nor are the owners, which are no part of what is stored. */
const formed = (resource: Resource, given: KubeObject): Storable => {
  const { managedFields: _, ...metadata } = given.metadata
  const { type } = fieldFor(resource)
  if (type.kind !== "struct") return { object: given }
  const { apiVersion, kind } = given
  const whole = { ...given, metadata }
  const kept = goForm(whole, type)
  const object: JsonRecord = { ...kept, apiVersion, kind, metadata: { ...record(kept["metadata"]), name: metadata.name } }
  if (!isObject(object)) return { object: given }
  return kept === whole ? { object } : { object, given }
}

export const storable = (call: ResourceCall, object: KubeObject): Result.Result<Storable, KubeStatus> =>
  isLonger(object, maxStored)
    ? Result.fail(Status.internal("etcdserver: request is too large"))
    : Result.succeed(formed(call.resource, object))

/** Writes an object; a refusal speaks of it as it was given, with the empty lists that are not stored. */
export const put = <A>(
  { given, object }: Storable,
  claim: Claim | undefined,
  write: (object: KubeObject, claim: Claim | undefined) => Result.Result<A, KubeStatus>
): Result.Result<A, KubeStatus> => {
  if (given === undefined) return write(object, claim)
  const result = write(object, { ...claim, given })
  if (Result.isSuccess(result) || result.failure.reason !== "Invalid") return result
  const again = write(given, claim)
  return Result.isFailure(again) && again.failure.reason === "Invalid" ? again : result
}

/** The answer to a write that made or changed an object, with what the server warns of in it; a write of a part is not looked at. */
export const written = (
  call: ResourceCall,
  code: number,
  object: KubeObject,
  previous: KubeObject | undefined,
  now: number,
  decoding: ReadonlyArray<string>,
  store: Store
): KubeReply => {
  const { resource } = call
  const found =
    call.path.subresource === "" ? [...warnings(resource.id, object, previous), ...call.advise(object, previous, resource, store)] : []
  return answer(call, code, versioned(call, object, previous), now, found.length === 0 ? decoding : [...decoding, ...found])
}
