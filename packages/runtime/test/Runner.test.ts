import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Reporter from "@aiopslab/core/Reporter"
import type { TrialEvent } from "@aiopslab/core/TrialEvent"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as FaultJournal from "../src/FaultJournal.ts"
import * as Recover from "../src/Recover.ts"
import * as Runner from "../src/Runner.ts"
import * as RuntimeServices from "../src/RuntimeServices.ts"
import { deployment, type FakeOptions, fakeLab, problem, replicasOf, spec } from "./FakeLab.ts"
import { options, runOne, temporary } from "./Running.ts"

const phases = (events: ReadonlyArray<TrialEvent>) =>
  events.flatMap((event) =>
    event._tag === "PhaseEnded" ? [`${event.phase}${event.error === undefined ? "" : `: ${event.error.code}`}`] : []
  )

const faultPhases = (events: ReadonlyArray<TrialEvent>) => events.flatMap((event) => (event._tag === "FaultPhase" ? [event.phase] : []))

const repair = 'exec_shell("kubectl scale deployment web -n shop --replicas=2")'

describe("a trial", () => {
  it.live("goes through all phases in order and leaves the environment as it was", () =>
    Effect.gen(function* () {
      const { events, lab, trial } = yield* runOne(spec())
      assert.deepStrictEqual(phases(events), [
        "provision",
        "install",
        "workload",
        "baseline",
        "fault",
        "tasks",
        "recover",
        "restore",
        "release"
      ])
      assert.deepStrictEqual(
        trial.tasks.map(({ outcome, task }) => [task, outcome]),
        [
          ["detection", "passed"],
          ["mitigation", "invalid-answer"]
        ]
      )
      assert.deepStrictEqual(
        faultPhases(events).filter((phase) => phase !== "re-applied"),
        ["planned", "injected", "verified", "recovered", "verified-recovered"]
      )
      assert.deepStrictEqual(trial.differences, [])
      assert.isUndefined(trial.error)
      assert.strictEqual(replicasOf(deployment(lab.worlds[0])), 2)
      const last = events.at(-1)
      assert.strictEqual(last?._tag, "TrialEnded")
    })
  )

  it.live("judges mitigation on the live system", () =>
    Effect.gen(function* () {
      const { trial } = yield* runOne(spec({ lines: ["submit()"] }))
      assert.deepStrictEqual(
        trial.tasks.map(({ outcome }) => outcome),
        ["invalid-answer", "failed"]
      )
      assert.include(trial.tasks[1]?.reason, "0 replicas")
    })
  )

  for (const fails of ["plan", "inject", "verify", "die"]) {
    it.live(`recovers and restores when the fault fails at ${fails}, and blames no agent`, () =>
      Effect.gen(function* () {
        const { events, lab, result, trial } = yield* runOne(spec({ problem: problem({ fails }) }))
        assert.deepStrictEqual(
          trial.tasks.map(({ outcome }) => outcome),
          ["environment-error", "environment-error"]
        )
        assert.isDefined(trial.error)
        assert.strictEqual(trial.error?.code === "TRIAL_DEFECT", fails === "die")
        const ended = events.find((event) => event._tag === "TrialEnded")
        for (const error of [trial.error, ended?.error, ...trial.tasks.map((task) => task.error)]) {
          assert.strictEqual(error?.blame, fails === "die" ? "defect" : "environment")
          assert.include(error?.message, fails === "die" ? "Error: a bug" : "told to")
        }
        assert.strictEqual(result.summary.defects, fails === "die" ? 2 : 0)
        assert.deepStrictEqual(phases(events).slice(-3), ["recover", "restore", "release"])
        assert.strictEqual(replicasOf(deployment(lab.worlds[0])), 2)
        assert.deepStrictEqual(trial.differences, [])
      })
    )
  }

  it.live("goes back to the baseline's snapshot when a fault can't be recovered", () =>
    Effect.gen(function* () {
      const { events, lab, trial } = yield* runOne(spec({ problem: problem({ fails: "recover" }) }))
      assert.strictEqual(trial.error?.code, "FAULT_NOT_RECOVERED")
      assert.strictEqual(replicasOf(deployment(lab.worlds[0])), 2)
      const restored = events.find((event) => event._tag === "Restored")
      assert.strictEqual(restored?.how, "reset")
    })
  )

  it.live("puts back what an agent destroyed, object by object, where the cluster keeps no snapshots", () =>
    Effect.gen(function* () {
      const destroy = 'exec_shell("kubectl delete deployment web -n shop; kubectl create deployment other -n shop --image=x")'
      const { events, lab, trial } = yield* runOne(spec({ lines: [destroy, 'submit("no")'] }), fakeLab({ snapshots: "none" }))
      const restored = events.find((event) => event._tag === "Restored")
      assert.strictEqual(restored?.how, "reset")
      assert.deepStrictEqual(trial.differences, [])
      assert.isUndefined(trial.error)
      assert.strictEqual(replicasOf(deployment(lab.worlds[0])), 2)
      assert.isFalse([...(lab.worlds[0]?.state.keys() ?? [])].some((at) => at.endsWith("/other")))
    })
  )

  for (const [line, outcome] of [
    ["hang", "agent-error"],
    ["crash", "agent-error"],
    ["raw:babble", "step-limit"],
    ["submit(1, 2, 3)", "invalid-answer"]
  ] as const) {
    it.live(`an agent that says ${line} ends its tasks as ${outcome} and costs the environment nothing`, () =>
      Effect.gen(function* () {
        const { trial } = yield* runOne(spec({ lines: [line], limits: { turnMillis: 30, maxSteps: 3 } }))
        assert.deepStrictEqual(
          trial.tasks.map((task) => task.outcome),
          [outcome, outcome]
        )
        assert.isUndefined(trial.error)
        assert.deepStrictEqual(trial.differences, [])
      })
    )
  }

  it.live("writes the original's session file, with the same bytes for the same seed", () =>
    Effect.gen(function* () {
      const read = (folder: string) => fs.readFileSync(path.join(folder, "session-detection.json"), "utf8")
      const first = yield* runOne(spec())
      const text = read(first.folder)
      const session = JSON.parse(text) as Record<string, unknown>
      assert.deepStrictEqual(Object.keys(session), ["agent", "session_id", "problem_id", "start_time", "end_time", "trace", "results"])
      assert.strictEqual(session["problem_id"], "scaled-detection-1")
      assert.strictEqual(read((yield* runOne(spec())).folder), text)
    }).pipe(Effect.scoped)
  )

  it.live("tells the same bytes from a cold install and from a fork, but for what stands under wall", () =>
    Effect.gen(function* () {
      const lab = fakeLab({ forks: true })
      const text = (folder: string) => fs.readFileSync(path.join(folder, "events.ndjson"), "utf8").replaceAll(/"wall":\{[^}]*\}/gu, "")
      const cold = yield* runOne(spec(), lab)
      const forked = yield* runOne(spec(), lab)
      assert.include(lab.worlds[1]?.writes ?? [], "RESET")
      assert.notInclude(lab.worlds[0]?.writes ?? [], "RESET")
      assert.strictEqual(text(forked.folder), text(cold.folder))
    }).pipe(Effect.scoped)
  )
})

