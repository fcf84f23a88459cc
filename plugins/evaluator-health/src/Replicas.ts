/** `replicas`: every workload wants as many pods as at the baseline, as many are ready, and they run what it specifies. */
import { InstalledApp } from "@aiopslab/core/App"
import * as Evaluator from "@aiopslab/core/Evaluator"
import { isDerived, resourceOf } from "@aiopslab/core/Normalise"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { impostors } from "./Impostors.ts"
import { type Objects, present } from "./Look.ts"
import { settle, settleFields } from "./Settle.ts"
import * as Verdict from "./Verdict.ts"
import { podsOf, sizeOf, workloadKinds } from "./Workloads.ts"

const name = "replicas"
const verdicts = Verdict.of(name)

const needed: ReadonlySet<string> = new Set([...Object.keys(workloadKinds), "replicasets.apps", "pods"])

/** Ready pods by the workload that they belong to. */
const readyByOwner = (objects: Objects): ReadonlyMap<string, number> => {
  const out = new Map<string, number>()
  for (const { owner, ready } of podsOf(objects)) if (ready) out.set(owner, (out.get(owner) ?? 0) + 1)
  return out
}

interface Compared {
  readonly complaints: ReadonlyArray<string>
  readonly workloads: number
  readonly ready: number
}

/** Pods are counted, not what a workload's status says of them. */
export const compare = (baseline: Objects, now: Objects): Compared => {
  const [before, after] = [readyByOwner(baseline), readyByOwner(now)]
  const complaints: Array<string> = []
  let workloads = 0
  let ready = 0
  for (const [key, object] of baseline) {
    const kind = workloadKinds[resourceOf(key)]
    if (kind === undefined || isDerived(resourceOf(key), object)) continue
    workloads++
    const label = `${kind} ${object.metadata.name}`
    const [was, is] = [sizeOf(object)?.desired ?? 0, sizeOf(now.get(key) ?? object)?.desired ?? 0]
    const [readyBefore, readyNow] = [before.get(`${kind}/${object.metadata.name}`) ?? 0, after.get(`${kind}/${object.metadata.name}`) ?? 0]
    ready += readyNow
    if (!now.has(key)) complaints.push(`${label} is gone`)
    else if (is !== was) complaints.push(`${label} wants ${is} pods instead of ${was}`)
    else if (readyNow !== readyBefore) complaints.push(`${label} has ${readyNow} ready pods instead of ${readyBefore}`)
  }
  return { complaints: [...complaints, ...impostors(baseline, now)], workloads, ready }
}

export const replicas = Evaluator.make({
  name,
  summary: "After settling, every workload of the baseline wants and has as many ready pods as then, and they run what it specifies",
  config: Schema.Struct(settleFields),
  evaluate: (config) =>
    Effect.gen(function* () {
      const { objects } = yield* Evaluator.Baseline
      yield* InstalledApp
      const { seconds } = yield* settle(config)
      const now = yield* present(objects, (resource) => needed.has(resource))
      const { complaints, ready, workloads } = compare(objects, now)
      const measurements = { settleSeconds: seconds, workloads, ready }
      return complaints.length === 0
        ? verdicts.pass(`All ${workloads} workloads have their ${ready} pods.`, measurements)
        : verdicts.fail(`${Verdict.several(complaints)}.`, measurements)
    })
})
