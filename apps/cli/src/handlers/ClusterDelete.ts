/** `aiopslab cluster delete`: by name, unless a live run holds it. */
import type { ClusterServices } from "@aiopslab/core/ClusterProvider"
import { type LabError, labError } from "@aiopslab/core/LabError"
import * as Effect from "effect/Effect"
import type { Inputs } from "../Inputs.ts"
import { print } from "../terminal/Out.ts"
import { launch, type Program } from "./Launch.ts"
import { type Manager, managers } from "./Providers.ts"

type Input = Inputs["clusterDelete"]

/** By the first provider that knows it. */
const remove = ([first, ...rest]: ReadonlyArray<Manager>, name: string): Effect.Effect<void, LabError, ClusterServices> =>
  first === undefined
    ? Effect.fail(labError("CLUSTER_UNKNOWN", { name, known: [] }))
    : first.manage.delete(name).pipe(
        Effect.catchIf(
          ({ code }) => code === "CLUSTER_UNKNOWN" && rest.length > 0,
          () => remove(rest, name)
        )
      )

const program = (input: Input): Program =>
  Effect.gen(function* () {
    const all = yield* managers(input)
    for (const name of input.names) {
      yield* remove(all, name)
      yield* print(`${name} is deleted.`)
    }
    return 0
  })

export const start = (input: Input): void => launch({ json: false }, program(input))
