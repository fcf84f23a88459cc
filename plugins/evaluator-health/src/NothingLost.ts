/** `nothing-lost`: whatever was there at the baseline still is, and so are the users' data. What was added is no loss. */
import { InstalledApp } from "@aiopslab/core/App"
import * as Evaluator from "@aiopslab/core/Evaluator"
import type { LabError } from "@aiopslab/core/LabError"
import { isDerived, resourceOf } from "@aiopslab/core/Normalise"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { type Objects, present } from "./Look.ts"
import { settle, settleFields } from "./Settle.ts"
import * as Verdict from "./Verdict.ts"
import { podsOf } from "./Workloads.ts"

const name = "nothing-lost"
const verdicts = Verdict.of(name)

/** Mere reports; they come and go. */
const reports: ReadonlySet<string> = new Set(["events", "events.events.k8s.io", "leases.coordination.k8s.io"])

const countByOwner = (objects: Objects): ReadonlyMap<string, number> => {
  const out = new Map<string, number>()
  for (const { owner, unsettled } of podsOf(objects)) if (unsettled !== "terminating") out.set(owner, (out.get(owner) ?? 0) + 1)
  return out
}

/** Objects that are gone or going, and workloads with fewer pods than they had. */
export const losses = (baseline: Objects, now: Objects): ReadonlyArray<string> => {
  const out: Array<string> = []
  for (const [key, object] of baseline) {
    if (isDerived(resourceOf(key), object)) continue
    const found = now.get(key)
    if (found === undefined) out.push(`${key} is gone`)
    else if (found.metadata.deletionTimestamp !== undefined && object.metadata.deletionTimestamp === undefined)
      out.push(`${key} is being deleted`)
  }
  const [before, after] = [countByOwner(baseline), countByOwner(now)]
  for (const [owner, pods] of before) {
    const left = after.get(owner) ?? 0
    if (left < pods) out.push(`${owner} has ${left} of its ${pods} pods`)
  }
  return out
}

/** The digest, or why it could not be read. A cluster that doesn't answer is the environment's failure, data that can't be read the agent's. */
const digested = (
  digest: Effect.Effect<string, LabError, Evaluator.EvaluatorServices>
): Effect.Effect<Result.Result<string, string>, LabError, Evaluator.EvaluatorServices> =>
  Effect.result(digest).pipe(
    Effect.flatMap((result) =>
      Result.isFailure(result) && result.failure.code === "CLUSTER_UNREACHABLE"
        ? Effect.fail(result.failure)
        : Effect.succeed(Result.mapError(result, (error) => error.text))
    )
  )

export const nothingLost = Evaluator.make({
  name,
  summary: "Every object of the baseline exists, workloads have their pods, and the users' data is unchanged",
  config: Schema.Struct(settleFields),
  evaluate: (config) =>
    Effect.gen(function* () {
      const baseline = yield* Evaluator.Baseline
      const { digest } = yield* InstalledApp
      const { seconds } = yield* settle(config)
      const lost = losses(baseline.objects, yield* present(baseline.objects, (resource) => !reports.has(resource)))
      const measurements = { settleSeconds: seconds, objects: baseline.objects.size, lost: lost.length }
      if (lost.length > 0) return verdicts.fail(`${Verdict.several(lost)}.`, measurements)
      const data = yield* digested(digest)
      if (Result.isFailure(data))
        return verdicts.fail(`The users' data could not be read: ${data.failure}`, { ...measurements, dataIntact: false })
      const dataIntact = data.success === baseline.digest
      return dataIntact
        ? verdicts.pass(`All ${baseline.objects.size} objects of the baseline and the users' data are there.`, {
            ...measurements,
            dataIntact
          })
        : verdicts.fail("The users' data is not what it was at the baseline.", { ...measurements, dataIntact })
    })
})
