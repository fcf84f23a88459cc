/**
 * Prints how situations differ here from what was recorded on Kind: `npm run explore -w test/behaviour -- [--write] [NAME…]`. With
 * `--write` what differs is counted anew as unexplained.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Recording from "../src/Recording.ts"
import * as Unexplained from "../src/Unexplained.ts"

const given = process.argv.slice(2)
const asked = given.filter((word) => word !== "--write")

const program = Effect.gen(function* () {
  const recorded = yield* Recording.recorded
  const all = asked.length > 0 ? asked : recorded
  const open: Record<string, ReadonlyArray<string>> = {}
  for (const name of all) {
    const found = (yield* Unexplained.found(name)).open
    if (found.length > 0) open[name] = found
    yield* Console.log(`${found.length === 0 ? "same   " : "differs"} ${name}\n${found.map((line) => `    ${line}\n`).join("")}`.trimEnd())
  }
  const waiting = (yield* Recording.names).filter((name) => !recorded.includes(name))
  yield* Console.log(
    `${all.length - Object.keys(open).length} of ${all.length} the same; not recorded yet: ${waiting.join(", ") || "none"}`
  )
  if (given.includes("--write")) yield* Unexplained.save(open)
})

NodeRuntime.runMain(program.pipe(Effect.provide(NodeServices.layer)))
