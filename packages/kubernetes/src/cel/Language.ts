/** Expressions in the Common Expression Language, compiled once each, and values as the language has them. */
import { Environment, EvaluationError } from "@marcbachmann/cel-js"
import * as Result from "effect/Result"
import type { JsonRecord } from "../Json.ts"
import { isArray, isRecord } from "../Json.ts"
import { remembered } from "../Remembered.ts"
import { withAuthorizer } from "./Authorizer.ts"
import { withKubernetes } from "./Functions.ts"
import * as Matches from "./Matches.ts"
import { exceeded, Meter, metered, withMeter } from "./Meter.ts"

const environment = withAuthorizer(
  withKubernetes(new Environment({ unlistedVariablesAreDyn: true, enableOptionalTypes: true, homogeneousAggregateLiterals: false }))
)

/** A value, or why there is none; and what it cost to find out. */
export interface Answer {
  readonly value: Result.Result<unknown, string>
  readonly cost: number
}

export type Program = (variables: JsonRecord) => Answer

/** `undefined` when it can't be compiled. */
export const program = remembered((expression): Program | undefined => {
  const parsed = Result.try(() => environment.parse(expression))
  if (Result.isFailure(parsed)) return undefined
  Matches.led(parsed.success.ast)
  metered(parsed.success.ast)
  return (variables) => {
    const meter = new Meter()
    const value = Result.try({ try: (): unknown => parsed.success(withMeter(variables, meter)), catch: reasonOf })
    return { value: meter.isExceeded ? Result.fail(exceeded) : value, cost: meter.cost }
  }
})

/** As cel-go says what the library says otherwise. */
const words: Readonly<Record<string, string>> = {
  int_conversion_error: "type conversion error from 'string' to 'int'",
  uint_conversion_error: "type conversion error from 'string' to 'uint'",
  invalid_timestamp: "type conversion error from 'string' to 'google.protobuf.Timestamp'",
  invalid_duration: "type conversion error from 'string' to 'google.protobuf.Duration'",
  division_by_zero: "division by zero",
  modulo_by_zero: "modulus by zero",
  optional_value_missing: "optional.none() dereference"
}

/** The first line of what went wrong, in cel-go's words. */
export const reasonOf = (error: unknown): string => {
  const [first = ""] = Matches.unled(error instanceof Error ? error.message : String(error)).split("\n")
  return error instanceof EvaluationError
    ? (words[error.code] ?? first.replace(/^[A-Z](?=[a-z])/u, (letter) => letter.toLowerCase()))
    : first
}

/** Costs nothing where it can't be compiled. */
export const attempt = (expression: string, variables: JsonRecord): Answer =>
  program(expression)?.(variables) ?? { value: Result.fail("compilation failed"), cost: 0 }

const natives = new WeakMap<object, unknown>()

/** A JSON value without a schema: whole numbers are integers. */
export const native = (value: unknown): unknown => {
  if (typeof value === "number") return Number.isInteger(value) ? BigInt(value) : value
  if (typeof value !== "object" || value === null) return value
  const known = natives.get(value)
  if (known !== undefined) return known
  const made: unknown = isArray(value)
    ? value.map(native)
    : isRecord(value)
      ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, native(one)]))
      : value
  natives.set(value, made)
  return made
}
