/**
 * The real server's answers, kept outside the repository by scenario and step: a step that was asked once is not asked again. The server is
 * started when the first answer is missing.
 */
import type { KubeApi } from "@aiopslab/core/Kubernetes"
import * as Config from "effect/Config"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Schema from "effect/Schema"
import { createHash } from "node:crypto"
import type { Answers } from "./Perform.ts"
import { noAnswer, perform } from "./Perform.ts"
import * as RealServer from "./RealServer.ts"
import { cached, settled } from "./Settled.ts"
import type { Answer, Scenario, Step } from "./Step.ts"

const Kept = Schema.Record(
  Schema.String,
  Schema.Struct({ code: Schema.Finite, body: Schema.Unknown, warnings: Schema.Array(Schema.String) })
)
const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(Kept))

const hash = (value: unknown): string => createHash("sha256").update(JSON.stringify(value)).digest("base64url").slice(0, 22)

/** What a step's answer depends on: in a sequence all that came before. */
const keysOf = ({ order, setup, steps }: Scenario): ReadonlyMap<string, string> => {
  const before = hash(setup.map(({ request }) => request))
  let so = before
  return new Map(
    steps.map(({ name, request }) => {
      so = hash([order === "sequence" ? so : before, request])
      return [name, so]
    })
  )
}

export interface Options {
  readonly reading: "kept" | "fresh"
  /** Requests at once to the real server. */
  readonly concurrency: number
}

/** Who asks is not known by its address: the folder of the server's version is. */
const folderOf = Effect.gen(function* () {
  const home = yield* Config.String("HOME").pipe(Config.withDefault("."))
  const cache = yield* Config.String("XDG_CACHE_HOME").pipe(Config.withDefault(`${home}/.cache`))
  return `${cache}/aiopslab-differential/1.34.4`
})

/** The real server doesn't take what a scenario begins with: the seed is wrong. */
export class SetupRefused extends Data.TaggedError("SetupRefused")<{
  readonly step: string
  readonly answer: string
}> {
  override get message() {
    return `the real server refuses ${this.step}: ${this.answer}`
  }
}

/** Asks the real server; the scope ends it. */
export const make = Effect.fnUntraced(function* (options: Options) {
  const fs = yield* FileSystem.FileSystem
  const folder = yield* folderOf
  yield* fs.makeDirectory(folder, { recursive: true })
  const real = yield* Effect.cached(Effect.map(RealServer.start, ({ api }) => api))

  return Effect.fnUntraced(function* (scenario: Scenario) {
    const file = `${folder}/${scenario.name.replaceAll("/", "+")}.json`
    const before = (yield* fs.exists(file)) ? yield* decode(yield* fs.readFileString(file)) : {}
    const kept: Record<string, Answer> = options.reading === "fresh" ? {} : { ...before }
    const keys = keysOf(scenario)
    const missing = (step: Step) => kept[keys.get(step.name) ?? ""] === undefined
    if (scenario.steps.some(missing)) {
      const api: KubeApi = yield* real
      const found = yield* perform(api, scenario, {
        reset: Effect.succeed(Effect.void),
        wanted: missing,
        concurrency: options.concurrency,
        patience: Effect.sleep("10 seconds"),
        settled: (path) => settled(api, path),
        cached: (path) => cached(api, path)
      })
      for (const step of scenario.setup) {
        const answer = found.get(step.name)
        if (answer === undefined || answer.code >= 300) {
          return yield* new SetupRefused({ step: step.name, answer: JSON.stringify(answer) })
        }
      }
      for (const step of scenario.steps) {
        const answer = found.get(step.name)
        if (answer !== undefined && answer.code !== noAnswer) kept[keys.get(step.name) ?? ""] = answer
      }
      yield* fs.writeFileString(file, JSON.stringify({ ...before, ...kept }))
    }
    const answers: Answers = new Map(
      scenario.steps.flatMap((step) => {
        const answer = kept[keys.get(step.name) ?? ""]
        return answer === undefined ? [] : [[step.name, answer] as const]
      })
    )
    return answers
  })
})
