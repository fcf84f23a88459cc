/** The texts an agent is given at the start of a task: what it faces, how to act, and what each action does. */
import type { AgentContext } from "@aiopslab/core/Agent"
import type { Installation } from "@aiopslab/core/App"
import type { Task } from "@aiopslab/core/Task"
import { type Action, describe } from "./Action.ts"

/** What the agent's first `getAction` gets as its state. */
export const opening = "The task begins now. What is your first action?"

/** Stands at the end of every observation. */
export const next = "\nWhat is your next action?"

const fence = "```"
const block = (call: string): string => `${fence}\n${call}\n${fence}`

/** The accepted submissions as blocks, and below them what is said about their parts. */
const formsOf = (submit: ReadonlyArray<string>): string => {
  const [calls, notes] = [submit.filter((form) => !form.startsWith("#")), submit.filter((form) => form.startsWith("#"))]
  return [calls.map(block).join("\nor\n"), ...notes.map((note) => note.replace(/^#\s*/u, ""))].join("\n")
}

export interface BriefOptions {
  readonly task: Task
  readonly app: Installation
  readonly actions: ReadonlyArray<Action>
}

export const make = ({ actions, app, task }: BriefOptions): AgentContext => {
  const { goal, submit } = task.brief(app)
  const forms = formsOf(submit)
  const description = [
    "You are an experienced engineer who operates services in the cloud. The service below runs on a Kubernetes cluster.",
    goal,
    `Application: ${app.app}\nNamespace: ${app.namespace}\n${app.description}`,
    "Begin with the state of the system and what it tells about itself: its objects, logs, metrics and traces. Submit once you are sure.",
    `Your submission takes one of these forms:\n${forms}`
  ].join("\n\n")
  const instructions = [
    "You act through the actions whose descriptions you were given. In each turn send one call of one action, in a block between two lines of three backticks, and nothing else.",
    `A command in the shell, for example:\n${block('exec_shell("kubectl get pods -n ' + app.namespace + '")')}`,
    `When you are done, submit:\n${forms}`,
    "After each call you are told what came of it. A message that cannot be understood is answered with a correction and counts as a turn. The task ends with your first valid submission."
  ].join("\n\n")
  const apis: Record<string, string> = {}
  for (const action of actions) apis[action.name] = describe(action)
  apis["submit"] = `submit(...)\nSubmits your result and ends the task. Accepted forms:\n${submit.join("\n")}`
  return { task: task.name, description, instructions, apis }
}
