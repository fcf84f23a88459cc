import type { AgentAnswer, AgentContext, AgentSession } from "@aiopslab/core/Agent"
import type { Installation } from "@aiopslab/core/App"
import { type LabError, labError } from "@aiopslab/core/LabError"
import * as Task from "@aiopslab/core/Task"
import type { Charge, TrialLimits } from "@aiopslab/core/TrialSpec"
import type { Action } from "@aiopslab/agents/Action"
import { type ConversationEvent, type Ending, run } from "@aiopslab/agents/Conversation"
import * as Sandbox from "@aiopslab/agents/Sandbox"
import { actions } from "@aiopslab/agents/Actions"
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import { cluster, elapse, namespace, wallLayer } from "./World.ts"

const block = (call: string) => "```\n" + call + "\n```"

const task = Task.make({
  name: "detection",
  summary: "",
  config: Schema.Unknown,
  answer: Schema.Literals(["Yes", "No"]),
  evaluators: "none",
  brief: () => ({ goal: "Find out whether something is wrong.", submit: ['submit("Yes")', 'submit("No")'] }),
  truth: () => "Yes",
  judge: () => Effect.succeed({ verdict: "pass", reason: "", results: {} })
})

const app: Installation = {
  app: "shop",
  version: "1",
  namespace,
  manifests: [],
  topology: { entry: { service: "a", port: 1 }, operations: {}, services: {} },
  serviceLabel: "app",
  description: "A shop.",
  digest: Effect.succeed(""),
  resetData: Effect.void
}

/** Waits on the trial's clock. */
const slow: Action = {
  name: "slow",
  summary: "",
  parameters: [{ name: "seconds", type: "int", about: "" }],
  returns: "",
  run: (args) => Effect.as(Effect.sleep(Number(args["seconds"]) * 1000), { text: "done", truncated: false })
}
const broken: Action = { name: "broken", summary: "", parameters: [], returns: "", run: () => Effect.die(new Error("a bug")) }

type Turn = string | AgentAnswer | Effect.Effect<AgentAnswer, LabError>

/** Says these things one after the other, then nothing. */
const says = (...turns: ReadonlyArray<Turn>) => {
  const heard: Array<string> = []
  const contexts: Array<AgentContext> = []
  const session: AgentSession = {
    init: (context) => Effect.sync(() => void contexts.push(context)),
    getAction: (state) =>
      Effect.suspend(() => {
        heard.push(state)
        const turn = turns[heard.length - 1] ?? ""
        return typeof turn === "string" ? Effect.succeed({ text: turn }) : Effect.isEffect(turn) ? turn : Effect.succeed(turn)
      })
  }
  return { session, heard, contexts }
}

interface Talk {
  readonly limits?: Partial<TrialLimits>
  readonly charge?: Charge
}

const talk = (session: AgentSession, { charge = { _tag: "none" }, limits = {} }: Talk = {}) =>
  Effect.gen(function* () {
    const { api } = yield* cluster
    const events: Array<ConversationEvent> = []
    const telemetry = { metrics: () => Effect.succeed([]), traces: () => Effect.succeed([]), traffic: () => Effect.succeed([]) }
    const ending: Ending = yield* elapse(
      run({
        session,
        agentName: "tester",
        task,
        app,
        actions: [...actions, slow, broken],
        context: { api, telemetry, sandbox: yield* Sandbox.make({ api, namespace, seed: "1" }), namespace, serviceLabel: "app" },
        limits: { maxSteps: 5, timeMillis: 60_000, turnMillis: 60_000, ...limits },
        charge,
        emit: (event) => void events.push(event)
      }),
      300
    )
    return { ending, events }
  }).pipe(Effect.provide(wallLayer))

const endOf = (...turns: ReadonlyArray<Turn>) =>
  Effect.map(talk(says(...turns).session), ({ ending }) => [ending.end, ending.steps, ending.formatErrors])

