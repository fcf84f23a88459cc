/** The figures of a bench, as a table for people, as JSON, and as docs/reference/performance.md. */
import type { Measured } from "./Measured.ts"
import type { Summary } from "./Profile.ts"

/** A figure of several runs. */
export interface Figure {
  readonly name: string
  readonly unit: "ms" | "MiB" | "1/s"
  readonly target: number | undefined
  readonly better: "less" | "more"
  /** One for each run: its median where a run measures often. Empty: not measured. */
  readonly runs: ReadonlyArray<number>
}

export const median = (values: ReadonlyArray<number>): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2
}

export const figures = (
  first: Measured | undefined,
  processes: ReadonlyArray<Measured>,
  versionMillis: ReadonlyArray<number>
): ReadonlyArray<Figure> => {
  const of = (value: (one: Measured) => number): ReadonlyArray<number> => processes.map(value)
  return [
    { name: "fork", unit: "ms", target: 1, better: "less", runs: of((one) => median(one.forkMillis)) },
    { name: "no-op trial, forked", unit: "ms", target: 3, better: "less", runs: of((one) => median(one.trialMillis)) },
    { name: "… on the processor", unit: "ms", target: undefined, better: "less", runs: of((one) => one.trialCpuMillis) },
    { name: "… its folder and files alone", unit: "ms", target: undefined, better: "less", runs: of((one) => median(one.filesMillis)) },
    { name: "no-op trials on one core", unit: "1/s", target: 300, better: "more", runs: of((one) => one.trialsPerSecond) },
    { name: "app ready, cold", unit: "ms", target: 250, better: "less", runs: of((one) => one.coldReadyMillis) },
    { name: "… on the processor", unit: "ms", target: undefined, better: "less", runs: of((one) => one.coldReadyCpuMillis) },
    {
      name: "… without V8's code cache",
      unit: "ms",
      target: undefined,
      better: "less",
      runs: first === undefined ? [] : [first.coldReadyMillis]
    },
    { name: "no-op trial, cold", unit: "ms", target: undefined, better: "less", runs: of((one) => one.coldTrialMillis) },
    { name: "memory of a further live trial", unit: "MiB", target: 16, better: "less", runs: of((one) => one.memoryPerTrialMiB) },
    { name: "bundled `aiopslab --version`", unit: "ms", target: 150, better: "less", runs: versionMillis }
  ]
}

const rounded = (value: number): string =>
  Number.isNaN(value) ? "-" : value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)

/** `met`, or by which factor it falls short. */
export const verdict = ({ better, runs, target }: Figure): string => {
  if (runs.length === 0) return "not measured"
  if (target === undefined) return ""
  const factor = better === "less" ? median(runs) / target : target / median(runs)
  return factor <= 1 ? "met" : `short by a factor of ${factor.toFixed(1)}`
}

const cells = (figure: Figure): ReadonlyArray<string> => {
  const { name, runs, target, unit } = figure
  const [low, high] = runs.length === 0 ? [Number.NaN, Number.NaN] : [Math.min(...runs), Math.max(...runs)]
  return [name, unit, rounded(median(runs)), rounded(low), rounded(high), target === undefined ? "" : String(target), verdict(figure)]
}

const head = ["what", "unit", "median", "min", "max", "target", "verdict"]

