/** Expressions that are asked about one request, one after the other, within a budget (apiserver `pkg/admission/plugin/cel`). */
import * as Result from "effect/Result"
import { attempt } from "../cel/Language.ts"
import { outOfBudget } from "../cel/Limits.ts"
import type { JsonRecord } from "../Json.ts"
import { string } from "../Json.ts"

export interface Answers {
  /** By expression; `undefined` where there is none. */
  readonly found: ReadonlyArray<Result.Result<unknown, string> | undefined>
  /** What is left of the budget. */
  readonly left: number
}

/** `variables.x`, worked out when it is first looked at; each has the whole limit of an expression, and counts in the budget. */
const composed = (variables: ReadonlyArray<JsonRecord>, known: JsonRecord) => {
  let cost = 0
  const lazy: Record<string, unknown> = {}
  const scope = { ...known, variables: lazy }
  for (const one of variables) {
    const name = string(one["name"]) ?? ""
    let found: Result.Result<unknown, string> | undefined
    Object.defineProperty(lazy, name, {
      enumerable: true,
      get: () => {
        if (found === undefined) {
          const answer = attempt(string(one["expression"]) ?? "", scope)
          cost += answer.cost
          found = answer.value
        }
        if (Result.isSuccess(found)) return found.success
        throw new Error(`composited variable ${JSON.stringify(name)} fails to evaluate: ${found.failure}`)
      }
    })
  }
  return { scope, cost: () => cost }
}

/** A failure, when the budget does not last. */
export const ask = (
  expressions: ReadonlyArray<string | undefined>,
  variables: ReadonlyArray<JsonRecord>,
  known: JsonRecord,
  budget: number
): Result.Result<Answers, string> => {
  const { cost, scope } = composed(variables, known)
  const found: Array<Result.Result<unknown, string> | undefined> = []
  let own = 0
  for (const expression of expressions) {
    if (expression === undefined) {
      found.push(undefined)
      continue
    }
    const answer = attempt(expression, scope)
    own += answer.cost
    if (own + cost() > budget) return Result.fail(outOfBudget)
    found.push(Result.mapError(answer.value, (why) => `expression '${expression}' resulted in error: ${why}`))
  }
  return Result.succeed({ found, left: budget - own - cost() })
}
