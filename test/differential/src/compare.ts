/**
 * The whole suites: `npm run test:differential -- [--suite api|clients|kubectl|raw] [--write] [--sample]`. Fails on a difference that is neither listed nor counted, and on one that is
 * and is no longer there. `--write` counts anew and writes docs/reference/fidelity. `--kept` takes the real server's answers of earlier runs.
 */
import * as WallClockLive from "@aiopslab/runtime/time/WallClockLive"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import { parseArgs } from "node:util"
import { cells, table } from "./Agreement.ts"
import * as Baseline from "./Baseline.ts"
import * as Listed from "./clients/Listed.ts"
import { judge as judgeClients } from "./clients/Verdict.ts"
import * as Clients from "./clients/Whole.ts"
import * as Known from "./Known.ts"
import * as Kubectl from "./kubectl/Whole.ts"
import { page } from "./Page.ts"
import { compare as compareRaw } from "./raw/Compared.ts"
import * as RawKnown from "./raw/Known.ts"
import * as RawVerdict from "./raw/Verdict.ts"
import { sampled } from "./Sample.ts"
import * as Suite from "./Suite.ts"
import { complaints, judge } from "./Verdict.ts"

const { values: options } = parseArgs({
  options: {
    kept: { type: "boolean", default: false },
    suite: { type: "string", default: "" },
    sample: { type: "boolean", default: false },
    write: { type: "boolean", default: false }
  }
})

const out = new URL("../../../docs/reference/fidelity/", import.meta.url).pathname

const complain = (complaints: ReadonlyArray<string>): void => {
  for (const complaint of complaints) process.stderr.write(`${complaint}\n`)
  if (complaints.length > 0) process.exitCode = 1
}

const api = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const entries = yield* Known.read
  const { broken, compared } = yield* Suite.run({
    reading: options.kept ? "kept" : "fresh",
    concurrency: 12,
    purpose: "compare",
    kind: () => true,
    scenario: (scenario) => (options.sample ? sampled(scenario) : scenario)
  })
  const verdict = judge(compared, entries)
  process.stdout.write(`${table(cells(compared))}\n`)
  if (options.write && !options.sample) {
    yield* Baseline.write(verdict.counts)
    yield* fs.makeDirectory(out, { recursive: true })
    yield* fs.writeFileString(`${out}api.md`, page(compared, verdict, entries))
  }
  const wrong = [...broken, ...complaints(verdict, yield* Baseline.read, entries, options.sample ? "sample" : "whole")]
  process.stdout.write(`${compared.length} requests, ${verdict.listed.size} listed differences, ${verdict.unexplained.size} unexplained\n`)
  complain(wrong)
})

const clients = Effect.gen(function* () {
  const found = yield* Clients.run(options.sample ? "sample" : "whole")
  if (options.write && !options.sample) yield* Clients.write(found)
  const { complaints, known, unexplained } = judgeClients(found.compared, yield* Listed.read("clients"))
  process.stdout.write(
    `${found.compared.length} command lines, ${[...known.values()].flat().length} listed differences, ${unexplained.length} unexplained\n`
  )
  complain(complaints)
})

const kubectl = Effect.gen(function* () {
  const found = yield* Kubectl.run(options.sample ? "sample" : "whole")
  if (options.write && !options.sample) yield* Kubectl.write(found)
  const { complaints, known, unexplained } = judgeClients(found.compared, yield* Listed.read("kubectl"))
  const notAsked = [...found.beyond].reduce((sum, [what, of]) => (what === "" ? sum : sum + of.length), 0)
  process.stdout.write(
    `${found.compared.length} command lines for packages/kubectl, ${[...known.values()].flat().length} listed differences, ${unexplained.length} unexplained; ${notAsked} not asked of it\n`
  )
  complain(complaints)
})

const raw = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const entries = yield* RawKnown.read
  const compared = yield* compareRaw
  if (options.write) yield* fs.writeFileString(`${out}raw.md`, RawVerdict.page(compared, entries))
  process.stdout.write(`${compared.length} odd requests\n`)
  complain(RawVerdict.complaints(compared, entries))
})

const suites = { api, clients, kubectl, raw }
const chosen = Object.entries(suites).flatMap(([name, suite]) => (options.suite === "" || options.suite === name ? [suite] : []))

NodeRuntime.runMain(Effect.all(chosen, { discard: true }).pipe(Effect.scoped, Effect.provide([NodeServices.layer, WallClockLive.layer])))
