/** The agent `process`: any program that speaks JSON lines on stdin and stdout. README.md has the protocol. */
import * as Agent from "@aiopslab/core/Agent"
import { definePlugin } from "@aiopslab/core/Plugin"
import * as Schema from "effect/Schema"
import { start } from "./Session.ts"

export { pythonShim } from "./Shim.ts"

const config = Schema.Struct({
  /** The program and its arguments; no shell reads them. */
  command: Schema.Array(Schema.String).check(Schema.isMinLength(1)).annotate({ description: "The program and its arguments" }),
  cwd: Schema.optionalKey(Schema.String.annotate({ description: "Its working directory; default an empty one of its own" })),
  env: Schema.optionalKey(
    Schema.Record(Schema.String, Schema.String).annotate({
      description: "Its environment, beside PATH, HOME, LANG and TERM; stands in the record"
    })
  ),
  pass: Schema.optionalKey(
    Schema.Array(Schema.String).annotate({ description: "Names of variables of aiopslab's environment that it gets, too; for keys" })
  ),
  /** For reports. */
  model: Schema.optionalKey(Schema.String.annotate({ description: "The model's name, for reports" }))
})
export type ProcessConfig = typeof config.Type

export const agent = Agent.make({
  name: "process",
  summary: "Any program that speaks JSON lines on stdin and stdout",
  config,
  knows: "nothing",
  model: (given) => given.model,
  start: (given) => start(given)
})

export const plugin = definePlugin({ name: "@aiopslab/agent-process", components: [agent] })
