/** `kubectl set image|env|resources|selector`. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { bool, type CommandLine, short, text, texts } from "../CommandLine.ts"
import { type Failure, failure } from "../Failure.ts"
import * as Fields from "../Fields.ts"
import { type Family, type Problem, reportAll, type Verb } from "../Invocation.ts"
import { pairs } from "../Pair.ts"
import { dryRun, reportFlags } from "../Report.ts"
import { objects, selectionFlags, targets } from "../Selection.ts"
import { amounts } from "./create/Generator.ts"
import { apply, edit, selected, split } from "./set/Edit.ts"
import { env } from "./set/Env.ts"

const image = edit({
  args: (positional) => split(positional, (arg) => arg.includes("=")),
  missing: "at least one image update is required",
  done: "image updated",
  refused: "failed to patch image update to pod template:",
  flags: {},
  container: (container, changes) => {
    const name = Fields.text(container, "name")
    const change = changes.findLast((one) => selected(name, one.slice(0, one.indexOf("="))))
    const wanted = change?.slice(change.indexOf("=") + 1)
    return Result.succeed(wanted === undefined || wanted === Fields.text(container, "image") ? undefined : { image: wanted })
  },
  check: (names, changes) => {
    const wrong = changes.map((one) => one.slice(0, one.indexOf("="))).find((pattern) => !names.some((name) => selected(name, pattern)))
    return wrong === undefined ? undefined : failure(`unable to find container named ${JSON.stringify(wrong)}`)
  }
})

/** Nothing where the flag is not given. */
const amountsOf = (line: CommandLine, flag: string): Result.Result<Fields.Fields, Failure> =>
  Result.map(amounts(line.texts(flag)), (found) => (Object.keys(found).length === 0 ? {} : { [flag]: found }))

const resources = edit({
  args: (positional) => ({ names: positional, changes: [] }),
  missing: "you must specify an update to requests or limits (in the form of --requests/--limits)",
  done: "resource requirements updated",
  refused: "failed to patch resources update to pod template",
  flags: { limits: texts, requests: texts, containers: short("c", text) },
  container: (container, _, line) => {
    const pattern = line.text("containers")
    if (pattern !== undefined && !selected(Fields.text(container, "name"), pattern)) return Result.succeed(undefined)
    return Result.flatMap(amountsOf(line, "limits"), (limits) =>
      Result.map(amountsOf(line, "requests"), (requests) => ({ resources: { ...limits, ...requests } }))
    )
  },
  check: () => undefined
})

const selector: Verb = {
  flags: { ...selectionFlags, ...reportFlags, all: bool, local: bool, "resource-version": text },
  run: Effect.fnUntraced(function* (inv) {
    const { changes, names } = split(inv.line.positional, (arg) => arg.includes("="))
    if (changes.length === 0) return yield* failure("one or more resources must be specified as <resource> <name> or <resource>/<name>")
    const mode = yield* dryRun(inv)
    const wanted = Object.fromEntries(pairs(changes.flatMap((change) => change.split(","))))
    const { found, problems } = yield* objects(inv, yield* targets(inv, names, "needed"))
    const failures: Array<Problem> = [...problems]
    for (const one of found) {
      if (one.resource.kind !== "Service") {
        failures.push(failure("setting a selector is only supported for Services"))
        continue
      }
      const removed = Object.fromEntries(
        Object.keys(Fields.record(one.object, "spec", "selector"))
          .filter((key) => !(key in wanted))
          .map((key) => [key, null])
      )
      const body = { spec: { selector: { ...removed, ...wanted } } }
      failures.push(...(yield* apply(inv, one, { type: "merge", body, done: "selector updated", mode })))
    }
    return reportAll(inv, failures)
  })
}

export const set: Family = { verbs: { env, image, resources, selector } }
