/** What becomes of an object that a request writes, and the answer. */
import type { KubeObject, KubeReply, KubeStatus } from "@aiopslab/core/Kubernetes"
import * as Result from "effect/Result"
import { keptParts } from "../apply/KeptValue.ts"
import { carried } from "../apply/Ownership.ts"
import { fieldFor } from "../apply/Root.ts"
import { isLonger } from "../Json.ts"
import * as Status from "../Status.ts"
import * as Warnings from "../Warnings.ts"
import type { Part, ResourceCall } from "./Call.ts"
import * as Present from "./Present.ts"
import { query } from "./Route.ts"

/** What the decoder warns of, and the kind; a write of a status is not looked at. */
export const told = (
  { resource }: ResourceCall,
  part: Part,
  decoding: ReadonlyArray<string>,
  object: KubeObject,
  previous: KubeObject | undefined
): ReadonlyArray<string> => (part === "main" ? [...decoding, ...Warnings.warnings(resource.id, object, previous)] : decoding)

export const answer = (call: ResourceCall, code: number, object: KubeObject, now: number, warnings: ReadonlyArray<string>): KubeReply =>
  Present.reply(code, Present.one(call.request, call.resource, object, now), warnings)

/** A dry run makes no revision: its object has the one it had before, a new object none. */
export const versioned = (call: ResourceCall, object: KubeObject, previous: KubeObject | undefined): KubeObject => {
  if (query(call.request, "dryRun") !== "All") return object
  const { resourceVersion: _, ...metadata } = object.metadata
  const before = previous?.metadata.resourceVersion
  return carried(object, { ...object, metadata: before === undefined ? metadata : { ...metadata, resourceVersion: before } })
}

/** Of a request to etcd. */
const maxStored = 1.5 * 1024 * 1024

/** The object as it is written: what Go leaves out is not there. */
export const storable = (call: ResourceCall, object: KubeObject): Result.Result<KubeObject, KubeStatus> =>
  isLonger(object, maxStored)
    ? Result.fail(Status.internal("etcdserver: request is too large"))
    : Result.succeed(keptParts(object, fieldFor(call.resource)))
