/** `aiopslab doctor`: whether this machine can hold clusters outside this process, and how many. */
import type { Finding } from "@aiopslab/core/ClusterProvider"
import * as Effect from "effect/Effect"
import type { Inputs } from "../Inputs.ts"
import { paint, print, printJson, type Style } from "../terminal/Out.ts"
import { table } from "../terminal/Table.ts"
import { launch, type Program } from "./Launch.ts"
import { providers } from "./Providers.ts"

type Input = Inputs["doctor"]

const styles: { readonly [S in Finding["status"]]: Style } = { ok: "green", warn: "yellow", missing: "red" }

const row = ({ advice, found, name, status }: Finding): ReadonlyArray<string> => [
  paint(styles[status], status),
  name,
  advice === "" ? found : `${found}. ${advice}`
]

const sum = (clusters: number): string =>
  clusters === 0
    ? "This machine can't hold a cluster as it is. The embedded cluster needs nothing."
    : `This machine can hold ${clusters === 1 ? "one cluster" : `${clusters} clusters`} at once: \`-j ${clusters}\`.`

const program = (input: Input): Program =>
  Effect.gen(function* () {
    const found = yield* Effect.forEach(yield* providers(input), ({ diagnose, name }) =>
      diagnose === undefined ? Effect.succeed([]) : Effect.map(diagnose, (diagnosis) => [{ provider: name, ...diagnosis }])
    )
    const diagnoses = found.flat()
    if (input.json) yield* printJson({ diagnoses })
    else
      for (const { clusters, findings, provider } of diagnoses) yield* print(`${provider}\n${table(findings.map(row))}\n\n${sum(clusters)}`)
    return diagnoses.some(({ clusters }) => clusters === 0) ? 3 : 0
  })

export const start = (input: Input): void => launch(input, program(input))
