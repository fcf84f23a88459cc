/** The answer in a call of `submit`. */
import type { Json } from "@aiopslab/core/Kubernetes"
import type { Task } from "@aiopslab/core/Task"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { Call } from "./PythonCall.ts"

/**
 * What was submitted: nothing is null, one argument is itself, whatever its keyword; several keyword arguments are an object and several
 * positional ones a list.
 */
export const rawAnswer = (call: Call): Json => {
  const named = Object.entries(call.kwargs)
  const [first] = call.args
  if (named.length === 0) return call.args.length > 1 ? call.args : (first ?? null)
  const [only] = named
  if (call.args.length === 0 && named.length === 1 && only !== undefined && !structural(only[0])) return only[1]
  return call.args.length === 0 ? call.kwargs : [...call.args, ...named.map(([, value]) => value)]
}

/** Fields of an answer with several: alone they are still a part of it, not the answer. */
const structural = (name: string): boolean => /^(?:system_?level|fault_?type)$/iu.test(name)

/** The answer as the task understands it; the failure says what is wrong. */
export const decodeAnswer = (task: Task, raw: Json): Result.Result<unknown, string> =>
  Result.mapError(Schema.decodeUnknownResult(task.answer)(raw), (error) => error.message)
