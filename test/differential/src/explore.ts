/**
 * Prints where the two servers differ:
 *
 *     npm run explore -w test/differential -- --kind Pod --verb create --class null --step spec --show 20 [--managed] [--fresh]
 *
 * `--report FILE` writes all of it by cause. `--record` asks the real server alone, for all that was never asked. `--kind`, `--verb`, `--class`, `--step` and `--at` (the place of a difference) are regular expressions. `--group at|cause|class|field|kind` counts instead of showing.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { record } from "@aiopslab/kubernetes/Json"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import { parseArgs } from "node:util"
import { cells, table } from "./Agreement.ts"
import type { Compared } from "./Comparison.ts"
import { cause } from "./Cause.ts"
import type { Difference } from "./Difference.ts"
import * as Suite from "./Suite.ts"
import { summary } from "./Summary.ts"

const { values: options } = parseArgs({
  options: {
    kind: { type: "string", default: "" },
    verb: { type: "string", default: "" },
    class: { type: "string", default: "" },
    scenario: { type: "string", default: "" },
    step: { type: "string", default: "" },
    at: { type: "string", default: "" },
    group: { type: "string" },
    show: { type: "string", default: "20" },
    whole: { type: "boolean", default: false },
    managed: { type: "boolean", default: false },
    report: { type: "string" },
    record: { type: "boolean", default: false },
    fresh: { type: "boolean", default: false }
  }
})

const matcher = (pattern: string) => {
  const expression = new RegExp(pattern)
  return (text: string) => expression.test(text)
}
const exactKind = matcher(options.kind === "" ? "" : `^(${options.kind})$`)
const [verb, mutation, name, place, scenario] = [options.verb, options.class, options.step, options.at, options.scenario].map(matcher)

const short = (value: unknown): string => {
  const text = value === undefined ? "(absent)" : JSON.stringify(value)
  return options.whole || text.length <= 400 ? text : `${text.slice(0, 400)}…`
}

const brief = (answer: unknown): string => {
  const { body, code } = record(answer)
  const { message } = record(body)
  return `${String(code)} ${typeof message === "string" ? message.slice(0, 1000) : short(body)}`
}

const say = (text: string): void => {
  process.stdout.write(`${text}\n`)
}

const found = (one: Compared): ReadonlyArray<Difference> => (options.managed ? one.managed : one.differences)

const show = (one: Compared): void => {
  const { from, method, path, query } = one.step.request
  const parameters = new URLSearchParams(
    Object.entries(query ?? {}).map(([key, value]): [string, string] => [key, String(value)])
  ).toString()
  say(`\n${one.scenario} › ${one.step.name}   [${one.step.verb}, ${one.step.mutation}]`)
  say(
    `  ${method} ${path}${parameters === "" ? "" : `?${decodeURIComponent(parameters)}`}${from === undefined ? "" : ` with ${short(from.changes)}`}`
  )
  const { ours, real } = one.answers
  if (record(ours)["code"] !== record(real)["code"] && !options.whole) {
    say(`  ours ${brief(ours)}`)
    say(`  real ${brief(real)}`)
    return
  }
  for (const { at, ours, real } of found(one).slice(0, options.whole ? undefined : 12)) {
    say(`  ${at}`)
    say(`    ours ${short(ours)}`)
    say(`    real ${short(real)}`)
  }
}

const groups: Readonly<Record<string, (one: Compared) => ReadonlyArray<string>>> = {
  at: (one) => found(one).map(({ at }) => at.replaceAll(/\[\d+\]/g, "[]")),
  cause: (one) => [cause(one, found(one))],
  class: (one) => [`${one.kind} ${one.step.verb}: ${one.step.mutation}`],
  field: (one) => [one.step.name.replace(/: .*/, "")],
  kind: (one) => [one.kind]
}

const program = Effect.gen(function* () {
  const { broken, compared } = yield* Suite.run({
    reading: options.fresh ? "fresh" : "kept",
    concurrency: 12,
    purpose: options.record ? "record" : "compare",
    kind: exactKind,
    scenario: (all) => (scenario?.(all.name) === true ? all : undefined)
  })
  const chosen = compared.filter(
    ({ step }) => verb?.(step.verb) === true && mutation?.(step.mutation) === true && name?.(step.name) === true
  )
  const different = chosen.filter((one) => found(one).some(({ at }) => place?.(at) === true))
  if (options.report !== undefined)
    return yield* Effect.flatMap(FileSystem.FileSystem, (fs) => fs.writeFileString(options.report ?? "", summary(chosen, broken)))
  const group = groups[options.group ?? ""]
  if (group !== undefined) {
    const counts = new Map<string, number>()
    for (const key of different.flatMap((one) => [...new Set(group(one))])) counts.set(key, (counts.get(key) ?? 0) + 1)
    for (const [key, count] of [...counts].sort(([, a], [, b]) => b - a).slice(0, Number(options.show)))
      say(`${String(count).padStart(6)}  ${key}`)
  } else {
    different.slice(0, Number(options.show)).forEach(show)
  }
  say(`\n${table(cells(chosen))}`)
  broken.forEach(say)
})

NodeRuntime.runMain(program.pipe(Effect.scoped, Effect.provide(NodeServices.layer)))
