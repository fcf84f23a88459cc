/** An agent that plays a fixed script, one call of an action for each turn, in the original's text protocol. */
import * as Agent from "@aiopslab/core/Agent"
import type { Json } from "@aiopslab/core/Kubernetes"
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import * as Schema from "effect/Schema"

/** A call, or one that depends on what the environment answered last. */
export type Turn = string | ((observation: string) => string)

export interface Scene {
  /** `mitigation`. */
  readonly task: string
  readonly namespace: string
  readonly solution: Agent.Solution | undefined
}

/** A JSON value as a literal of the protocol, which is Python's. */
const literal = (value: Json): string => {
  if (value === null) return "None"
  if (typeof value === "boolean") return value ? "True" : "False"
  if (typeof value === "number" || typeof value === "string") return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`
  return `{${Object.entries(value)
    .map(([key, each]) => `${JSON.stringify(key)}: ${literal(each)}`)
    .join(", ")}}`
}

export const submit = (answer?: Json): string => `submit(${answer === undefined || answer === null ? "" : literal(answer)})`

/** The protocol takes one backslash away from every quote of a command and leaves everything else as it is. */
export const shell = (command: string): string => `exec_shell("${command.replace(/["']/gu, "\\$&")}")`

const block = (call: string): string => `\`\`\`\n${call}\n\`\`\``

/** When its turns are used up the agent has nothing more to say. */
export const scripted = (of: {
  readonly name: string
  readonly summary: string
  readonly knows: Agent.Agent["knows"]
  readonly script: (scene: Scene) => ReadonlyArray<Turn>
}): Agent.Agent =>
  Agent.make({
    name: of.name,
    summary: of.summary,
    config: Schema.Struct({}),
    knows: of.knows,
    model: () => undefined,
    start: (_, { namespace, solution }) =>
      Effect.gen(function* () {
        const turns = yield* Ref.make<ReadonlyArray<Turn>>([])
        return {
          init: ({ task }) => Ref.set(turns, of.script({ task, namespace, solution })),
          getAction: (observation) =>
            Ref.modify(turns, ([turn, ...rest]) => {
              const call = typeof turn === "function" ? turn(observation) : turn
              return [{ text: call === undefined ? "" : block(call) }, rest]
            })
        }
      })
  })
