/** The answer to a write. */
import type { KubeObject, KubeReply } from "@aiopslab/core/Kubernetes"
import { carried } from "../apply/Ownership.ts"
import { warnings } from "../Warnings.ts"
import type { ResourceCall } from "./Call.ts"
import * as Present from "./Present.ts"
import { query } from "./Route.ts"

export const answer = (call: ResourceCall, code: number, object: KubeObject, now: number, texts: ReadonlyArray<string>): KubeReply =>
  Present.reply(code, Present.one(call.request, call.resource, object, now), texts)

/** A dry run makes no revision: its object has the one it had before, a new object none. */
const versioned = (call: ResourceCall, object: KubeObject, previous: KubeObject | undefined): KubeObject => {
  if (query(call.request, "dryRun") !== "All") return object
  const { resourceVersion: _, ...metadata } = object.metadata
  const before = previous?.metadata.resourceVersion
  return carried(object, { ...object, metadata: before === undefined ? metadata : { ...metadata, resourceVersion: before } })
}

/** The answer to a write that made or changed an object, with what the server warns of in it. */
export const written = (
  call: ResourceCall,
  code: number,
  object: KubeObject,
  previous: KubeObject | undefined,
  now: number,
  decoding: ReadonlyArray<string>
): KubeReply => {
  const found = call.path.subresource === "" ? warnings(call.resource.id, object, previous) : []
  return answer(call, code, versioned(call, object, previous), now, found.length === 0 ? decoding : [...decoding, ...found])
}
