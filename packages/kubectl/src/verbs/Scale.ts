import type { KubeStatus } from "@aiopslab/core/Kubernetes"
import { patchTypes } from "@aiopslab/core/Kubernetes"
import { pathOf } from "@aiopslab/core/KubeClient"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { bool, duration, int, text } from "../CommandLine.ts"
import { failure } from "../Failure.ts"
import * as Fields from "../Fields.ts"
import { type Problem, reportAll, type Verb } from "../Invocation.ts"
import { dryRun, report, reportFlags, writeQuery } from "../Report.ts"
import { objects, selectionFlags, targets } from "../Selection.ts"

/** `kubectl scale`, through the scale subresource. */
export const scale: Verb = {
  flags: {
    ...selectionFlags,
    ...reportFlags,
    all: bool,
    replicas: int,
    "current-replicas": int,
    "resource-version": text,
    timeout: duration
  },
  run: Effect.fnUntraced(function* (inv) {
    const replicas = inv.line.int("replicas")
    if (replicas === undefined) return yield* failure('required flag(s) "replicas" not set')
    if (replicas < 0) return yield* failure("The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0")
    const mode = yield* dryRun(inv)
    const { found, problems } = yield* objects(inv, yield* targets(inv, inv.line.positional, "needed"))
    const failures: Array<Problem> = []
    if (found.length === 0) {
      return yield* failure(
        problems.length === 0
          ? "no objects passed to scale"
          : `no objects passed to scale ${problems.map((problem: KubeStatus) => problem.message).join(", ")}`
      )
    }
    const expected = inv.line.int("current-replicas") ?? -1
    for (const { name, namespace, object, resource } of found) {
      const [wanted, version = ""] = [inv.line.text("resource-version") ?? "", object.metadata.resourceVersion]
      if (wanted !== "" && version !== wanted) {
        failures.push(failure(`Expected resource version to be ${wanted}, was ${version}`))
        continue
      }
      const current = Fields.number(object, "spec", "replicas")
      if (expected >= 0 && current !== expected) {
        failures.push(failure(`Expected replicas to be ${expected}, was ${current}`))
        continue
      }
      if (mode !== "client") {
        const done = yield* Effect.result(
          inv.api.request({
            method: "PATCH",
            path: pathOf(resource, namespace, name, "scale"),
            body: { spec: { replicas } },
            contentType: patchTypes.merge,
            query: writeQuery(inv, mode, "")
          })
        )
        if (Result.isFailure(done)) {
          failures.push(done.failure)
          continue
        }
      }
      yield* report(inv, { resource, object }, "scaled", mode)
    }
    return reportAll(inv, [...problems, ...failures])
  })
}
