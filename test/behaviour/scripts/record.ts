/**
 * Records situations from Kind: `npm run record -w test/behaviour -- KUBECONFIG [--more] [--runs N] [NAME…]`. The images of the
 * situations must be in the cluster: `kind load docker-image busybox:1.35`. With `--more` what was recorded stays, and a run that could
 * not have been told from it is put beside it.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Asked from "../src/Asked.ts"
import { differences } from "../src/Compare.ts"
import * as Kind from "../src/Kind.ts"
import * as Recording from "../src/Recording.ts"

const [kubeconfig = "", ...rest] = process.argv.slice(2)
const more = rest.includes("--more")
const at = rest.indexOf("--runs")
const runs = at < 0 ? 2 : Number(rest[at + 1])
const asked = (at < 0 ? rest : rest.toSpliced(at, 2)).filter((word) => word !== "--more")

const program = Effect.gen(function* () {
  const { server, site } = yield* Kind.connect(kubeconfig)
  const recorded = yield* Recording.provenance("scripts/record.ts", server)
  yield* Asked.ask(
    site,
    asked.length > 0 ? asked : yield* Recording.names,
    Array.from({ length: runs }, (_, i) => `${i}-${process.pid}`),
    (name, answer) =>
      Effect.gen(function* () {
        if (Result.isFailure(answer)) return yield* Effect.logError(`${name}: ${answer.failure}`)
        const known = more ? (yield* Recording.load(name)).runs : []
        const fresh = answer.success.filter((story) => known.length === 0 || differences(known, story).length > 0)
        if (fresh.length > 0) yield* Recording.save(name, { recorded, runs: [...known, ...fresh] })
        yield* Effect.log(`${name}: ${answer.success.length} runs, ${fresh.length} of them new`)
      })
  )
})

NodeRuntime.runMain(program.pipe(Effect.scoped, Effect.provide(NodeServices.layer)))