describe("a run", () => {
  it.live("does not run again what has ended, and runs what has not", () =>
    Effect.gen(function* () {
      const dir = yield* temporary
      const lab = fakeLab()
      const trials = [0, 1, 2].map((seed) => spec({ seed }))
      yield* Runner.run(options(dir, lab, trials))
      assert.strictEqual(lab.worlds.length, 3)
      fs.rmSync(path.join(dir, "trials", trials[1]?.id ?? "", "trial.json"))
      const result = yield* Runner.run(options(dir, lab, trials))
      assert.strictEqual(lab.worlds.length, 4)
      assert.deepStrictEqual(
        result.trials.map(({ seed }) => seed),
        [0, 1, 2]
      )
    }).pipe(Effect.scoped, Effect.provide(RuntimeServices.layer))
  )

  it.live("refuses a folder of another command", () =>
    Effect.gen(function* () {
      const dir = yield* temporary
      const lab = fakeLab()
      yield* Runner.run(options(dir, lab, [spec()]))
      const error = yield* Effect.flip(Runner.run(options(dir, lab, [spec({ seed: 1 })])))
      assert.include(error.message, "RUN_OTHER_COMMAND")
    }).pipe(Effect.scoped, Effect.provide(RuntimeServices.layer))
  )

  it.live("one trial's failure costs only itself", () =>
    Effect.gen(function* () {
      const dir = yield* temporary
      const trials = [
        spec({ problem: problem({ name: "broken", fails: "die" }) }),
        spec(),
        spec({ id: "hung", lines: ["hang"], limits: { turnMillis: 20 } })
      ]
      const result = yield* Runner.run({ ...options(dir, fakeLab(), trials), jobs: 3 })
      assert.deepStrictEqual(
        result.trials.map(({ tasks }) => tasks[0]?.outcome),
        ["environment-error", "passed", "agent-error"]
      )
      assert.strictEqual(result.summary.environmentErrors, 2)
    }).pipe(Effect.scoped, Effect.provide(RuntimeServices.layer))
  )

  it.live("a worker thread that dies takes only its running trials along", () =>
    Effect.gen(function* () {
      const dir = yield* temporary
      const trials = [spec({ id: "fatal", lines: ["exit"] }), ...[1, 2, 3, 4].map((seed) => spec({ seed }))]
      const result = yield* Runner.run({ ...options(dir, fakeLab(), trials), jobs: 2 })
      const fatal = result.trials[0]
      assert.strictEqual(fatal?.error?.code, "RUN_WORKER_CRASHED")
      assert.deepStrictEqual(
        fatal?.tasks.map(({ outcome }) => outcome),
        ["environment-error", "environment-error"]
      )
      assert.deepStrictEqual(
        result.trials.slice(1).map(({ tasks }) => tasks[0]?.outcome),
        ["passed", "passed", "passed", "passed"]
      )
    }).pipe(Effect.scoped, Effect.provide(RuntimeServices.layer))
  )

  it.live("tells each trial's events in their order, also from worker threads, as they stand in the file", () =>
    Effect.gen(function* () {
      const dir = yield* temporary
      const heard = new Map<string, Array<unknown>>()
      const listener = Reporter.make({
        name: "listen",
        summary: "",
        end: Effect.void,
        event: (trial, event) => Effect.sync(() => void heard.set(trial, [...(heard.get(trial) ?? []), event]))
      })
      const trials = [0, 1, 2].map((seed) => spec({ seed }))
      yield* Runner.run({ ...options(dir, fakeLab(), trials), jobs: 2, reporters: [listener] })
      for (const { id } of trials) {
        const lines = fs
          .readFileSync(path.join(dir, "trials", id, "events.ndjson"), "utf8")
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line) as unknown)
        assert.deepStrictEqual(JSON.parse(JSON.stringify(heard.get(id)?.slice(1))), lines.slice(1))
        assert.strictEqual(heard.get(id)?.length, lines.length)
      }
    }).pipe(Effect.scoped, Effect.provide(RuntimeServices.layer))
  )

  it.live.each([
    { what: "the capacity of the clusters", capacity: 1, trials: 3, jobs: 3, most: 1 },
    { what: "16 trials a thread, however many are wanted", capacity: 1000, trials: 40, jobs: 99_999_999, most: 16 }
  ])("keeps to $what", (of) =>
    Effect.gen(function* () {
      const dir = yield* temporary
      const lab = fakeLab({ capacity: of.capacity })
      let now = 0
      let most = 0
      const count = Reporter.make({
        name: "count",
        summary: "",
        end: Effect.void,
        event: (_, event) =>
          Effect.sync(() => {
            if (event._tag === "TrialStarted") most = Math.max(most, ++now)
            if (event._tag === "TrialEnded") now--
          })
      })
      yield* Runner.run({
        ...options(
          dir,
          lab,
          Array.from({ length: of.trials }, (_, seed) => spec({ seed }))
        ),
        jobs: of.jobs,
        reporters: [count]
      })
      assert.strictEqual(most, of.most)
    }).pipe(Effect.scoped, Effect.provide(RuntimeServices.layer))
  )

  it.live("stopped in the middle of a task, it recovers, writes, and runs that trial again when resumed", () =>
    Effect.gen(function* () {
      const dir = yield* temporary
      const lab = fakeLab()
      const stop = yield* Deferred.make<void>()
      const onTask = Reporter.make({
        name: "stop",
        summary: "",
        end: Effect.void,
        event: (_, event) => (event._tag === "TaskStarted" ? Effect.asVoid(Deferred.succeed(stop, undefined)) : Effect.void)
      })
      const trials = [spec({ lines: ["hang"], limits: { turnMillis: 60_000 } })]
      const result = yield* Runner.run({ ...options(dir, lab, trials), reporters: [onTask], stop: Deferred.await(stop) })
      assert.isTrue(result.interrupted)
      assert.strictEqual(result.trials[0]?.state, "interrupted")
      assert.strictEqual(replicasOf(deployment(lab.worlds[0])), 2)
      assert.deepStrictEqual(result.trials[0]?.differences, [])
      const again = yield* Deferred.make<void>()
      const second = yield* Effect.forkChild(Runner.run({ ...options(dir, lab, trials), stop: Deferred.await(again) }))
      while (lab.worlds.length < 2) yield* Effect.sleep(1)
      yield* Deferred.succeed(again, undefined)
      yield* Fiber.join(second)
    }).pipe(Effect.scoped, Effect.provide(RuntimeServices.layer))
  )
})

