/** An evaluator looks at the live system, the baseline and nothing else, and says in a sentence why. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { InstalledApp } from "./App.ts"
import type { Cluster } from "./Cluster.ts"
import type { KubeObject } from "./Kubernetes.ts"
import type { LabError } from "./LabError.ts"
import type { OperationStats } from "./Telemetry.ts"
import { erased } from "./internal/erased.ts"

/** How things were before the fault. */
export class Baseline extends Context.Service<
  Baseline,
  {
    /** Every object of the app's namespace and the cluster-wide ones, by `resource/namespace/name`. */
    readonly objects: ReadonlyMap<string, KubeObject>
    readonly traffic: ReadonlyArray<OperationStats>
    readonly digest: string
  }
>()("@aiopslab/core/Baseline") {}

export const Evaluation = Schema.Struct({
  evaluator: Schema.String,
  verdict: Schema.Literals(["pass", "fail"]),
  /** One sentence for a person: what was seen, with the figure that decided. */
  reason: Schema.String,
  measurements: Schema.Record(Schema.String, Schema.Union([Schema.Finite, Schema.String, Schema.Boolean]))
})
export type Evaluation = typeof Evaluation.Type

export type EvaluatorServices = Cluster | InstalledApp | Baseline

export interface Evaluator {
  readonly _tag: "Evaluator"
  readonly name: string
  readonly summary: string
  readonly config: Schema.Codec<unknown, unknown>
  /** Fails only when it could not look (an environment error); what it saw is in the evaluation. */
  readonly evaluate: (config: unknown) => Effect.Effect<Evaluation, LabError, EvaluatorServices>
}

export const make = <C, E>(of: {
  readonly name: string
  readonly summary: string
  readonly config: Schema.Codec<C, E>
  readonly evaluate: (config: C) => Effect.Effect<Evaluation, LabError, EvaluatorServices>
}): Evaluator => erased({ _tag: "Evaluator", ...of })
