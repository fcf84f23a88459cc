/** What an agent may do: a name, a signature, a text that explains it, and the deed. */
import type { KubeApi } from "@aiopslab/core/Kubernetes"
import type { Json } from "@aiopslab/core/Kubernetes"
import type { Telemetry } from "@aiopslab/core/Telemetry"
import type { WallClock } from "@aiopslab/core/WallClock"
import type * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Call } from "./PythonCall.ts"
import type { Sandbox } from "./Sandbox.ts"
import type { Bounded } from "./Text.ts"

export interface Parameter {
  readonly name: string
  readonly type: "str" | "int" | "float"
  /** Absent: it must be given. */
  readonly default?: string | number
  readonly about: string
}

/** What actions work with: the agent's own view of the cluster, and what belongs to the trial. */
export interface ActionContext {
  readonly api: KubeApi
  readonly telemetry: Telemetry
  readonly sandbox: Sandbox
  /** The application's. */
  readonly namespace: string
  /** The pod label that holds a service's name. */
  readonly serviceLabel: string
}

export type Arguments = Readonly<Record<string, string | number>>

export interface Action {
  readonly name: string
  readonly summary: string
  readonly parameters: ReadonlyArray<Parameter>
  readonly returns: string
  /** Never fails: what went wrong is said in the observation. */
  readonly run: (args: Arguments, context: ActionContext) => Effect.Effect<Bounded, never, WallClock>
}

const literal = (value: string | number): string => (typeof value === "string" ? JSON.stringify(value) : String(value))

/** `get_logs(namespace: str, service: str, tail: int = 0) -> str` */
export const signature = (action: Pick<Action, "name" | "parameters">): string => {
  const parameters = action.parameters.map(
    (one) => `${one.name}: ${one.type}${one.default === undefined ? "" : ` = ${literal(one.default)}`}`
  )
  return `${action.name}(${parameters.join(", ")}) -> str`
}

/** The text about an action, as the agent gets it. */
export const describe = (action: Action): string => {
  const parameters = action.parameters.map((one) => `    ${one.name} (${one.type}): ${one.about}`)
  return [
    signature(action),
    action.summary,
    ...(parameters.length === 0 ? [] : ["Arguments:", ...parameters]),
    `Returns: ${action.returns}`
  ].join("\n")
}

const typeNames = { str: "a text in quotes", int: "a whole number", float: "a number" } as const

const fits = (parameter: Parameter, value: Json): string | number | undefined => {
  if (parameter.type === "str") return typeof value === "string" ? value : typeof value === "number" ? String(value) : undefined
  const number =
    typeof value === "number" ? value : typeof value === "string" && /^-?\d+(?:\.\d+)?$/u.test(value) ? Number(value) : undefined
  return number === undefined || (parameter.type === "int" && !Number.isInteger(number)) ? undefined : number
}

/** A call's arguments by name; the failure says what is wrong with them. */
export const bind = (action: Action, call: Call): Result.Result<Arguments, string> => {
  const wrong = (why: string) => Result.fail(`${why}. The signature is ${signature(action)}`)
  const { parameters } = action
  if (call.args.length > parameters.length)
    return wrong(`${action.name} takes at most ${parameters.length} arguments, and there are ${call.args.length}`)
  const unknown = Object.keys(call.kwargs).find((name) => parameters.every((parameter) => parameter.name !== name))
  if (unknown !== undefined) return wrong(`${action.name} has no argument ${JSON.stringify(unknown)}`)
  const out: Record<string, string | number> = {}
  for (const [index, parameter] of parameters.entries()) {
    const named = Object.hasOwn(call.kwargs, parameter.name)
    if (named && index < call.args.length) return wrong(`${action.name} got ${parameter.name} twice`)
    const value = named ? call.kwargs[parameter.name] : call.args[index]
    if (value === undefined || (value === null && parameter.default !== undefined)) {
      if (parameter.default === undefined) return wrong(`${action.name} needs ${parameter.name}`)
      out[parameter.name] = parameter.default
      continue
    }
    const fitting = fits(parameter, value)
    if (fitting === undefined) return wrong(`${parameter.name} of ${action.name} must be ${typeNames[parameter.type]}`)
    out[parameter.name] = fitting
  }
  return Result.succeed(out)
}

/** A bound argument. `bind` has filled in all of them with the right types. */
export const textOf = (args: Arguments, name: string): string => String(args[name] ?? "")
export const numberOf = (args: Arguments, name: string): number => Number(args[name] ?? 0)