describe("the journal", () => {
  const outlives: FakeOptions = { lifetime: "outlives" }

  it.live("is closed when a trial ends, and nothing is left to recover", () =>
    Effect.gen(function* () {
      const lab = fakeLab(outlives)
      const { dir, folder } = yield* runOne(spec({ lines: [repair, 'submit("yes")'] }), lab)
      const entries = yield* FaultJournal.read(path.join(folder, FaultJournal.file))
      assert.deepStrictEqual(
        entries.map(({ _tag }) => _tag),
        ["Opened", "Creating", "Creating", "Baseline", "Planned", "Injected", "Recovered", "Closed"]
      )
      const recoveries = yield* Recover.recover([dir], lab.plugins).pipe(Effect.provide(RuntimeServices.layer))
      assert.deepStrictEqual(recoveries, [])
    }).pipe(Effect.scoped)
  )

  it.live("is closed when the cluster is gone, and with it all that was done to it", () =>
    Effect.gen(function* () {
      const lab = fakeLab({ ...outlives, later: "gone" })
      const { dir, folder } = yield* runOne(spec(), lab)
      const journal = path.join(folder, FaultJournal.file)
      fs.writeFileSync(journal, `${fs.readFileSync(journal, "utf8").split("\n").slice(0, 6).join("\n")}\n`)
      const again = Recover.recover([dir], lab.plugins).pipe(Effect.provide(RuntimeServices.layer))
      const recoveries = yield* again
      assert.deepStrictEqual(
        recoveries.map(({ status }) => status),
        ["recovered"]
      )
      assert.deepStrictEqual(yield* again, [])
    }).pipe(Effect.scoped)
  )

  it.live("recovers what another process left, and a second recovery changes nothing", () =>
    Effect.gen(function* () {
      const lab = fakeLab(outlives)
      const { dir, folder } = yield* runOne(spec(), lab)
      const journal = path.join(folder, FaultJournal.file)
      // as a process leaves it that was killed after the injection, in the middle of the next line
      const lines = fs.readFileSync(journal, "utf8").split("\n").slice(0, 6)
      fs.writeFileSync(journal, `${lines.join("\n")}\n{"_tag":"Recov`)
      const [world] = lab.worlds
      const healthy = deployment(world)
      assert(world !== undefined && healthy !== undefined)
      const broken = { ...healthy, spec: { replicas: 0 } }
      world.state = new Map([...world.state].map(([at, object]) => [at, object.kind === "Deployment" ? broken : object]))
      const recoveries = yield* Recover.recover([dir], lab.plugins).pipe(Effect.provide(RuntimeServices.layer))
      assert.deepStrictEqual(
        recoveries.map(({ error, faults, status }) => [status, faults, error?.message]),
        [["recovered", ["@test/fake/scale-to-zero"], undefined]]
      )
      assert.strictEqual(replicasOf(deployment(world)), 2)
      const writes = world.writes.length
      assert.deepStrictEqual(yield* Recover.recover([dir], lab.plugins).pipe(Effect.provide(RuntimeServices.layer)), [])
      assert.strictEqual(world.writes.length, writes)
    }).pipe(Effect.scoped)
  )

  it.live.each([
    ["30 minutes", undefined],
    ["5 minutes", 'Phase "recover" was not done after 300 s.']
  ] as const)("recovers within the deadlines of the manifest: %s", ([recover, failure]) =>
    Effect.gen(function* () {
      const lab = fakeLab(outlives)
      const deadlines = { recover: Duration.fromInputUnsafe(recover), settle: Duration.minutes(1) }
      const { dir, folder } = yield* runOne(spec({ problem: problem({ fails: "recover slowly", deadlines }) }), lab)
      const journal = path.join(folder, FaultJournal.file)
      fs.writeFileSync(journal, `${fs.readFileSync(journal, "utf8").split("\n").slice(0, 6).join("\n")}\n`)
      const recoveries = yield* Recover.recover([dir], lab.plugins).pipe(Effect.provide(RuntimeServices.layer))
      assert.deepStrictEqual(
        recoveries.map(({ error }) => error?.text),
        [failure]
      )
    }).pipe(Effect.scoped)
  )

  it.live("a journal that can't be read keeps nobody from the others", () =>
    Effect.gen(function* () {
      const lab = fakeLab(outlives)
      const { dir, folder } = yield* runOne(spec(), lab)
      const journal = path.join(folder, FaultJournal.file)
      fs.writeFileSync(journal, `${fs.readFileSync(journal, "utf8").split("\n").slice(0, 6).join("\n")}\n`)
      fs.mkdirSync(path.join(dir, "trials", "a-broken-one", FaultJournal.file), { recursive: true })
      const recoveries = yield* Recover.recover([dir], lab.plugins).pipe(Effect.provide(RuntimeServices.layer))
      assert.deepStrictEqual(
        recoveries.map(({ status, trial }) => [trial === "a-broken-one", status]),
        [
          [true, "failed"],
          [false, "recovered"]
        ]
      )
    }).pipe(Effect.scoped)
  )

  it.live("never touches a live run", () =>
    Effect.gen(function* () {
      const lab = fakeLab(outlives)
      const { dir, folder } = yield* runOne(spec(), lab)
      const journal = path.join(folder, FaultJournal.file)
      fs.writeFileSync(journal, `${fs.readFileSync(journal, "utf8").split("\n").slice(0, 6).join("\n")}\n`)
      const stat = fs.readFileSync("/proc/self/stat", "utf8")
      const started = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]
      fs.writeFileSync(path.join(dir, "run.lock"), JSON.stringify({ host: os.hostname(), pid: process.pid, started }))
      const writes = lab.worlds[0]?.writes.length
      const recoveries = yield* Recover.recover([dir], lab.plugins).pipe(Effect.provide(RuntimeServices.layer))
      assert.deepStrictEqual(
        recoveries.map(({ status }) => status),
        ["live"]
      )
      assert.strictEqual(lab.worlds[0]?.writes.length, writes)
    }).pipe(Effect.scoped)
  )
})
