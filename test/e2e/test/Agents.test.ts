import * as Audit from "@aiopslab/runtime/Audit"
import * as Reporter from "@aiopslab/core/Reporter"
import * as ProblemCatalog from "@aiopslab/runtime/ProblemCatalog"
import * as RuntimeServices from "@aiopslab/runtime/RuntimeServices"
import { registryOf } from "@aiopslab/runtime/TrialHost"
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as fs from "node:fs"
import * as path from "node:path"
import * as Lab from "./Lab.ts"

/** Children of this process that still run. */
const children = (): ReadonlyArray<string> =>
  fs
    .readdirSync("/proc")
    .filter((name) => /^\d+$/u.test(name))
    .filter((pid) => {
      const file = `/proc/${pid}/stat`
      const stat = fs.existsSync(file) ? fs.readFileSync(file, "utf8") : ""
      const [state, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
      return parent === String(process.pid) && state !== "Z"
    })

/** An agent that is a Node program in JSON lines. */
const program = (script: string) => ({ use: "process", with: { command: [process.execPath, "-e", script] } })

const lines = (answer: string) =>
  `require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => { const message = JSON.parse(line); ${answer} })`

describe("agents", () => {
  it.live(
    "oracle passes every task, agents that repair nothing or destroy everything pass no mitigation",
    () =>
      Effect.gen(function* () {
        const dir = yield* Lab.temporary
        const result = yield* Lab.run({ selectors: ["*"], agents: Audit.agents, dir, jobs: 2 })
        const catalog = yield* ProblemCatalog.load([path.join(Lab.root, "problems")])
        const problems = new Map([...catalog.problems].map(([name, { content }]) => [name, content]))
        assert.isAbove(result.trials.length, 20)
        assert.deepStrictEqual(Audit.violations(registryOf(yield* Lab.loaded), problems, result), [])
        assert.deepStrictEqual(
          result.trials.flatMap(({ differences, error, id }) =>
            error === undefined && differences.length === 0 ? [] : [[id, error?.message]]
          ),
          []
        )
      }).pipe(Effect.scoped, Effect.provide(RuntimeServices.layer)),
    60_000
  )

  it.live(
    "a program that hangs, crashes, floods or babbles costs only its own trial",
    () =>
      Effect.gen(function* () {
        const dir = yield* Lab.temporary
        const before = children()
        const agents = [
          program("setInterval(() => {}, 1000)"),
          program("process.exit(3)"),
          program(
            "const flood = () => { process.stdout.write('x'.repeat(65536)) && setImmediate(flood) }; process.stdout.on('drain', flood); flood()"
          ),
          program(lines("console.log(JSON.stringify({ text: 'what a lovely cluster' })); console.log('not even json')")),
          { use: "oracle" }
        ]
        const result = yield* Lab.run({
          selectors: ["noop-hotel-reservation"],
          agents,
          dir,
          jobs: 1,
          limits: { turnMillis: 1_500, maxSteps: 3 }
        })
        const outcomes = result.trials.map(({ tasks }) => tasks[0]?.outcome)
        assert.strictEqual(outcomes.at(-1), "passed")
        for (const outcome of outcomes.slice(0, 4)) assert.include(["agent-error", "step-limit", "invalid-answer", "no-answer"], outcome)
        assert.deepStrictEqual(
          result.trials.map(({ differences, error }) => [error, differences]),
          result.trials.map(() => [undefined, []])
        )
        assert.deepStrictEqual(children(), before)
      }).pipe(Effect.scoped, Effect.provide(RuntimeServices.layer)),
    60_000
  )

  it.live(
    "stopped while the agent thinks, the trial recovers and leaves no process behind",
    () =>
      Effect.gen(function* () {
        const dir = yield* Lab.temporary
        const before = children()
        const stop = yield* Deferred.make<void>()
        const reporter = Reporter.make({
          name: "stop",
          summary: "",
          end: Effect.void,
          event: (_, event) => (event._tag === "TaskStarted" ? Effect.asVoid(Deferred.succeed(stop, undefined)) : Effect.void)
        })
        const result = yield* Lab.run({
          selectors: ["wrong-bin-usage"],
          agents: [program("setInterval(() => {}, 1000)")],
          dir,
          stop: Deferred.await(stop),
          reporters: [reporter]
        })
        const [trial] = result.trials
        assert.isTrue(result.interrupted)
        assert.strictEqual(trial?.state, "interrupted")
        assert.deepStrictEqual(trial?.differences, [])
        const told = Lab.events(dir, trial?.id ?? "")
        assert.include(told, "verified-recovered")
        assert.include(told, '"how":"recovered"')
        assert.deepStrictEqual(children(), before)
      }).pipe(Effect.scoped, Effect.provide(RuntimeServices.layer)),
    60_000
  )
})
