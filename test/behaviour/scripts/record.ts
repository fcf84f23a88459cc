/**
 * Records situations from Kind: `npm run record -w test/behaviour -- KUBECONFIG [--runs N] [NAME…]`. The images of the situations must be
 * in the cluster: `kind load docker-image busybox:1.35`.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Asked from "../src/Asked.ts"
import * as Kind from "../src/Kind.ts"
import * as Recording from "../src/Recording.ts"

const [kubeconfig = "", ...rest] = process.argv.slice(2)
const at = rest.indexOf("--runs")
const runs = at < 0 ? 2 : Number(rest[at + 1])
const asked = at < 0 ? rest : rest.toSpliced(at, 2)

const program = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const { server, site } = yield* Kind.connect(kubeconfig)
  const sums = yield* fs.readFileString(`${process.env["AIOPSLAB_KIND_KIT"] ?? "../../../shared/kind-kit"}/SHA256SUMS`)
  const recorded = { by: "scripts/record.ts", kit: sums.slice(0, 16), server }
  yield* Asked.ask(
    site,
    asked.length > 0 ? asked : yield* Recording.names,
    Array.from({ length: runs }, (_, i) => `${i}-${process.pid}`),
    (name, stories) =>
      Effect.andThen(
        Recording.save(name, { recorded, runs: stories }),
        Effect.log(`${name}: ${stories.length} runs, ${stories[0]?.pods.length ?? 0} pods, ${stories[0]?.events.length ?? 0} events`)
      )
  )
})

NodeRuntime.runMain(program.pipe(Effect.scoped, Effect.provide(NodeServices.layer)))
