/** What the framework asks of every agent: call it from a test file, once per agent and configuration. */
import type { AgentContext, AgentSession, Solution } from "@aiopslab/core/Agent"
import type { Plugin } from "@aiopslab/core/Plugin"
import * as Registry from "@aiopslab/core/Registry"
import { WallClock } from "@aiopslab/core/WallClock"
import * as RuntimeServices from "@aiopslab/runtime/RuntimeServices"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import { expect } from "vitest"
import { type Check, suite } from "./Check.ts"
import * as Lab from "./Lab.ts"

export interface AgentConformanceOptions {
  readonly plugins: ReadonlyArray<Plugin>
  /** Its name, as in `--agent`. */
  readonly agent: string
  /** As in `--agent-with`. */
  readonly config?: unknown
  /** Real time for one answer, in milliseconds; default 5 s. */
  readonly turnMillis?: number
  /** Within so many turns a task must have ended; default 30, as in a run. */
  readonly maxSteps?: number
}

const namespace = "conformance"

const solution: Solution = {
  answers: {
    detection: "Yes",
    localization: ["web"],
    analysis: { system_level: "Application", fault_type: "Misconfiguration" },
    mitigation: null
  },
  commands: [`kubectl -n ${namespace} get pods`],
  namespace
}

const contextOf = (task: string): AgentContext => ({
  task,
  description: `A shop.\n\nApplication: shop\nNamespace: ${namespace}\nA shop with one service.`,
  instructions: "Send one call of one action in a block between two lines of three backticks.",
  apis: { exec_shell: "exec_shell(command)\nRuns a command.", submit: 'submit(...)\nsubmit("Yes")' }
})

const tasks = ["detection", "localization", "analysis", "mitigation"]

const opening = "The task begins now. What is your first action?"
const correction = "Error: that was no call of an action.\nWhat is your next action?"

/** What an environment may say and no agent should die of. */
const odd = [
  "",
  "\u0000\u001b[31mred\u001b[0m\r\n",
  '{"type":"init"',
  "```\n```",
  "NAME   READY\n".repeat(20_000),
  "\ud83d\ude00 \u202e \ufffd"
]

const submits = /^\s*submit\(/mu

const limitsOf = ({ maxSteps = 30, turnMillis = 5_000 }: AgentConformanceOptions) => ({ maxSteps, turnMillis })

export const agentChecks = (options: AgentConformanceOptions): ReadonlyArray<Check> => {
  const { maxSteps, turnMillis } = limitsOf(options)
  const { component: agent } = Result.getOrThrow(Registry.lookup(Registry.make(options.plugins), "Agent", options.agent))

  const started = Effect.gen(function* () {
    const config = yield* Lab.configOf(agent, options.config)
    return yield* agent.start(config, { seed: "0", namespace, ...(agent.knows === "solution" ? { solution } : {}) })
  })

  /** Fails when it takes longer than a turn may. */
  const inTime = <A, E, R>(what: string, work: Effect.Effect<A, E, R>) =>
    Effect.gen(function* () {
      const wall = yield* WallClock
      const done = yield* wall.within(turnMillis)(work)
      return Option.getOrElse(done, () => expect.fail(`${what} took more than ${turnMillis} ms`))
    })
  const begun = (session: AgentSession, task: string) => inTime("init", session.init(contextOf(task)))
  const asked = (session: AgentSession, state: string) =>
    Effect.tap(inTime("getAction", session.getAction(state)), ({ text }) => Effect.sync(() => expect(typeof text).toBe("string")))

  const test = (name: string, body: (session: AgentSession) => Effect.Effect<void, unknown, WallClock>): Check => ({
    name,
    run: () => Effect.runPromise(Effect.flatMap(started, body).pipe(Effect.scoped, Effect.provide(RuntimeServices.layer)))
  })

  return [
    {
      name: "is started and let go without having been asked anything",
      run: () =>
        Effect.runPromise(Effect.asVoid(inTime("starting and ending", Effect.scoped(started))).pipe(Effect.provide(RuntimeServices.layer)))
    },

    test("answers in each task, in time", (session) =>
      Effect.gen(function* () {
        for (const task of tasks) {
          yield* begun(session, task)
          yield* asked(session, opening)
        }
      })),

    test("begins a task anew, wherever the last one was left", (session) =>
      Effect.gen(function* () {
        yield* begun(session, "detection")
        const { text: first } = yield* asked(session, opening)
        yield* asked(session, correction)
        yield* begun(session, "detection")
        expect((yield* asked(session, opening)).text === "").toBe(first === "")
      })),

    test("answers whatever it is told", (session) =>
      Effect.gen(function* () {
        yield* begun(session, "mitigation")
        for (const state of odd) yield* asked(session, state)
      })),

    ...tasks.map((task) =>
      test(`comes to an end: ${task}`, (session) =>
        Effect.gen(function* () {
          yield* begun(session, task)
          let state = opening
          for (let step = 0; step < maxSteps; step++) {
            const { text } = yield* asked(session, state)
            if (text === "" || submits.test(text)) return
            state = correction
          }
          expect.fail(`it has not submitted or fallen silent after ${maxSteps} turns`)
        }))
    )
  ]
}

export const agentConformance = (options: AgentConformanceOptions): void => {
  const { maxSteps, turnMillis } = limitsOf(options)
  suite(`an agent: ${options.agent}`, agentChecks(options), 20_000 + maxSteps * turnMillis)
}
