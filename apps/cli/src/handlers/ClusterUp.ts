/** `aiopslab cluster up`: an embedded cluster for other processes, until Ctrl-C. */
import type { Installation } from "@aiopslab/core/App"
import type { ServedTime } from "@aiopslab/core/ClusterProvider"
import { labError, type LabError } from "@aiopslab/core/LabError"
import * as Playbook from "@aiopslab/core/Playbook"
import * as Registry from "@aiopslab/core/Registry"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as fs from "node:fs"
import * as path from "node:path"
import type { Inputs } from "../Inputs.ts"
import { print } from "../terminal/Out.ts"
import { launch, type Program } from "./Launch.ts"
import * as Load from "./Load.ts"

type Input = Inputs["clusterUp"]

/** `wall`, `virtual`, or `x` and a factor. */
const timeOf = (text: string): Result.Result<ServedTime, LabError> => {
  if (text === "virtual") return Result.succeed({ _tag: "virtual" })
  if (text === "wall") return Result.succeed({ _tag: "wall", rate: 1 })
  const rate = Number(/^x(\d+(?:\.\d+)?)$/u.exec(text)?.[1])
  return rate > 0
    ? Result.succeed({ _tag: "wall", rate })
    : Result.fail(labError("USAGE_INVALID_FLAG", { flag: "time", value: text, expected: "wall, virtual, or a factor such as x10" }))
}

/** An application as it is without configuration; none when it needs some. */
const asItIs = (app: Registry.OfKind<"App">): ReadonlyArray<Installation> => {
  const config = Schema.decodeUnknownResult(app.config)({})
  return Result.isSuccess(config) ? [app.install(config.success)] : []
}

const installationOf = (registry: Registry.Registry, name: string): Result.Result<Installation, LabError> =>
  Result.flatMap(Registry.lookup(registry, "App", name), ({ component }) => {
    const [installation] = asItIs(component)
    return installation === undefined
      ? Result.fail(labError("PROBLEM_APP_FAILED", { app: name, why: "it needs a configuration" }))
      : Result.succeed(installation)
  })

const writeKubeconfig = (file: string, text: string): Effect.Effect<void, LabError> =>
  Effect.try({
    try: () => fs.writeFileSync(file, text, { mode: 0o600 }),
    catch: (cause) => labError("RUN_FOLDER_UNREADABLE", { path: file, why: cause instanceof Error ? cause.message : String(cause) })
  })

const program =
  (input: Input) =>
  (stop: Effect.Effect<void>): Program =>
    Effect.gen(function* () {
      const time = yield* Effect.fromResult(timeOf(input.time))
      const registry = Load.registryOf(yield* Load.plugins(input))
      const { component: provider } = yield* Effect.fromResult(Registry.lookup(registry, "ClusterProvider", "embedded"))
      const { serve } = provider
      if (serve === undefined) return yield* labError("CLUSTER_CANNOT", { cluster: provider.name, what: "be served" })
      const app = input.app === undefined ? undefined : yield* Effect.fromResult(installationOf(registry, input.app))
      const served = yield* serve({}, Playbook.of(registry), { time, port: input.port, app, seed: input.seed })
      const file = path.resolve(input.kubeconfig)
      yield* writeKubeconfig(file, served.kubeconfig)
      yield* print(
        `The cluster is at ${served.url}${app === undefined ? "" : `, with ${app.app} in the namespace ${app.namespace}`}.\n\n  kubectl --kubeconfig ${input.kubeconfig} get pods -A\n\nCtrl-C ends it.`
      )
      yield* stop
      return 0
    }).pipe(Effect.scoped)

export const start = (input: Input): void => launch({ json: false }, program(input))
