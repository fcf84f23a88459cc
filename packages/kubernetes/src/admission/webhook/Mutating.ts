/**
 * Mutating webhooks: called one after the other, each sees what those before it made of the object. When one has changed it, the server's
 * own plugins look again, and then those webhooks that asked to (`reinvocationPolicy: IfNeeded`) and saw it before the change, once.
 */
import type { KubeObject, KubeStatus } from "@aiopslab/core/Kubernetes"
import * as Result from "effect/Result"
import { equal } from "../../Equal.ts"
import { isRecord, record, string } from "../../Json.ts"
import type { JsonRecord } from "../../Json.ts"
import * as JsonPatch from "../../patch/JsonPatch.ts"
import type { Scheme } from "../../Scheme.ts"
import * as Status from "../../Status.ts"
import type { Attributes } from "../Attributes.ts"
import { fromVersion, inVersion } from "../Attributes.ts"
import * as Call from "./Call.ts"

type Admitted = Result.Result<KubeObject, KubeStatus>

const isObject = (value: JsonRecord): value is JsonRecord & KubeObject => isRecord(value["metadata"]) && typeof value["kind"] === "string"

/** Before its creation an object has neither the server's names nor its times. */
const unborn =
  ({ name }: Attributes) =>
  (object: KubeObject): JsonRecord => {
    const { creationTimestamp: _, generation: __, name: own, uid: ___, ...metadata } = object.metadata
    return { ...object, metadata: { ...(name === "" ? {} : { name: own }), ...metadata, creationTimestamp: null } }
  }

/** What the server gave a new object, which no patch takes away. */
const born = ({ creationTimestamp, generation, name, uid }: KubeObject["metadata"]) => ({
  name,
  ...(uid === undefined ? {} : { uid }),
  ...(creationTimestamp === undefined ? {} : { creationTimestamp }),
  ...(generation === undefined ? {} : { generation })
})

const patched = (of: Attributes, object: KubeObject, shown: JsonRecord, patch: ReadonlyArray<unknown>): Admitted => {
  const result = JsonPatch.apply(shown, patch)
  if (Result.isFailure(result)) return Result.fail(Status.internalError(result.failure.message))
  const next = record(result.success)
  if (!isObject(next)) return Result.fail(Status.internalError("couldn't get version/kind; json parse error"))
  return Result.succeed(of.operation === "CREATE" ? { ...next, metadata: { ...next.metadata, ...born(object.metadata) } } : next)
}

const unchangeable = (name: string): KubeStatus =>
  Status.internalError(
    `admission webhook ${JSON.stringify(name)} attempted to modify the object, which is not supported for this operation`
  )

/**
 * `again` is the server's own plugins on a changed object, its defaults included. There is an object afterwards where there was one
 * before.
 */
export const mutate = (
  of: Attributes,
  scheme: Scheme,
  again: (object: KubeObject) => Admitted
): Result.Result<KubeObject | undefined, KubeStatus> => {
  const show = of.operation === "CREATE" ? unborn(of) : (object: KubeObject): JsonRecord => object
  let current = of.object
  let changed: "yes" | "no" = "no"
  const eligible = new Set<string>()
  const marked = new Set<string>()
  const mark = () => {
    for (const key of eligible) marked.add(key)
    eligible.clear()
  }

  const one = (hook: Call.Hook): KubeStatus | undefined => {
    const now: Attributes = { ...of, object: current }
    const as = Call.matching(hook, now, scheme)
    if (Result.isFailure(as)) return as.failure
    if (as.success === undefined) return undefined
    const asked = Call.ask(hook, now, as.success, "mutating", show)
    if (Result.isFailure(asked)) return asked.failure
    if (asked.success.length > 0) {
      if (current === undefined) return unchangeable(string(hook.webhook["name"]) ?? "")
      const next = patched(now, current, show(inVersion(now, as.success, current)), asked.success)
      if (Result.isFailure(next)) return next.failure
      const object = fromVersion(now, as.success, next.success)
      if (!equal(object, current)) {
        current = object
        changed = "yes"
        mark()
      }
    }
    if (hook.webhook["reinvocationPolicy"] === "IfNeeded") eligible.add(hook.key)
    return undefined
  }

  const all = (hooks: ReadonlyArray<Call.Hook>): KubeStatus | undefined => {
    for (const hook of hooks) {
      const refused = one(hook)
      if (refused !== undefined) return refused
    }
    return undefined
  }

  const hooks = Call.hooks(of.store, "mutating")
  const refused = all(hooks)
  if (refused !== undefined) return Result.fail(refused)
  if (changed === "no" || current === undefined) return Result.succeed(current)
  const settled = again(current)
  if (Result.isFailure(settled)) return settled
  if (!equal(settled.success, current)) mark()
  current = settled.success
  const late = all(hooks.filter(({ key }) => marked.has(key)))
  return late === undefined ? Result.succeed(current) : Result.fail(late)
}
