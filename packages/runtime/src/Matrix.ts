/** Problems × agents × seeds × repeats, in that order: the last changes fastest. The same matrix gives the same trials under the same ids. */
import { type LabError, labError } from "@aiopslab/core/LabError"
import type { Use } from "@aiopslab/core/Problem"
import type { Charge, TrialLimits, TrialSpec } from "@aiopslab/core/TrialSpec"
import * as Result from "effect/Result"
import type { Selection } from "./ProblemCatalog.ts"

export interface MatrixOptions {
  readonly selections: ReadonlyArray<Selection>
  readonly agents: ReadonlyArray<Use>
  readonly cluster: Use
  readonly seeds: ReadonlyArray<number>
  readonly repeats: number
  readonly limits: TrialLimits
  readonly charge: Charge
}

export const defaultLimits: TrialLimits = { maxSteps: 30, timeMillis: 30 * 60_000, turnMillis: 5 * 60_000 }
export const defaultCharge: Charge = { _tag: "per-step", millis: 5_000 }

/** Trials of one run. */
export const trialLimit = 100_000

const unsafe = /[^-._A-Za-z0-9]+/gu

const nameOf = ({ manifest, tasks }: Selection): string => {
  const { metadata, spec } = manifest.content
  return tasks.length === Object.keys(spec.tasks).length ? metadata.name : `${metadata.name}.${tasks.join("+")}`.replaceAll("+", "-")
}

/** `process`, or `process-2` for the second agent of the same name but another configuration. */
const agentNames = (agents: ReadonlyArray<Use>): ReadonlyArray<string> => {
  const seen = new Map<string, number>()
  return agents.map(({ use }) => {
    const name = use.replace(unsafe, "-")
    const count = (seen.get(name) ?? 0) + 1
    seen.set(name, count)
    return count === 1 ? name : `${name}-${count}`
  })
}

export interface Factors {
  readonly problems: number
  readonly agents: number
  readonly seeds: number
  readonly repeats: number
}

export const factorsOf = ({ agents, repeats, seeds, selections }: MatrixOptions): Factors => ({
  problems: selections.length,
  agents: agents.length,
  seeds: seeds.length,
  repeats
})

/** Fails with RUN_TOO_MANY_TRIALS before anything is expanded. */
export const expand = (options: MatrixOptions): Result.Result<ReadonlyArray<TrialSpec>, LabError> => {
  const factors = factorsOf(options)
  const { agents, problems, repeats, seeds } = factors
  return problems * agents * seeds * repeats > trialLimit
    ? Result.fail(labError("RUN_TOO_MANY_TRIALS", { ...factors, limit: trialLimit }))
    : Result.succeed(expanded(options))
}

const expanded = (options: MatrixOptions): ReadonlyArray<TrialSpec> => {
  const names = agentNames(options.agents)
  return options.selections.flatMap((selection) =>
    options.agents.flatMap((agent, index) =>
      options.seeds.flatMap((seed) =>
        Array.from({ length: options.repeats }, (_, repeat): TrialSpec => ({
          id: `${nameOf(selection)}_${names[index]}_s${seed}_r${repeat}`,
          problem: selection.manifest.content,
          source: selection.manifest.file,
          tasks: selection.tasks,
          agent,
          cluster: options.cluster,
          seed,
          repeat,
          limits: options.limits,
          charge: options.charge
        }))
      )
    )
  )
}
