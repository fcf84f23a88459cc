/** `baseline.json` in a trial's folder: how the environment was before the fault, for a process that recovers after a crash. */
import type { Baseline } from "@aiopslab/core/Evaluator"
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { type LabError, labError } from "@aiopslab/core/LabError"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as path from "node:path"
import { attempt, readIfThereSync, writeAtomicSync } from "@aiopslab/host/edge/Files"

const Stats = Schema.Struct({
  operation: Schema.String,
  requests: Schema.Finite,
  errors: Schema.Finite,
  p50: Schema.Finite,
  p99: Schema.Finite
})

const Metadata = Schema.StructWithRest(Schema.Struct({ name: Schema.String }), [Schema.Record(Schema.String, Schema.Unknown)])

const Stored = Schema.fromJsonString(
  Schema.Struct({
    objects: Schema.Array(
      Schema.Tuple([
        Schema.String,
        Schema.StructWithRest(Schema.Struct({ apiVersion: Schema.String, kind: Schema.String, metadata: Metadata }), [
          Schema.Record(Schema.String, Schema.Unknown)
        ])
      ])
    ),
    traffic: Schema.Array(Stats),
    digest: Schema.String
  })
)

type BaselineShape = Context.Service.Shape<typeof Baseline>

const fileIn = (folder: string): string => path.join(folder, "baseline.json")

export const writeBaseline = (folder: string, of: BaselineShape): Effect.Effect<void, LabError> =>
  attempt(fileIn(folder), () => writeAtomicSync(fileIn(folder), JSON.stringify({ ...of, objects: [...of.objects] })))

/** Undefined when there is none. */
export const readBaseline = (folder: string): Effect.Effect<BaselineShape | undefined, LabError> =>
  Effect.gen(function* () {
    const text = yield* attempt(fileIn(folder), () => readIfThereSync(fileIn(folder)))
    if (text === undefined) return undefined
    const stored = yield* Schema.decodeEffect(Stored)(text).pipe(
      Effect.mapError((error) => labError("RUN_FOLDER_UNREADABLE", { path: fileIn(folder), why: error.message }))
    )
    return { ...stored, objects: new Map(stored.objects.map(([key, object]): readonly [string, KubeObject] => [key, object])) }
  })
