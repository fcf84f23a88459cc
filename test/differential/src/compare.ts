/**
 * The whole suite: `npm run test:differential -- [--write] [--sample]`. Fails on a difference that is neither listed nor counted, and on one that is
 * and is no longer there. `--write` counts anew and writes docs/reference/fidelity/api.md. `--kept` takes the real server's answers of earlier runs.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import { parseArgs } from "node:util"
import { cells, table } from "./Agreement.ts"
import * as Baseline from "./Baseline.ts"
import * as Known from "./Known.ts"
import { page } from "./Page.ts"
import { sampled } from "./Sample.ts"
import * as Suite from "./Suite.ts"
import { complaints, judge } from "./Verdict.ts"

const { values: options } = parseArgs({
  options: {
    kept: { type: "boolean", default: false },
    sample: { type: "boolean", default: false },
    write: { type: "boolean", default: false }
  }
})

const out = new URL("../../../docs/reference/fidelity/", import.meta.url).pathname

const program = Effect.gen(function* () {
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
  for (const complaint of wrong) process.stderr.write(`${complaint}\n`)
  if (wrong.length > 0) process.exitCode = 1
})

NodeRuntime.runMain(program.pipe(Effect.scoped, Effect.provide(NodeServices.layer)))
