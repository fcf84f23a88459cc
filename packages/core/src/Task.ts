/** A task: what the agent is told, how it may answer, and how the answer is judged. */
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Installation } from "./App.ts"
import type { Evaluation } from "./Evaluator.ts"
import type { Json } from "./Kubernetes.ts"
import type { LabError } from "./LabError.ts"
import { erased } from "./internal/erased.ts"

/** What the judge of a task knows when the agent has submitted. */
export interface Submission<A> {
  readonly answer: A
  /** From the task's start to its submission on the trial's clock, in seconds. */
  readonly seconds: number
  readonly steps: number
}

export const Judgement = Schema.Struct({
  verdict: Schema.Literals(["pass", "fail"]),
  reason: Schema.String,
  /** Under the original's names: `Detection Accuracy`, `TTD`, `is_subset`, … */
  results: Schema.Record(Schema.String, Schema.Unknown)
})
export type Judgement = typeof Judgement.Type

/** What a task may hold against its own configuration when a problem is planned. */
export interface TaskFacts {
  readonly app: Installation
  /** Names of the problem's faults, in its order. */
  readonly faults: ReadonlyArray<string>
}

/** A mistake in a task's configuration that its schema can't see, below the task's entry: `["answer", 0]`. */
export type TaskMistake =
  | { readonly _tag: "contradiction"; readonly path: ReadonlyArray<string | number>; readonly why: string; readonly hint: string }
  | { readonly _tag: "unknown-service"; readonly path: ReadonlyArray<string | number>; readonly name: string }

/** How a task ended that was not answered: what was submitted was `invalid` to the last, or there was `none`. */
export interface Unanswered {
  readonly why: "invalid" | "none"
  readonly seconds: number
}

export interface TaskFunctions<C, A, CE = unknown, AE = unknown> {
  /** `detection`; the key under `spec.tasks` of a manifest. */
  readonly name: string
  readonly summary: string
  /** Of the manifest's entry, beside `id` and `evaluators`, which every task has. */
  readonly config: Schema.Codec<C, CE>
  /** The answer as submitted; several shapes may decode to one. Omitted arguments decode from `null`. */
  readonly answer: Schema.Codec<A, AE>
  /** `required`: judged on the live system. `none`: by the answer alone. */
  readonly evaluators: "required" | "none"
  /** What contradicts the rest of the problem. Pure; default: nothing. */
  readonly check?: (config: C, facts: TaskFacts) => ReadonlyArray<TaskMistake>
  /** The goal and the accepted forms of `submit(…)`, for the agent. */
  readonly brief: (app: Installation) => { readonly goal: string; readonly submit: ReadonlyArray<string> }
  /** The answer that the truth of the manifest makes right; what `oracle` submits. */
  readonly truth: (config: C) => Json
  readonly judge: (config: C, submission: Submission<A>, evaluations: ReadonlyArray<Evaluation>) => Effect.Effect<Judgement, LabError>
  /** The `results` of a task that ended without a valid answer, so that every result has the same keys. Default: none. */
  readonly unanswered?: (config: C, end: Unanswered) => Readonly<Record<string, unknown>>
}

export interface Task extends TaskFunctions<unknown, unknown> {
  readonly _tag: "Task"
}

export const make = <C, A, CE, AE>(of: TaskFunctions<C, A, CE, AE>): Task => erased({ _tag: "Task", ...of })
