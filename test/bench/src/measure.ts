/**
 * Measures in a process of its own, so that the first trial is a cold one: `measure.ts FOLDER WARM TRIALS LIVE [PROFILE]`. Prints one line
 * of JSON. FOLDER is made, and removed by the caller when nobody measures any more: for minutes ext4 walks past every inode that was just
 * freed nearby before it takes one, which makes a file ten times as dear as in a run, where nothing is removed. With PROFILE, a file, the
 * measured trials run under V8's CPU profiler and the profile is written there.
 */
import * as Agent from "@aiopslab/core/Agent"
import { definePlugin } from "@aiopslab/core/Plugin"
import type { EventLine } from "@aiopslab/runtime/EventSink"
import * as Matrix from "@aiopslab/runtime/Matrix"
import * as PluginLoader from "@aiopslab/runtime/PluginLoader"
import * as ProblemCatalog from "@aiopslab/runtime/ProblemCatalog"
import * as RunFolder from "@aiopslab/runtime/RunFolder"
import * as RuntimeServices from "@aiopslab/runtime/RuntimeServices"
import * as TrialHost from "@aiopslab/runtime/TrialHost"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Queue from "effect/Queue"
import * as Schema from "effect/Schema"
import * as crypto from "node:crypto"
import * as fs from "node:fs"
import { Session } from "node:inspector/promises"
import * as path from "node:path"
import { Measured } from "./Measured.ts"

const dir = path.resolve(process.argv[2] ?? path.join(import.meta.dirname, "../runs/trials"))
const [warm = 0, trials = 0, live = 0] = process.argv.slice(3, 6).map(Number)
const profileFile = process.argv[6]

const yardstick = (): number => {
  const began = performance.now()
  let hash = 1
  for (let i = 0; i < 4_000_000; i++) hash = Math.imul(hash ^ i, 2654435761) ^ (hash >>> 13)
  // the result is used, so that the loop is not optimised away
  return performance.now() - began + (hash === 0 ? 1e-9 : 0)
}

const phases = ["provision", "install", "workload", "baseline", "fault", "tasks", "recover", "restore", "release"] as const

/** An agent that never answers before it is told to, so that trials stay alive. */
const patient = (arrived: () => void, gate: Deferred.Deferred<void>) =>
  Agent.make({
    name: "patient",
    summary: "Waits",
    config: Schema.Struct({}),
    knows: "nothing",
    model: () => undefined,
    start: () =>
      Effect.succeed({
        init: () => Effect.void,
        getAction: () => Effect.as(Effect.andThen(Effect.sync(arrived), Deferred.await(gate)), { text: "" })
      })
  })

/** Milliseconds that this thread has been on a processor since then. */
const cpuMillis = (since: NodeJS.CpuUsage): number => {
  const { system, user } = process.threadCpuUsage(since)
  return (system + user) / 1000
}

const usedMiB = (): number => {
  for (let i = 0; i < 3; i++) globalThis.gc?.()
  const { arrayBuffers, external, heapUsed } = process.memoryUsage()
  return (heapUsed + external + arrayBuffers) / 2 ** 20
}

/** SHA-256 of the events but for their wall times. */
const eventsIn = (folder: string): string => {
  const text = fs.readFileSync(path.join(folder, "events.ndjson"), "utf8")
  return crypto
    .createHash("sha256")
    .update(text.replace(/"wall":\{[^}]*\}/gu, ""))
    .digest("hex")
}

/** Milliseconds for a folder with files as long as those of a trial's folder, there but without a trial. */
const filesYardstick = (like: string, count: number): ReadonlyArray<number> => {
  const texts = fs.readdirSync(like).map((name) => [name, fs.readFileSync(path.join(like, name), "utf8")] as const)
  return Array.from({ length: count }, (_, i) => {
    const folder = path.join(dir, "yardstick", String(i))
    const began = performance.now()
    fs.mkdirSync(folder, { recursive: true })
    for (const [name, text] of texts) fs.writeFileSync(path.join(folder, name), text)
    return performance.now() - began
  })
}

const yaml = path.join(import.meta.dirname, "../noop.yaml")

/** The same problem with seeds from 0. */
const planned = (use: string, count: number) =>
  ProblemCatalog.select({ problems: new Map(), suites: new Map(), failures: [], read: ProblemCatalog.readManifest }, [yaml], "/").pipe(
    Effect.flatMap((selections) =>
      Effect.fromResult(
        Matrix.expand({
          selections,
          agents: [{ use }],
          cluster: { use: "embedded" },
          seeds: Array.from({ length: count }, (_, seed) => seed),
          repeats: 1,
          limits: Matrix.defaultLimits,
          charge: Matrix.defaultCharge
        })
      )
    ),
    Effect.map((trials) => trials.map(RunFolder.planned))
  )

const presets = [{ name: "@aiopslab/preset-default", from: import.meta.dirname }]