describe("a conversation", () => {
  it.effect("tells what it is about, does what the agent says, and ends with the submission", () =>
    Effect.gen(function* () {
      const agent = says(block('exec_shell("kubectl get cm a -o name")'), block('submit("Yes")'))
      const { ending, events } = yield* talk(agent.session)
      assert.deepStrictEqual(ending, {
        end: "submitted",
        answer: "Yes",
        raw: "Yes",
        steps: 2,
        formatErrors: 0,
        usage: null,
        seconds: 0,
        reason: "The agent submitted an answer."
      })
      const [context] = agent.contexts
      assert.include(context?.description ?? "", "Namespace: shop")
      assert.deepStrictEqual(Object.keys(context?.apis ?? {}), [...actions, slow, broken].map(({ name }) => name).concat("submit"))
      assert.deepStrictEqual(agent.heard, ["The task begins now. What is your first action?", "configmap/a\n\nWhat is your next action?"])
      assert.deepStrictEqual(
        events.map((event) => event._tag),
        ["Message", "Action", "Observation", "Message", "Message", "Submitted"]
      )
    })
  )

  it.effect("corrects what it cannot understand, and counts it", () =>
    Effect.gen(function* () {
      const agent = says("hello", block("no_such(1)"), block('get_logs("ns")'), block('submit("No")'))
      const { ending } = yield* talk(agent.session)
      assert.deepStrictEqual([ending.end, ending.steps, ending.formatErrors], ["submitted", 4, 3])
      assert.match(agent.heard[1] ?? "", /not understood/)
      assert.match(agent.heard[2] ?? "", /no action "no_such"\. The actions are get_logs/)
      assert.match(agent.heard[3] ?? "", /get_logs needs service\. The signature is get_logs\(namespace: str/)
    })
  )

  it.effect("lets an invalid submission be mended", () =>
    Effect.gen(function* () {
      const agent = says(block('submit("Maybe")'), block('submit(has_anomaly="Yes")'))
      const { ending, events } = yield* talk(agent.session)
      assert.deepStrictEqual([ending.end, ending.answer, ending.formatErrors], ["submitted", "Yes", 1])
      assert.match(agent.heard[1] ?? "", /not valid: .*submit\("Yes"\)/su)
      assert.deepStrictEqual(
        events.flatMap((event) => (event._tag === "Submitted" ? [[event.answer, event.valid]] : [])),
        [
          ["Maybe", false],
          ["Yes", true]
        ]
      )
    })
  )

  it.effect("ends as invalid-answer when no valid one follows an invalid one", () =>
    Effect.gen(function* () {
      const { ending } = yield* talk(says(block("submit(3)")).session)
      assert.deepStrictEqual([ending.end, ending.raw, ending.answer], ["invalid-answer", 3, null])
      const five = Array.from({ length: 5 }, () => block("submit()"))
      assert.deepStrictEqual(yield* endOf(...five), ["invalid-answer", 5, 5])
    })
  )

  it.effect("ends when the agent has nothing more to say", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* endOf(), ["no-answer", 0, 0])
      assert.deepStrictEqual(yield* endOf("hm", "  \n"), ["no-answer", 1, 1])
    })
  )

  it.effect("ends at the step limit", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* endOf(...Array.from({ length: 9 }, () => block('exec_shell("kubectl version")'))), ["step-limit", 5, 0])
    })
  )

  it.effect("ends at the time limit, in the midst of an action", () =>
    Effect.gen(function* () {
      const { ending } = yield* talk(says(block("slow(30)"), block("slow(100)")).session)
      assert.deepStrictEqual([ending.end, ending.steps, ending.seconds], ["time-limit", 2, 60])
    })
  )

  it.effect("charges the agent's thinking to the trial's clock", () =>
    Effect.gen(function* () {
      const agent = says(block('exec_shell("kubectl version")'), block('submit("No")'))
      const { ending } = yield* talk(agent.session, { charge: { _tag: "per-step", millis: 5000 } })
      assert.deepStrictEqual([ending.end, ending.seconds], ["submitted", 10])
      const late = yield* talk(says("a", "b", "c", "d").session, { charge: { _tag: "per-step", millis: 25_000 } })
      assert.deepStrictEqual([late.ending.end, late.ending.steps], ["time-limit", 3])
    })
  )

  it.effect("measures the thinking where that is the policy", () =>
    Effect.gen(function* () {
      const thinking = Effect.promise(
        () => new Promise<AgentAnswer>((resolve) => setTimeout(() => resolve({ text: block('submit("No")') }), 120))
      )
      const { ending } = yield* talk(says(thinking).session, { charge: { _tag: "measured" } })
      assert.strictEqual(ending.end, "submitted")
      assert.isAtLeast(ending.seconds, 0.1)
    })
  )

  it.effect("gives up on an agent that hangs, by the wall clock", () =>
    Effect.gen(function* () {
      const { ending } = yield* talk(says(Effect.never).session, { limits: { turnMillis: 30 } })
      assert.deepStrictEqual([ending.end, ending.reason], ["agent-error", "Agent tester did not answer within 0.03 s."])
      const deaf = yield* talk({ init: () => Effect.never, getAction: () => Effect.never }, { limits: { turnMillis: 30 } })
      assert.strictEqual(deaf.ending.end, "agent-error")
    })
  )

  it.effect("survives an agent that fails, throws or runs out of budget", () =>
    Effect.gen(function* () {
      const failing = Effect.fail(labError("AGENT_FAILED", { agent: "tester", why: "it broke" }))
      assert.deepStrictEqual(yield* endOf(failing), ["agent-error", 0, 0])
      assert.deepStrictEqual(
        yield* endOf(
          Effect.sync(() => {
            throw new Error("x")
          })
        ),
        ["agent-error", 0, 0]
      )
      assert.deepStrictEqual(yield* endOf(Effect.mapError(failing, (error) => Object.assign(error, { blame: "budget" as const }))), [
        "budget-limit",
        0,
        0
      ])
    })
  )

  it.effect("survives an action that fails", () =>
    Effect.gen(function* () {
      const agent = says(block("broken()"), block('submit("No")'))
      const { ending } = yield* talk(agent.session)
      assert.strictEqual(ending.end, "submitted")
      assert.match(agent.heard[1] ?? "", /^Error: the action failed: a bug/)
    })
  )

  it.effect("adds up what the agent used", () =>
    Effect.gen(function* () {
      const usage = { inputTokens: 10, outputTokens: 2, costUsd: 0.5 }
      const { ending } = yield* talk(
        says({ text: "x", usage }, "y", { text: block('submit("No")'), usage: { inputTokens: 1, outputTokens: 1 } }).session
      )
      assert.deepStrictEqual(ending.usage, { inputTokens: 11, outputTokens: 3, costUsd: 0.5 })
    })
  )

  it.effect("stops when it is interrupted", () =>
    Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(talk(says(Effect.never).session), { startImmediately: true })
      yield* TestClock.adjust("1 second")
      yield* Fiber.interrupt(fiber)
      assert.isTrue(Exit.hasInterrupts(yield* Fiber.await(fiber)))
    })
  )

  it.effect("takes no time by itself", () =>
    Effect.gen(function* () {
      const before = yield* Clock.currentTimeMillis
      const { ending } = yield* talk(says(block('submit("No")')).session)
      assert.deepStrictEqual([ending.seconds, before], [0, 0])
    })
  )
})