export const table = (all: ReadonlyArray<Figure>): string => {
  const rows = [head, ...all.map(cells)]
  const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const line = (row: ReadonlyArray<string>) =>
    row
      .map((cell, column) => (column >= 2 && column <= 5 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join("  ")
      .trimEnd()
  return rows.map(line).join("\n")
}

export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly node: string
  /** Over the last minute, before and after. */
  readonly load: readonly [before: number, after: number]
  /** Milliseconds of a fixed computation that always does the same. */
  readonly yardstick: ReadonlyArray<number>
}

export const noise = ({ cores, cpu, load, node, yardstick }: Machine): string => {
  const [low, high] = [Math.min(...yardstick), Math.max(...yardstick)]
  return (
    `${cpu}, ${cores} cores, Node ${node}, load ${load[0].toFixed(1)} before and ${load[1].toFixed(1)} after. ` +
    `Noise: a fixed computation took ${rounded(low)} to ${rounded(high)} ms (median ${rounded(median(yardstick))}), a factor of ${(high / low).toFixed(1)}.`
  )
}

/** What must hold on any machine, however slow and busy it is; sentences about what doesn't. */
export const complaints = (all: ReadonlyArray<Figure>, processes: ReadonlyArray<Measured>): ReadonlyArray<string> => {
  const out = all
    .filter(({ runs }) => runs.length === 0 || runs.some((run) => !Number.isFinite(run)))
    .map(({ name }) => `not measured: ${name}`)
  const digests = new Set(processes.flatMap(({ coldEvents, forkedEvents }) => [coldEvents, forkedEvents]))
  if (digests.size !== 1) out.push(`cold and forked trials of one seed told ${digests.size} different streams of events`)
  if (processes.some(({ virtualMs }) => virtualMs !== 180_000)) out.push("the trial did not take 180 virtual seconds")
  const cold = median(processes.map(({ coldTrialMillis }) => coldTrialMillis))
  const forked = median(processes.map(({ trialMillis }) => median(trialMillis)))
  if (!(forked * 5 < cold)) out.push(`a forked trial (${rounded(forked)} ms) is not 5 times faster than a cold one (${rounded(cold)} ms)`)
  return out
}

/** Milliseconds of each piece of a forked trial: the fifth part of all trials was faster, which noise hardly touches. */
export const pieces = (processes: ReadonlyArray<Measured>): ReadonlyArray<readonly [name: string, millis: number]> => {
  const names = Object.keys(processes[0]?.pieces ?? {})
  return names.map((name) => {
    const all = processes.flatMap((one) => one.pieces[name] ?? []).toSorted((a, b) => a - b)
    return [name, all[Math.floor(all.length / 5)] ?? Number.NaN] as const
  })
}

export const pieceLine = (processes: ReadonlyArray<Measured>): string => {
  const all = pieces(processes)
  const whole = all.reduce((sum, [, millis]) => sum + millis, 0)
  return `Pieces of a forked trial, 20th percentiles in ms: ${all.map(([name, millis]) => `${name} ${millis.toFixed(2)}`).join(", ")}; together ${whole.toFixed(2)}.`
}

const shares = (list: Summary["areas"], count: number): ReadonlyArray<string> =>
  list.slice(0, count).map(({ name, share }) => `| ${name} | ${(share * 100).toFixed(1)} % |`)

/** The page of the reference; `profile` is of the forked trials. */
export const page = (all: ReadonlyArray<Figure>, machine: Machine, processes: ReadonlyArray<Measured>, profile: Summary): string =>
  [
    "# Performance",
    "",
    "`npm run bench -- --page` measures and writes this page; `npm run bench` only prints the table and writes `test/bench/runs/bench.json`.",
    "",
    `| ${head.join(" | ")} |`,
    `|${head.map((_, i) => (i >= 2 && i <= 5 ? " ---: " : " --- ")).join("|")}|`,
    ...all.map((figure) => `| ${cells(figure).join(" | ")} |`),
    "",
    `Medians of ${processes.length} processes, with the smallest and the greatest of their figures. ${noise(machine)}`,
    "Wall time rises with whatever else the machine does; the rows “… on the processor” count only what the trial's thread ran.",
    "",
    "- **fork**: phases `provision` and `install` of a forked trial: a cluster is leased, goes to the kept state of the installed app, takes the",
    "  trial's seed.",
    "- **no-op trial, forked**: hotel reservation, problem [`test/bench/noop.yaml`](../../test/bench/noop.yaml), agent `oracle`, from the request to",
    "  the record on disk: 180 virtual seconds, every phase, probe and check, `events.ndjson`, `session-detection.json` and `trial.json` written.",
    "  The bench compares a forked trial's events with those of the same seed from a cold installation: they are equal.",
    "- **its folder and files alone**: a folder beside the trials' with three files of the same contents, made without a trial: what the file system",
    "  takes of each trial. ext4 is slow for minutes where many files were removed (a bench just before, a test suite in the same place): up to",
    "  1 ms for each new file instead of 0.03.",
    "- **app ready, cold**: from the request for the first trial of a process to the end of its phase `install`: the cluster is booted and the app",
    "  installed by code that has never run before in this process. Modules are loaded, and V8's cache of compiled code is there, as the command",
    "  has it from its second run on (`module.enableCompileCache`); the row below says what the very first process needs.",
    "- **memory of a further live trial**: heap and buffers after garbage collection, of a trial that waits for its agent.",
    "- **bundled `aiopslab --version`**: from the start of the process to its end, as published: the bundle, without sources beside it.",
    "",
    "## Where the time of a forked trial goes",
    "",
    "Milliseconds of each phase, and before and after them: 20th percentiles over all measured trials, which the machine's other work hardly moves.",
    "",
    "| piece | ms |",
    "| --- | ---: |",
    ...pieces(processes).map(([name, millis]) => `| ${name} | ${millis.toFixed(2)} |`),
    "",
    "What is work in them: `start` makes the trial's folder, `files` its three files. `baseline` and `restore` draw",
    "the requests of 89 and 80 virtual seconds at 10/s, one by one, for the users' statistics. `baseline` also lists every kind of object and runs",
    "the mongo shell in each store for the digest of its data; the answers are remembered for equal states, so what remains is the way of a request",
    "through the API server. `restore` asks the cluster whether anything was written since the baseline, and compares only then. `tasks` is the",
    "brief, the conversation and the verdict. Nothing waits: a trial has eight turns of the event loop and eighteen fibres.",
    "",
    "Self time by package, sampled over the measured trials of one process; `effect` is the fibre runtime on behalf of everything else.",
    "",
    "| where | share |",
    "| --- | ---: |",
    ...shares(profile.areas, 12),
    "",
    "The functions with the most self time:",
    "",
    "| function | share |",
    "| --- | ---: |",
    ...shares(
      profile.functions.map(({ name, share }) => ({ name: `\`${name}\``, share })),
      20
    ),
    ""
  ].join("\n")
