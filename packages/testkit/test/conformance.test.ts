import * as Agent from "@aiopslab/core/Agent"
import { definePlugin } from "@aiopslab/core/Plugin"
import { agentChecks, agentConformance } from "@aiopslab/testkit/AgentConformance"
import { appChecks, appConformance } from "@aiopslab/testkit/AppConformance"
import type { Check } from "@aiopslab/testkit/Check"
import { faultChecks, faultConformance } from "@aiopslab/testkit/FaultConformance"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import { type FaultFlaw, marking } from "./Marking.ts"
import { type AppFlaw, damage, shop } from "./Shop.ts"

/** The names of the checks that don't hold. */
const failing = (checks: ReadonlyArray<Check>): Promise<ReadonlyArray<string>> =>
  checks.reduce<Promise<ReadonlyArray<string>>>(
    (before, { name, run }) =>
      before.then((names) =>
        run().then(
          () => names,
          () => [...names, name]
        )
      ),
    Promise.resolve([])
  )

const fault = (flaw: FaultFlaw) => ({ plugins: [shop(), marking(flaw)], app: "shop", fault: "mark", config: {}, restart: "web" })
const app = (flaw: AppFlaw) => ({ plugins: [shop(flaw)], app: "shop", damage })

type Say = (state: string, turn: number) => Effect.Effect<string>

const speaker = (say: Say) => {
  const agent = Agent.make({
    name: "speaker",
    summary: "Says something",
    config: Schema.Struct({}),
    knows: "nothing",
    model: () => undefined,
    start: () =>
      Effect.sync(() => {
        let turn = 0
        return {
          init: () =>
            Effect.sync(() => {
              turn = 0
            }),
          getAction: (state) =>
            Effect.map(
              Effect.suspend(() => say(state, turn++)),
              (text) => ({ text })
            )
        }
      })
  })
  return { plugins: [definePlugin({ name: "@acme/speaker", components: [agent] })], agent: "speaker", turnMillis: 100 }
}

const submits = "```\nsubmit()\n```"

faultConformance(fault("none"))
appConformance(app("none"))
agentConformance(speaker((_, turn) => Effect.succeed(turn < 3 ? '```\nexec_shell("ls")\n```' : submits)))

describe("a suite notices", () => {
  const planned = "has a plan that can be written down and read again"
  const lasting = "has its symptom when it is injected, and changes nothing for good"
  it.each([
    ["a plan that can't be written", planned],
    ["a plan that writes", "changes nothing by planning"],
    ["a symptom seen everywhere", "has no symptom before it is injected"],
    ["something left behind", lasting],
    ["a recovery that undoes itself", "may be injected and recovered twice"],
    ["a recovery that needs an injection", "is recovered though it was never injected"],
    ["nothing kept", "is kept up when the pods restart"],
    ["no respect for repairs", "leaves alone what the agent has repaired"]
  ] as const)("of a fault: %s", { timeout: 60_000 }, (flaw, check) => expect(failing(faultChecks(fault(flaw)))).resolves.toContain(check))

  it.each([
    ["a handler that isn't there", "calls only services and handlers of its topology"],
    ["a digest of nothing", "has a digest that tells damaged data, and gets the data back"],
    ["a digest of the time", "has a digest of its users' data that traffic leaves alone"],
    ["data that stay lost", "has a digest that tells damaged data, and gets the data back"],
    ["a crash", "becomes ready, and stays so"]
  ] as const)("of an application: %s", { timeout: 60_000 }, (flaw, check) =>
    expect(failing(appChecks(app(flaw)))).resolves.toContain(check)
  )

  it.each<readonly [string, Say, string]>([
    ["it never answers", () => Effect.never, "answers in each task, in time"],
    [
      "it dies of what it is told",
      (state) => (state === "" ? Effect.die(new Error("nothing")) : Effect.succeed(submits)),
      "answers whatever it is told"
    ],
    ["it never ends", () => Effect.succeed('```\nexec_shell("ls")\n```'), "comes to an end: detection"]
  ])("of an agent: %s", { timeout: 60_000 }, (_, say, check) => expect(failing(agentChecks(speaker(say)))).resolves.toContain(check))
})
