/** The lines of the protocol. Ours are written, the program's are decoded; what is no line of the protocol is undefined. */
import { type AgentContext, Usage } from "@aiopslab/core/Agent"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

export type Request = { readonly type: "init"; readonly context: AgentContext } | { readonly type: "action"; readonly state: string }

const Reply = Schema.fromJsonString(
  Schema.Union([
    Schema.Struct({ type: Schema.Literal("ready") }),
    Schema.Struct({ type: Schema.Literal("action"), text: Schema.String, usage: Schema.optionalKey(Usage) }),
    Schema.Struct({ type: Schema.Literal("error"), message: Schema.String })
  ])
)
export type Reply = typeof Reply.Type

const decode = Schema.decodeUnknownResult(Reply)

export const reply = (line: string): Reply | undefined => Result.getOrElse(decode(line), () => undefined)

export const request = (of: Request): string => `${JSON.stringify(of)}\n`
