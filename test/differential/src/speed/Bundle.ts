/** Our server as a program is shipped: one file, as kube-apiserver is one; the sources would be read and stripped of their types at each start. */
import * as Effect from "effect/Effect"
import * as path from "node:path"
import { rolldown } from "rolldown"

const input = path.join(import.meta.dirname, "serve.ts")
const file = path.join(import.meta.dirname, "../../.report/speed/serve.js")

/** Where it is. */
export const make = Effect.promise(() =>
  rolldown({
    input,
    platform: "node",
    resolve: { conditionNames: ["@aiopslab/source", "import", "node", "default"] },
    logLevel: "warn"
  }).then((bundle) => bundle.write({ file, format: "esm", minify: true, codeSplitting: false }))
).pipe(Effect.as(file))
