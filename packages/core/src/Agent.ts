/** An agent: told once what it faces, then asked for one action after the other. */
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { ChildProcessSpawner } from "effect/process/ChildProcessSpawner"
import type * as Scope from "effect/Scope"
import type { Json } from "./Kubernetes.ts"
import type { LabError } from "./LabError.ts"
import type { WallClock } from "./WallClock.ts"
import { erased } from "./internal/erased.ts"

/** What the agent is told at the start of a task, as in the original: description, instructions, and a text for each action. */
export const AgentContext = Schema.Struct({
  task: Schema.String,
  description: Schema.String,
  instructions: Schema.String,
  apis: Schema.Record(Schema.String, Schema.String)
})
export type AgentContext = typeof AgentContext.Type

/** What an agent used for one answer, where its provider reports it. */
export const Usage = Schema.Struct({
  inputTokens: Schema.Int,
  outputTokens: Schema.Int,
  costUsd: Schema.optionalKey(Schema.Finite)
})
export type Usage = typeof Usage.Type

export interface AgentAnswer {
  /**
   * The raw text; for the original's protocol one call in a block between lines of three backticks. Empty: the agent has nothing more to
   * say, and the task ends as `no-answer`.
   */
  readonly text: string
  readonly usage?: Usage
}

/** One conversation partner, for all tasks of a trial. */
export interface AgentSession {
  readonly init: (context: AgentContext) => Effect.Effect<void, LabError>
  /** The next action, given the last observation (at first a fixed opening line). */
  readonly getAction: (state: string) => Effect.Effect<AgentAnswer, LabError>
}

/** The truth, for agents that declare that they know it: `oracle`. */
export interface Solution {
  /** Right answers by task. */
  readonly answers: Readonly<Record<string, Json>>
  /** Shell commands that repair. */
  readonly commands: ReadonlyArray<string>
  readonly namespace: string
}

/** What an agent may use: it lives as long as the scope, and its transport's work is done by the wall clock or in a program of its own. */
export type AgentServices = Scope.Scope | WallClock | ChildProcessSpawner

export interface Agent {
  readonly _tag: "Agent"
  readonly name: string
  readonly summary: string
  readonly config: Schema.Codec<unknown, unknown>
  /** Who may win by knowing: only audits use `solution`. */
  readonly knows: "nothing" | "solution"
  /** The model's name for the report, if there is one. */
  readonly model: (config: unknown) => string | undefined
  readonly start: (
    config: unknown,
    trial: { readonly seed: string; readonly namespace: string; readonly solution?: Solution }
  ) => Effect.Effect<AgentSession, LabError, AgentServices>
}

export const make = <C, E>(of: {
  readonly name: string
  readonly summary: string
  readonly config: Schema.Codec<C, E>
  readonly knows: "nothing" | "solution"
  readonly model: (config: C) => string | undefined
  readonly start: (
    config: C,
    trial: { readonly seed: string; readonly namespace: string; readonly solution?: Solution }
  ) => Effect.Effect<AgentSession, LabError, AgentServices>
}): Agent => erased({ _tag: "Agent", ...of })
