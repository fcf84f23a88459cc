/** `spec-baseline`: workloads, Services and configuration say what they said at the baseline. */
import * as Evaluator from "@aiopslab/core/Evaluator"
import { differencesOf, type IgnoredField, resourceOf } from "@aiopslab/core/Normalise"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { present } from "./Look.ts"
import * as Verdict from "./Verdict.ts"

const name = "spec-baseline"
const verdicts = Verdict.of(name)

const defaultResources: ReadonlyArray<string> = [
  "deployments.apps",
  "statefulsets.apps",
  "daemonsets.apps",
  "services",
  "configmaps",
  "secrets",
  "persistentvolumeclaims",
  "networkpolicies.networking.k8s.io",
  "resourcequotas",
  "limitranges"
]

export const Config = Schema.Struct({
  resources: Schema.Array(Schema.String)
    .annotate({ description: "What is compared, as `deployments.apps`" })
    .pipe(Schema.withDecodingDefaultKey(Effect.succeed(defaultResources))),
  ignore: Schema.Array(
    Schema.Struct({
      resources: Schema.optionalKey(Schema.Array(Schema.String)),
      path: Schema.Array(Schema.String).annotate({ description: "Keys down to the field; `*` is any key or entry" })
    })
  )
    .annotate({ description: "Fields that may differ, beside the bookkeeping that never counts" })
    .pipe(Schema.withDecodingDefaultKey(Effect.succeed([])))
})

export const specBaseline = Evaluator.make({
  name,
  summary: "Workloads, Services and ConfigMaps are as specified at the baseline; what was added beside them is not looked at",
  config: Config,
  evaluate: (config) =>
    Effect.gen(function* () {
      const { objects } = yield* Evaluator.Baseline
      const wanted = new Set(config.resources)
      const before = new Map([...objects].filter(([key]) => wanted.has(resourceOf(key))))
      const now = yield* present(before, (resource) => wanted.has(resource))
      const more: ReadonlyArray<IgnoredField> = config.ignore.map((field) => ({ ...field, reason: "the manifest says so" }))
      const differences = differencesOf(before, now, { extra: "allowed", more })
      const measurements = { objects: before.size, differences: differences.length }
      return differences.length === 0
        ? verdicts.pass(`${before.size} objects are specified as at the baseline.`, measurements)
        : verdicts.fail(`${Verdict.several(differences)}.`, measurements)
    })
})
