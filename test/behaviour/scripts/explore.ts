/** Prints how situations differ here from what was recorded on Kind: `npm run explore -w test/behaviour -- [NAME…]`. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { differences } from "../src/Compare.ts"
import * as Embedded from "../src/Embedded.ts"
import * as Recording from "../src/Recording.ts"
import { read } from "../src/Situation.ts"

const asked = process.argv.slice(2)

const program = Effect.gen(function* () {
  const all = asked.length > 0 ? asked : yield* Recording.names
  for (const name of all) {
    const situation = read(yield* Recording.source(name))
    const found = yield* Effect.gen(function* () {
      const { runs } = yield* Recording.load(name)
      return differences(runs, yield* Embedded.run(situation, "situations"))
    }).pipe(Effect.catch((error) => Effect.succeed([`fails: ${String(error)}`])))
    yield* Console.log(`${found.length === 0 ? "same  " : "differs"} ${name}\n${found.map((line) => `    ${line}\n`).join("")}`.trimEnd())
  }
})

NodeRuntime.runMain(program.pipe(Effect.provide(NodeServices.layer)))
