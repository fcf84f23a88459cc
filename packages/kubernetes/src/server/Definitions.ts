/** Deleting a CustomResourceDefinition: it stays, terminating, until its objects are gone, which what settles a write sees to. */
import type { KubeObject, KubeReply, KubeStatus } from "@aiopslab/core/Kubernetes"
import * as Result from "effect/Result"
import * as Settle from "../custom/Settle.ts"
import type { Write } from "../Host.ts"
import { at } from "../Json.ts"
import * as Status from "../Status.ts"
import * as Store from "../Store.ts"
import type { ResourceCall } from "./Call.ts"
import * as Mutate from "./Mutate.ts"
import * as Present from "./Present.ts"
import { find } from "./Read.ts"

/** Preconditions that don't hold, in words of this kind's own. */
const refusal = ({ request, resource }: ResourceCall, { metadata }: KubeObject): KubeStatus | undefined => {
  for (const [key, shown] of [
    ["uid", "UID"],
    ["resourceVersion", "ResourceVersion"]
  ] as const) {
    const wanted = at(request.body, "preconditions", key)
    if (typeof wanted !== "string" || wanted === metadata[key]) continue
    const why = `Precondition failed: ${shown} in precondition: ${wanted}, ${shown} in object meta: ${metadata[key] ?? ""}`
    return Status.conflict(resource, metadata.name, why)
  }
  return undefined
}

export const remove =
  (call: ResourceCall): Write<KubeReply> =>
  (store, context) => {
    const found = find(call, store)
    if (Result.isFailure(found)) return Result.fail(found.failure)
    const refused = refusal(call, found.success)
    if (refused !== undefined) return Result.fail(refused)
    // what an ordinary deletion would refuse
    const checked = Mutate.remove(call)(store, context)
    if (Result.isFailure(checked)) return Result.fail(checked.failure)
    const marked = found.success.metadata.deletionTimestamp === undefined ? Settle.terminating(found.success, context.now) : found.success
    const next = Store.put(store, call.resource.id, marked)
    const stored = Store.get(next, call.resource.id, "", marked.metadata.name) ?? marked
    return Result.succeed([Present.reply(200, Present.one(call.request, call.resource, stored, context.now)), next])
  }
