/** Quotas, disruption budgets, priority classes. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { bool, type Flags, int, text, texts } from "../../CommandLine.ts"
import { failure } from "../../Failure.ts"
import { selectorFields } from "../../Selection.ts"
import { amounts, type Generator, nameOf, required } from "./Generator.ts"

export const policyFlags: Flags = {
  hard: texts,
  scopes: texts,
  "min-available": text,
  "max-unavailable": text,
  value: int,
  "global-default": bool,
  description: text,
  "preemption-policy": text
}

export const resourceQuota: Generator = {
  refused: "failed to create resourcequota:",
  make: Effect.fnUntraced(function* (inv, names) {
    const name = yield* nameOf(inv, names)
    const hard = yield* Effect.fromResult(amounts(inv.line.texts("hard")))
    const scopes = inv.line.texts("scopes")
    return {
      apiVersion: "v1",
      kind: "ResourceQuota",
      metadata: { name },
      spec: { ...(Object.keys(hard).length === 0 ? {} : { hard }), ...(scopes.length === 0 ? {} : { scopes }) }
    }
  })
}

/** A number, or a share as text. */
const count = (given: string): number | string => (/^\d+$/u.test(given) ? Number(given) : given)

export const podDisruptionBudget: Generator = {
  refused: "failed to create poddisruptionbudgets:",
  make: Effect.fnUntraced(function* (inv, names) {
    const { line } = inv
    const name = yield* nameOf(inv, names)
    const [minimum, maximum] = [line.text("min-available") ?? "", line.text("max-unavailable") ?? ""]
    if ((line.text("selector") ?? "") === "") return yield* failure("a selector must be specified")
    if (minimum === "" && maximum === "") return yield* failure("one of min-available or max-unavailable must be specified")
    if (minimum !== "" && maximum !== "") return yield* failure("min-available and max-unavailable cannot be both specified")
    const read = selectorFields(line.text("selector") ?? "")
    if (Result.isFailure(read)) return yield* failure(read.failure)
    const selector = read.success
    return {
      apiVersion: "policy/v1",
      kind: "PodDisruptionBudget",
      metadata: { name },
      spec: { selector, ...(minimum === "" ? { maxUnavailable: count(maximum) } : { minAvailable: count(minimum) }) }
    }
  })
}

export const priorityClass: Generator = {
  refused: "failed to create priorityclass:",
  make: Effect.fnUntraced(function* (inv, names) {
    const { line } = inv
    yield* required(inv, [])
    const name = yield* nameOf(inv, names)
    const description = line.text("description") ?? ""
    return {
      apiVersion: "scheduling.k8s.io/v1",
      kind: "PriorityClass",
      metadata: { name },
      value: line.int("value") ?? 0,
      ...(line.isSet("global-default") ? { globalDefault: true } : {}),
      ...(description === "" ? {} : { description }),
      preemptionPolicy: line.text("preemption-policy") ?? "PreemptLowerPriority"
    }
  })
}
