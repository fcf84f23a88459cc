/** `matchConditions` of webhooks and policies, and the variables that their expressions know. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import * as Result from "effect/Result"
import { Authorizer } from "../cel/Authorizer.ts"
import { native } from "../cel/Language.ts"
import * as Limits from "../cel/Limits.ts"
import type { JsonRecord } from "../Json.ts"
import { record, string } from "../Json.ts"
import type { Resource } from "../Scheme.ts"
import type { Attributes } from "./Attributes.ts"
import { inVersion, request } from "./Attributes.ts"
import { ask } from "./Expressions.ts"

const shown = (of: Attributes, as: Resource, object: KubeObject | undefined): unknown =>
  object === undefined ? null : native(inVersion(of, as, object))

export const variables = (of: Attributes, as: Resource): JsonRecord => {
  const { options, ...asked } = request(of, as)
  return {
    object: shown(of, as, of.object),
    oldObject: shown(of, as, of.previous),
    request: record(native({ ...asked, name: of.name, namespace: of.namespace, subResource: of.subresource, options })),
    authorizer: new Authorizer(of.store, of.context.identity)
  }
}

/** Whether all hold; or what can't be found out, when none is known not to hold. */
export const hold = (conditions: ReadonlyArray<JsonRecord>, known: JsonRecord): Result.Result<"all" | "not all", string> => {
  const answers = ask(
    conditions.map(({ expression }) => string(expression) ?? ""),
    [],
    known,
    Limits.perConditions
  )
  if (Result.isFailure(answers)) return Result.fail(answers.failure)
  const errors: Array<string> = []
  for (const answered of answers.success.found) {
    if (answered === undefined) continue
    if (Result.isFailure(answered)) errors.push(answered.failure)
    else if (answered.success !== true) return Result.succeed("not all")
  }
  return errors.length === 0 ? Result.succeed("all") : Result.fail(errors.length === 1 ? (errors[0] ?? "") : `[${errors.join(", ")}]`)
}