/** Runs the work under V8's profiler if a profile is wanted. */
const profiled = <A, E, R>(work: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> => {
  if (profileFile === undefined) return work
  const session = new Session()
  session.connect()
  return Effect.gen(function* () {
    yield* Effect.promise(() => session.post("Profiler.enable"))
    yield* Effect.promise(() => session.post("Profiler.setSamplingInterval", { interval: 200 }))
    yield* Effect.promise(() => session.post("Profiler.start"))
    const result = yield* work
    const { profile } = yield* Effect.promise(() => session.post("Profiler.stop"))
    fs.writeFileSync(profileFile, JSON.stringify(profile))
    return result
  })
}

/** Megabytes that each further trial needs which stands in the middle of its conversation. */
const memoryPerTrial = (dir: string, loaded: PluginLoader.LoadedPlugins) =>
  Effect.gen(function* () {
    const gate = yield* Deferred.make<void>()
    const arrivals = yield* Queue.make<void>()
    const agent = patient(() => Queue.offerUnsafe(arrivals, undefined), gate)
    const [source] = loaded.sources
    if (source === undefined) return yield* Effect.die("no plugins")
    const plugins = { ...loaded, plugins: [...loaded.plugins, { plugin: definePlugin({ name: "bench", components: [agent] }), source }] }
    const host = yield* TrialHost.make({ dir, plugins, versions: {}, listen: () => undefined })
    const [first, ...others] = yield* planned("patient", live)
    if (first === undefined) return yield* Effect.die("no trials")
    const running = [yield* Effect.forkChild(host.run(first))]
    yield* Queue.take(arrivals)
    const before = usedMiB()
    for (const trial of others) running.push(yield* Effect.forkChild(host.run(trial)))
    yield* Queue.takeN(arrivals, others.length)
    const after = usedMiB()
    yield* Deferred.succeed(gate, undefined)
    yield* Effect.forEach(running, Fiber.join, { discard: true })
    return (after - before) / others.length
  })

const program = Effect.gen(function* () {
  fs.mkdirSync(dir, { recursive: true })
  const plugins = yield* PluginLoader.load({ cwd: dir, explicit: [], presets })
  for (const failure of plugins.failures) return yield* failure

  const marks = new Map<string, number>()
  let beginCpu = process.threadCpuUsage()
  let coldReadyCpuMillis = 0
  const listen = (_: string, event: EventLine) => {
    if (coldReadyCpuMillis === 0 && event._tag === "PhaseEnded" && event.phase === "install") coldReadyCpuMillis = cpuMillis(beginCpu)
    if (event._tag === "PhaseStarted" || event._tag === "PhaseEnded") marks.set(`${event._tag} ${event.phase}`, performance.now())
  }
  const mark = (name: string): number => marks.get(name) ?? Number.NaN
  const host = yield* TrialHost.make({ dir, plugins, versions: {}, listen })
  const [first, ...rest] = yield* planned("oracle", 1 + warm + trials)
  if (first === undefined) return yield* Effect.die("no trials")
  const folder = RunFolder.trialDir(dir, first.spec.id)

  const begin = performance.now()
  beginCpu = process.threadCpuUsage()
  yield* host.run(first)
  const coldTrialMillis = performance.now() - begin
  const coldReadyMillis = mark("PhaseEnded install") - begin
  const coldEvents = eventsIn(folder)
  for (const trial of rest.slice(0, warm)) yield* host.run(trial)

  const forkMillis: Array<number> = []
  const trialMillis: Array<number> = []
  const pieces = new Map<string, Array<number>>(["start", ...phases, "files"].map((name) => [name, []]))
  let virtualMs = 0
  const measured = Effect.gen(function* () {
    for (const trial of rest.slice(warm)) {
      const before = performance.now()
      const record = yield* host.run(trial)
      trialMillis.push(performance.now() - before)
      const after = performance.now()
      forkMillis.push(mark("PhaseEnded install") - mark("PhaseStarted provision"))
      pieces.get("start")?.push(mark("PhaseStarted provision") - before)
      for (const phase of phases) pieces.get(phase)?.push(mark(`PhaseEnded ${phase}`) - mark(`PhaseStarted ${phase}`))
      pieces.get("files")?.push(after - mark("PhaseEnded release"))
      virtualMs = record.virtualMs
      if (record.tasks[0]?.success !== true || record.error !== undefined)
        return yield* Effect.die(`it did not pass: ${JSON.stringify(record)}`)
    }
  })
  const start = performance.now()
  const startCpu = process.threadCpuUsage()
  yield* profiled(measured)
  const trialCpuMillis = cpuMillis(startCpu) / trials
  const wallSeconds = (performance.now() - start) / 1000

  // the seed of the cold trial, forked this time
  fs.rmSync(folder, { recursive: true })
  yield* host.run(first)
  const forkedEvents = eventsIn(folder)

  return {
    coldReadyMillis,
    coldReadyCpuMillis,
    coldTrialMillis,
    forkMillis,
    trialMillis,
    pieces: Object.fromEntries(pieces),
    trialCpuMillis,
    trialsPerSecond: trials / wallSeconds,
    memoryPerTrialMiB: yield* memoryPerTrial(path.join(dir, "live"), plugins),
    virtualMs,
    coldEvents,
    forkedEvents,
    filesMillis: filesYardstick(folder, 100),
    yardstickMillis: Array.from({ length: 20 }, yardstick)
  } satisfies Measured
})

const encode = Schema.encodeSync(Schema.fromJsonString(Measured))

process.stdout.write(`${encode(await Effect.runPromise(program.pipe(Effect.scoped, Effect.provide(RuntimeServices.layer))))}\n`)
