/**
 * One task with an agent: brief, then action after action until a valid submission or a limit. Never fails and never throws: whatever the agent
 * does (hangs, crashes, babbles, submits nonsense) is a way to end. Interrupting it leaves nothing behind.
 */
import type { AgentAnswer, AgentSession, Usage } from "@aiopslab/core/Agent"
import type { Installation } from "@aiopslab/core/App"
import type { Json } from "@aiopslab/core/Kubernetes"
import type { LabError } from "@aiopslab/core/LabError"
import type { Task } from "@aiopslab/core/Task"
import type { TrialEvent } from "@aiopslab/core/TrialEvent"
import type { Charge, TrialLimits } from "@aiopslab/core/TrialSpec"
import { WallClock } from "@aiopslab/core/WallClock"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import { type Action, type ActionContext, bind } from "./Action.ts"
import { make as makeBrief, next, opening } from "./Brief.ts"
import { read } from "./Protocol.ts"
import type { Call } from "./PythonCall.ts"
import { decodeAnswer, rawAnswer } from "./Submission.ts"

type Told = "Message" | "Action" | "Observation" | "Submitted"
type WithoutTime<E> = E extends TrialEvent ? Omit<E, "t"> : never
/** What a conversation tells; its listener fills in the time. */
export type ConversationEvent = WithoutTime<Extract<TrialEvent, { readonly _tag: Told }>>

export type End = "submitted" | "no-answer" | "invalid-answer" | "step-limit" | "time-limit" | "budget-limit" | "agent-error"

export interface Ending {
  readonly end: End
  /** Decoded by the task; null unless `submitted`. */
  readonly answer: unknown
  /** As submitted, valid or not; null when nothing was. */
  readonly raw: Json
  readonly steps: number
  readonly formatErrors: number
  /** The sum over all answers that reported it. */
  readonly usage: Usage | null
  /** On the trial's clock. */
  readonly seconds: number
  /** One sentence. */
  readonly reason: string
}

export interface Options {
  readonly session: AgentSession
  readonly agentName: string
  readonly task: Task
  readonly app: Installation
  readonly actions: ReadonlyArray<Action>
  readonly context: ActionContext
  readonly limits: TrialLimits
  readonly charge: Charge
  readonly emit: (event: ConversationEvent) => void
}

/** Mutable: one conversation's account. */
interface Account {
  steps: number
  formatErrors: number
  usage: Usage | null
  raw: Json
  invalid: string | undefined
}

const add = (sum: Usage | null, one: Usage | undefined): Usage | null => {
  if (one === undefined) return sum
  const costUsd = sum?.costUsd === undefined && one.costUsd === undefined ? {} : { costUsd: (sum?.costUsd ?? 0) + (one.costUsd ?? 0) }
  return { inputTokens: (sum?.inputTokens ?? 0) + one.inputTokens, outputTokens: (sum?.outputTokens ?? 0) + one.outputTokens, ...costUsd }
}

class Ended {
  readonly end: End
  readonly reason: string
  readonly answer: unknown
  constructor(end: End, reason: string, answer: unknown = null) {
    this.end = end
    this.reason = reason
    this.answer = answer
  }
}

/** What the agent does in the real world: time stands still, its turn is bounded by the wall, and its failures are values. */
const turn = <A>(options: Options, what: Effect.Effect<A, LabError>): Effect.Effect<A | Ended, never, WallClock> =>
  Effect.gen(function* () {
    const wall = yield* WallClock
    const { turnMillis } = options.limits
    const exit = yield* Effect.exit(wall.hold(wall.within(turnMillis)(what)))
    if (Exit.isSuccess(exit)) {
      return Option.getOrElse(
        exit.value,
        () => new Ended("agent-error", `Agent ${options.agentName} did not answer within ${turnMillis / 1000} s.`)
      )
    }
    if (Cause.hasInterruptsOnly(exit.cause)) return yield* Effect.interrupt
    const failed = Cause.findErrorOption(exit.cause)
    if (Option.isSome(failed)) return new Ended(failed.value.blame === "budget" ? "budget-limit" : "agent-error", failed.value.text)
    const defect = Cause.squash(exit.cause)
    return new Ended("agent-error", `Agent ${options.agentName} crashed: ${defect instanceof Error ? defect.message : String(defect)}.`)
  })

/** The trial's clock moves on by what the agent's thinking costs. */
const charged = <A>(options: Options, what: Effect.Effect<A | Ended, never, WallClock>): Effect.Effect<A | Ended, never, WallClock> => {
  const { charge } = options
  if (charge._tag === "none") return what
  if (charge._tag === "per-step") return Effect.tap(what, () => Effect.sleep(charge.millis))
  return Effect.gen(function* () {
    const wall = yield* WallClock
    const began = yield* wall.now
    const result = yield* what
    yield* Effect.sleep((yield* wall.now) - began)
    return result
  })
}

