/** What becomes of an object that a request writes, and the answer. */
import type { KubeObject, KubeReply, KubeStatus } from "@aiopslab/core/Kubernetes"
import * as Result from "effect/Result"
import { carried } from "../apply/Ownership.ts"
import { fieldFor } from "../apply/Root.ts"
import { goForm } from "../GoForm.ts"
import type { JsonRecord } from "../Json.ts"
import { at, isLonger, isRecord, record, string } from "../Json.ts"
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

/** What Go leaves out is not there, nor are the owners, which are no part of what is stored. */
const formed = (resource: Resource, object: KubeObject): KubeObject => {
  const { managedFields: _, ...metadata } = object.metadata
  const { type } = fieldFor(resource)
  if (type.kind !== "struct") return object
  const { apiVersion, kind } = object
  const kept = goForm({ ...object, metadata }, type)
  const out: JsonRecord = { ...kept, apiVersion, kind, metadata: { ...record(kept["metadata"]), name: metadata.name } }
  return isObject(out) ? out : object
}

/** The object as it is written. */
export const storable = (call: ResourceCall, object: KubeObject): Result.Result<KubeObject, KubeStatus> =>
  isLonger(object, maxStored)
    ? Result.fail(Status.internal("etcdserver: request is too large"))
    : Result.succeed(formed(call.resource, object))

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
