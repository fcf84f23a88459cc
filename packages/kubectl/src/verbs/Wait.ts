/** `kubectl wait --for=condition=…|delete|create|jsonpath=…`. */
import { pathOf } from "@aiopslab/core/KubeClient"
import type { KubeStatus } from "@aiopslab/core/Kubernetes"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { bool, duration, texts } from "../CommandLine.ts"
import { type Failure, failure } from "../Failure.ts"
import * as Fields from "../Fields.ts"
import type { Invocation, Problem, Verb } from "../Invocation.ts"
import * as JsonPath from "../output/JsonPath.ts"
import { called } from "../Report.ts"
import { allNamespacesFlag, objects, type Selected, selectionFlags, targets } from "../Selection.ts"
import { poll } from "./Poll.ts"

/** Whether an object, or its absence, is what is waited for. */
type Met = (object: unknown) => boolean

type Goal = { readonly _tag: "Object"; readonly met: Met } | { readonly _tag: "Deleted" } | { readonly _tag: "Created" }

const condition = (given: string): Met => {
  const equals = given.indexOf("=")
  const [type, wanted] = (equals < 0 ? [given, "true"] : [given.slice(0, equals), given.slice(equals + 1)]).map((part) =>
    part.toLowerCase()
  )
  return (object) => {
    const found = Fields.list(object, "status", "conditions").find((one) => Fields.text(one, "type").toLowerCase() === type)
    if (found === undefined || Fields.text(found, "status").toLowerCase() !== wanted) return false
    const [observed, generation] = [Fields.number(object, "status", "observedGeneration"), Fields.number(object, "metadata", "generation")]
    return observed === 0 || observed >= generation
  }
}

const goal = (given: string): Result.Result<Goal, Failure> => {
  const lower = given.toLowerCase()
  if (lower === "delete") return Result.succeed({ _tag: "Deleted" })
  if (lower === "create") return Result.succeed({ _tag: "Created" })
  if (lower.startsWith("condition=")) return Result.succeed({ _tag: "Object", met: condition(given.slice("condition=".length)) })
  if (!lower.startsWith("jsonpath=")) return Result.fail(failure(`unrecognized condition: ${JSON.stringify(given)}`))
  const expression = given.slice("jsonpath=".length)
  const split = /^(\{.*\})(?:=(.*))?$/su.exec(expression) ?? /^([^=]+)(?:=(.*))?$/su.exec(expression)
  const steps = JsonPath.parseRelaxed(split?.[1] ?? "")
  if (split === null || Result.isFailure(steps)) return Result.fail(failure(`error parsing jsonpath ${expression}`))
  const wanted = split[2]?.replace(/^(["'])(.*)\1$/su, "$2")
  return Result.succeed({
    _tag: "Object",
    met: (object) => {
      const found = JsonPath.find(steps.success, object)
      return wanted === undefined ? found.length > 0 : found.length > 0 && String(found[0]) === wanted
    }
  })
}

const reached = (inv: Invocation, one: Selected, of: Goal): Effect.Effect<boolean, KubeStatus> =>
  inv.api.request({ method: "GET", path: pathOf(one.resource, one.namespace, one.name) }).pipe(
    Effect.map((reply) =>
      of._tag === "Object" ? of.met(reply.body) : Fields.text(reply.body, "metadata", "uid") !== one.object.metadata.uid
    ),
    Effect.catchIf(
      (status) => status.code === 404 && of._tag === "Deleted",
      () => Effect.succeed(true)
    )
  )

export const wait: Verb = {
  flags: { ...selectionFlags, ...allNamespacesFlag, for: { type: "texts" }, timeout: duration, all: bool, local: bool, output: texts },
  run: Effect.fnUntraced(function* (inv) {
    const wanted = yield* Effect.fromResult(goal(inv.line.raw("for").at(-1) ?? ""))
    const timeout = inv.line.duration("timeout") ?? 30_000
    const of = yield* targets(inv, inv.line.positional, "needed")
    const end = (yield* Clock.currentTimeMillis) + (timeout < 0 ? 7 * 24 * 3_600_000 : timeout)
    const left = Effect.map(Clock.currentTimeMillis, (now) => Math.max(0, end - now))
    if (wanted._tag === "Created") {
      const there = Effect.map(objects(inv, of), ({ problems }) => problems.length === 0)
      if (!(yield* poll(there, yield* left))) return yield* failure("timed out waiting for the condition")
      for (const one of (yield* objects(inv, of)).found) inv.out(`${called(one.resource, one.name)} condition met\n`)
      return 0
    }
    const { found, problems } = yield* objects(inv, of)
    const missing = problems.filter((problem) => !(wanted._tag === "Deleted" && problem.code === 404))
    const [first] = missing
    if (first !== undefined) return yield* Effect.fail<Problem>(first)
    if (found.length === 0 && wanted._tag === "Object") return yield* failure("no matching resources found")
    const late: Array<string> = []
    for (const one of found) {
      const met = yield* poll(reached(inv, one, wanted), yield* left)
      if (met) inv.out(`${called(one.resource, one.name)} condition met\n`)
      else
        late.push(
          `${timeout === 0 ? "condition not met for" : "timed out waiting for the condition on"} ${one.resource.plural}/${one.name}`
        )
    }
    for (const text of late) inv.err(`${late.length === 1 ? "error: " : ""}${text}\n`)
    return late.length === 0 ? 0 : 1
  })
}
