/** `kubectl cordon` and `uncordon`. */
import { patchTypes } from "@aiopslab/core/Kubernetes"
import { pathOf } from "@aiopslab/core/KubeClient"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { failure, usageFailure } from "../Failure.ts"
import * as Fields from "../Fields.ts"
import { type Problem, reportAll, resourceNamed, type Verb } from "../Invocation.ts"
import { dryRun, writeQuery, dryRunSuffix, reportFlags } from "../Report.ts"
import { objects, selectionFlags, type Target } from "../Selection.ts"

const verb = (done: "cordoned" | "uncordoned"): Verb => ({
  flags: { ...selectionFlags, ...reportFlags },
  run: Effect.fnUntraced(function* (inv) {
    const unschedulable = done === "cordoned"
    const names = inv.line.positional.map((name) => name.replace(/^nodes?\//u, ""))
    if (names.length === 0 && !inv.line.has("selector"))
      return yield* usageFailure(inv.command, `USAGE: ${done === "cordoned" ? "cordon" : "uncordon"} NODE [flags]`)
    if (names.length > 0 && inv.line.has("selector"))
      return yield* failure("error: cannot specify both a node name and a --selector option")
    const mode = yield* dryRun(inv)
    const resource = yield* resourceNamed(inv, "nodes")
    const targets: ReadonlyArray<Target> =
      names.length === 0 ? [{ _tag: "Every", resource }] : names.map((name) => ({ _tag: "One", resource, namespace: "", name }))
    const { found, problems } = yield* objects(inv, targets)
    const failures: Array<Problem> = [...problems]
    for (const { name, object } of found) {
      if ((Fields.at(object, "spec", "unschedulable") === true) === unschedulable) {
        inv.out(`node/${name} already ${done}${dryRunSuffix(mode)}\n`)
        continue
      }
      const body = { spec: { unschedulable: unschedulable ? true : null } }
      const request = {
        method: "PATCH" as const,
        path: pathOf(resource, "", name),
        body,
        contentType: patchTypes.strategic,
        query: writeQuery(inv, mode, "")
      }
      const result = mode === "client" ? undefined : yield* Effect.result(inv.api.request(request))
      if (result !== undefined && Result.isFailure(result)) failures.push(result.failure)
      else inv.out(`node/${name} ${done}${dryRunSuffix(mode)}\n`)
    }
    return reportAll(inv, failures)
  })
})

export const cordon = verb("cordoned")
export const uncordon = verb("uncordoned")