const told = (message: AgentAnswer | Ended): message is Ended => message instanceof Ended

const submit = (options: Options, account: Account, call: Call): Ended | string => {
  account.raw = rawAnswer(call)
  const decoded = decodeAnswer(options.task, account.raw)
  const valid = Result.isSuccess(decoded)
  options.emit({ _tag: "Submitted", task: options.task.name, step: account.steps, answer: account.raw, valid })
  if (valid) return new Ended("submitted", "The agent submitted an answer.", decoded.success)
  account.invalid = decoded.failure
  account.formatErrors++
  const { submit: forms } = options.task.brief(options.app)
  return `This submission is not valid: ${decoded.failure}. Submit in one of these forms:\n${forms.join("\n")}`
}

const act = Effect.fnUntraced(function* (options: Options, account: Account, call: Call): Effect.fn.Return<string, never, WallClock> {
  const action = options.actions.find((one) => one.name === call.name)
  if (action === undefined) {
    account.formatErrors++
    return `There is no action ${JSON.stringify(call.name)}. The actions are ${options.actions.map((one) => one.name).join(", ")} and submit.`
  }
  const args = bind(action, call)
  if (Result.isFailure(args)) {
    account.formatErrors++
    return `${args.failure}.`
  }
  const place = { task: options.task.name, step: account.steps }
  options.emit({ _tag: "Action", ...place, name: action.name, args: args.success })
  const { text, truncated } = yield* action
    .run(args.success, options.context)
    .pipe(
      Effect.catchDefect((defect) =>
        Effect.succeed({ text: `Error: the action failed: ${defect instanceof Error ? defect.message : String(defect)}`, truncated: false })
      )
    )
  options.emit({ _tag: "Observation", ...place, text, truncated })
  return text
})

const talk = Effect.fnUntraced(function* (options: Options, account: Account, end: number): Effect.fn.Return<Ended, never, WallClock> {
  const task = options.task.name
  const { maxSteps, timeMillis } = options.limits
  const late = new Ended("time-limit", `The task's ${timeMillis / 1000} s are over.`)
  const begun = yield* turn(options, options.session.init(makeBrief(options)))
  if (begun instanceof Ended) return begun
  let state = opening
  while (account.steps < maxSteps) {
    const answer = yield* charged(options, turn(options, options.session.getAction(state)))
    if (told(answer)) return answer
    account.usage = add(account.usage, answer.usage)
    if (answer.text.trim() === "") return new Ended("no-answer", "The agent had nothing more to say and submitted nothing.")
    account.steps++
    const step = account.steps
    options.emit({
      _tag: "Message",
      task,
      step,
      role: "assistant",
      text: answer.text,
      ...(answer.usage === undefined ? {} : { usage: answer.usage })
    })
    const left = end - (yield* Clock.currentTimeMillis)
    if (left <= 0) return late
    const call = read(answer.text)
    let reply: string
    if (Result.isFailure(call)) {
      account.formatErrors++
      reply = call.failure
    } else if (call.success.name === "submit") {
      const result = submit(options, account, call.success)
      if (typeof result !== "string") return result
      reply = result
    } else {
      const observed = yield* Effect.timeoutOption(act(options, account, call.success), left)
      if (Option.isNone(observed)) return late
      reply = observed.value
    }
    state = `${reply}${next}`
    options.emit({ _tag: "Message", task, step, role: "env", text: state })
  }
  return new Ended("step-limit", `The agent used all of its ${maxSteps} steps without a valid submission.`)
})

/** Ends that a mere lack of a valid answer brings about; after an invalid one they are that. */
const withoutAnswer: ReadonlyArray<End> = ["no-answer", "step-limit", "time-limit"]

export const run = Effect.fnUntraced(function* (options: Options): Effect.fn.Return<Ending, never, WallClock> {
  const account: Account = { steps: 0, formatErrors: 0, usage: null, raw: null, invalid: undefined }
  const began = yield* Clock.currentTimeMillis
  const ended = yield* talk(options, account, began + options.limits.timeMillis)
  const seconds = ((yield* Clock.currentTimeMillis) - began) / 1000
  const invalid = account.invalid !== undefined && withoutAnswer.includes(ended.end)
  return {
    end: invalid ? "invalid-answer" : ended.end,
    answer: ended.answer,
    raw: account.raw,
    steps: account.steps,
    formatErrors: account.formatErrors,
    usage: account.usage,
    seconds,
    reason: invalid ? `No valid submission: the last one was not, because ${account.invalid}` : ended.reason
  }
})
