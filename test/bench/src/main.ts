/**
 * `npm run bench -- [--check] [--json FILE] [--page] [--runs N]`: measures in several fresh processes, prints a table and writes JSON.
 * `--check` fails where something is not measured or a promise that holds on any machine is broken, never for a slow machine. `--page`
 * rewrites docs/reference/performance.md, and docs/reference/fidelity/speed.md: the API server beside a real kube-apiserver, where there is one.
 */
import * as Schema from "effect/Schema"
import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { parseArgs } from "node:util"
import { Measured } from "./Measured.ts"
import { summary } from "./Profile.ts"
import * as Report from "./Report.ts"

const { values: options } = parseArgs({
  options: {
    check: { type: "boolean", default: false },
    page: { type: "boolean", default: false },
    json: { type: "string" },
    runs: { type: "string", default: "5" }
  }
})

const root = path.join(import.meta.dirname, "../../..")
const out = options.json === undefined ? path.join(import.meta.dirname, "../runs/bench.json") : path.resolve(options.json)
const runs = Math.max(1, Number(options.runs))
const decode = Schema.decodeUnknownSync(Schema.fromJsonString(Measured))

/** Trials until the engine has optimised what it will; trials measured; trials alive at once. */
const sizes = { warm: 300, trials: 300, live: 33 }
/** Of a process as short as a command: V8 forgets the code of what runs only at the start, and would leave it out of its cache. */
const few = { warm: 2, trials: 2, live: 2 }

const say = (text: string): void => {
  process.stderr.write(`${text}\n`)
}

/** Beside the report, not among the system's temporary files, whose owners come and go. */
const folder = path.join(import.meta.dirname, "../runs/trials")
fs.rmSync(folder, { recursive: true, force: true })

/** With V8's code cache, as the command has it from its second run on. */
const environment = { ...process.env, NODE_COMPILE_CACHE: path.join(folder, "code") }

const measure = (name: string, { live, trials, warm }: typeof few, ...profile: ReadonlyArray<string>): Measured | undefined => {
  const { status, stderr, stdout } = spawnSync(
    process.execPath,
    [
      "--conditions=@aiopslab/source",
      "--expose-gc",
      path.join(import.meta.dirname, "measure.ts"),
      path.join(folder, name),
      ...[warm, trials, live].map(String),
      ...profile
    ],
    { encoding: "utf8", env: environment, maxBuffer: 2 ** 26 }
  )
  if (status === 0) return decode(stdout)
  say(stderr)
  return undefined
}

/** Builds the command, puts it where no sources are, and starts it. Empty when it can't be built. */
const versions = (): ReadonlyArray<number> => {
  const built = spawnSync("npm", ["run", "--silent", "build", "-w", "aiopslab"], { cwd: root, encoding: "utf8" })
  if (built.status !== 0) {
    say(`the command can't be built:\n${built.stdout}${built.stderr}`)
    return []
  }
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "aiopslab-version-"))
  for (const part of ["bin", "dist", "package.json"])
    fs.cpSync(path.join(root, "apps/cli", part), path.join(folder, part), { recursive: true })
  const took: Array<number> = []
  // the first start reads the files from the disk
  for (let i = 0; i < 11; i++) {
    const began = performance.now()
    const { status, stderr } = spawnSync(process.execPath, [path.join(folder, "bin/aiopslab.js"), "--version"], { encoding: "utf8" })
    if (i > 0) took.push(performance.now() - began)
    if (status !== 0) {
      say(`--version failed: ${stderr}`)
      took.length = 0
      break
    }
  }
  fs.rmSync(folder, { recursive: true })
  return took
}

const before = os.loadavg()[0] ?? 0
const versionMillis = versions()
say("a process that nothing was compiled for")
const first = measure("first", few)
const processes: Array<Measured> = []
for (let run = 1; run <= runs; run++) {
  say(`process ${run} of ${runs}`)
  const measured = measure(String(run), sizes)
  if (measured !== undefined) processes.push(measured)
}
const figures = Report.figures(first, processes, versionMillis)
const machine: Report.Machine = {
  cpu: os.cpus()[0]?.model ?? "unknown",
  cores: os.availableParallelism(),
  node: process.versions.node,
  load: [before, os.loadavg()[0] ?? 0],
  yardstick: processes.flatMap(({ yardstickMillis }) => yardstickMillis)
}

process.stdout.write(`${Report.table(figures)}\n\n${Report.noise(machine)}\n\n${Report.pieceLine(processes)}\n`)
fs.mkdirSync(path.dirname(out), { recursive: true })
fs.writeFileSync(
  out,
  `${JSON.stringify({ machine, figures: figures.map((figure) => ({ ...figure, verdict: Report.verdict(figure) })), processes }, undefined, 2)}\n`
)

if (options.page) {
  const file = path.join(os.tmpdir(), `aiopslab-${process.pid}.cpuprofile`)
  say("one more process, under the profiler")
  measure("profile", sizes, file)
  const profile = summary(JSON.parse(fs.readFileSync(file, "utf8")))
  fs.rmSync(file)
  fs.writeFileSync(path.join(root, "docs/reference/performance.md"), Report.page(figures, machine, processes, profile))
}

fs.rmSync(folder, { recursive: true, force: true })

/** The API server beside a real kube-apiserver, where there is one. */
const besideTheRealOne = (): ReadonlyArray<string> => {
  if (spawnSync("kube-apiserver", ["--version"]).status !== 0) {
    say("no kube-apiserver on the PATH: the API server is not measured beside it")
    return process.env["AIOPSLAB_REQUIRE_ALL"] === undefined ? [] : ["not measured: the API server beside a real one"]
  }
  const flags = [...(options.page ? ["--page"] : []), ...(options.check ? ["--check", "--runs", "1"] : [])]
  const { status } = spawnSync("npm", ["run", "--silent", "speed", "-w", "aiopslab-test-differential", "--", ...flags], {
    cwd: root,
    stdio: "inherit"
  })
  return status === 0 ? [] : ["the API server could not be measured beside a real one"]
}

const complaints = [...Report.complaints(figures, processes), ...besideTheRealOne()]
if (options.check) {
  for (const complaint of complaints) say(`check failed: ${complaint}`)
  if (complaints.length > 0) process.exitCode = 1
}
