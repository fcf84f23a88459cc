/** Runs `count` no-op trials into a folder; a program of its own, to be killed. */
import * as RuntimeServices from "@aiopslab/runtime/RuntimeServices"
import * as Effect from "effect/Effect"
import * as Lab from "../Lab.ts"

const [dir = "", count = "0"] = process.argv.slice(2)

const main = Lab.run({
  selectors: ["noop-hotel-reservation"],
  agents: [{ use: "oracle" }],
  seeds: Array.from({ length: Number(count) }, (_, seed) => seed),
  dir,
  jobs: 2
}).pipe(Effect.scoped, Effect.provide(RuntimeServices.layer))

Effect.runPromise(main).then(
  (result) => process.stdout.write(JSON.stringify(result.summary)),
  (error: unknown) => {
    process.stderr.write(String(error))
    process.exitCode = 1
  }
)
