/** What `kubectl create KIND NAME` makes of its arguments. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { goForm } from "@aiopslab/kubernetes/GoForm"
import { builtInScheme, resourceOf } from "@aiopslab/kubernetes/Scheme"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { type Failure, failure } from "../../Failure.ts"
import * as Fields from "../../Fields.ts"
import type { Invocation, Problem } from "../../Invocation.ts"
import { pairOf } from "../../Pair.ts"

export interface Generator {
  readonly make: (inv: Invocation, names: ReadonlyArray<string>) => Effect.Effect<KubeObject, Problem>
  /** What stands before the server's refusal; without it the refusal is told as it is. */
  readonly refused?: string
}

/** The one name of the arguments. */
export const nameOf = (inv: Invocation, names: ReadonlyArray<string>): Effect.Effect<string, Failure> => {
  const [name] = names
  return name === undefined || names.length > 1
    ? Effect.fail(failure(`exactly one NAME is required, got ${names.length}\nSee '${inv.command} -h' for help and examples`))
    : Effect.succeed(name)
}

/** The object as kubectl's Go types hold it: `status: {}` and the like are there. */
export const typed = (object: KubeObject): KubeObject => {
  const type = resourceOf(builtInScheme, object)?.type
  const formed = type?.kind === "struct" ? goForm(object, type) : object
  return Fields.isObject(formed) ? formed : object
}

export const required = (inv: Invocation, flags: ReadonlyArray<string>): Effect.Effect<void, Failure> => {
  const missing = flags.filter((flag) => !inv.line.has(flag))
  return missing.length === 0
    ? Effect.void
    : Effect.fail(failure(`required flag(s) ${missing.map((flag) => JSON.stringify(flag)).join(", ")} not set`))
}

const quantity = /^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$/u

/** `cpu=1,memory=2Gi` of a flag. */
export const amounts = (given: ReadonlyArray<string>): Result.Result<Fields.Fields, Failure> => {
  const out: Record<string, string> = {}
  for (const text of given) {
    const pair = pairOf(text)
    if (pair === undefined) return Result.fail(failure(`Invalid argument syntax ${text}, expected <resource>=<value>`))
    const [resource, amount] = pair
    if (!quantity.test(amount)) return Result.fail(failure(`quantities must match the regular expression '${quantity.source}'`))
    out[resource] = amount
  }
  return Result.succeed(out)
}
