/** `docs/reference/events.md`: what stands in a trial's `events.ndjson`. */
import { Usage } from "@aiopslab/core/Agent"
import { Evaluation } from "@aiopslab/core/Evaluator"
import { Outcome } from "@aiopslab/core/Outcome"
import { Problem, Use } from "@aiopslab/core/Problem"
import { EventError, Phase, TaskResult, TrialEvent } from "@aiopslab/core/TrialEvent"
import { Charge, TrialLimits, TrialSpec } from "@aiopslab/core/TrialSpec"
import * as JsonSchema from "effect/JsonSchema"
import * as Schema from "effect/Schema"
import { fieldsOf, fieldTable, typeText, type Named } from "./SchemaText.ts"

const schemaOf = (of: Schema.Constraint): unknown => JsonSchema.toDocumentDraft07(Schema.toJsonSchemaDocument(of)).schema

const meanings: { readonly [Tag in TrialEvent["_tag"]]: string } = {
  TrialStarted: "The first event: all that the trial was given, and the versions of the program and of its plugins.",
  PhaseStarted: "A phase of the trial began.",
  PhaseEnded: "It ended; with `error` when it failed.",
  FaultPhase: "A fault went a step further. `plan` is what its undoing needs, and comes with `planned`.",
  TaskStarted: "A task was put to the agent; `brief` is the description that it was given.",
  Message:
    "Something said in the conversation. `step` counts the agent's messages of this task from 1; the environment's answer carries the same step.",
  Action: "A call that was understood, before it is done.",
  Observation: "What came of it, as the agent got it; `truncated` when it was cut.",
  ClusterWrite: "A write that the agent's identity made on the cluster.",
  ClusterRequest:
    "A request that the agent's identity made of the API server, as an audit log has it: reads and refusals, too. `resource` is a path where there is no resource; `code` is that of HTTP, 101 for a connection.",
  Submitted: "The agent handed in an answer.",
  Evaluated: "An evaluator looked at the live system.",
  TaskEnded: "The task's result.",
  Restored:
    "After everything was undone: what still differs from the baseline. Empty is the promise. `recovered`: undoing the faults was enough; `reset`: more had to be done.",
  TrialEnded: "The last event; with `error` when the trial broke off."
}

const named: ReadonlyArray<Named> = [
  { name: "TrialSpec", schema: schemaOf(TrialSpec) },
  { name: "TaskResult", schema: schemaOf(TaskResult) },
  { name: "Evaluation", schema: schemaOf(Evaluation) },
  { name: "EventError", schema: schemaOf(EventError) },
  { name: "Usage", schema: schemaOf(Usage) },
  { name: "Limits", schema: schemaOf(TrialLimits) },
  { name: "Charge", schema: schemaOf(Charge) },
  { name: "Outcome", schema: schemaOf(Outcome) },
  { name: "Phase", schema: schemaOf(Phase) },
  { name: "Use", schema: schemaOf(Use) }
]

/** A problem has its own guide and its own schema for editors. */
const everywhere: ReadonlyArray<Named> = [...named, { name: "Problem", schema: schemaOf(Problem) }]

const others = (name: string): ReadonlyArray<Named> => everywhere.filter((one) => one.name !== name)

const event = (member: { readonly schema: unknown; readonly tag: TrialEvent["_tag"] }): string => {
  const fields = fieldsOf(member.schema, everywhere).filter(({ name }) => name !== "_tag" && name !== "t" && name !== "wall")
  return `### ${member.tag}\n\n${meanings[member.tag]}${fields.length === 0 ? "" : `\n\n${fieldTable(fields)}`}`
}

const type = ({ name, schema }: Named): string => {
  const fields = fieldsOf(schema, others(name))
  return `### ${name}\n\n${fields.length === 0 ? `${typeText(schema, others(name))}.` : fieldTable(fields)}`
}

export const events = (): string => {
  const members = TrialEvent.members.map((member) => ({ schema: schemaOf(member), tag: member.fields._tag.schema.literal }))
  return `# Events

A trial tells everything as it happens, one JSON object a line in \`events.ndjson\`. Each has its kind in \`_tag\` and in \`t\` the trial's clock in milliseconds since
the trial began. What depends on the machine stands under \`wall\` and nowhere else: without it, the same seed and the same actions give the same bytes. This page
is generated from \`packages/core/src/TrialEvent.ts\`: \`npm run docs\`.

## Kinds

${members.map(event).join("\n\n")}

## Types

${named.map(type).join("\n\n")}

### Problem

The manifest, as in [write a problem](../guide/write-a-problem.md); its JSON Schema is [schemas/problem.json](../../schemas/problem.json).
`
}
