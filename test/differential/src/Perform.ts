/** Plays a scenario to one server. */
import type { KubeApi } from "@aiopslab/core/Kubernetes"
import { print } from "@aiopslab/kubernetes/Json"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Unsettled } from "./Settled.ts"
import type { Answer, Request, Scenario, Step } from "./Step.ts"
import * as Tree from "./Tree.ts"

export type Answers = ReadonlyMap<string, Answer>

const fill = (text: string, answers: Answers): string =>
  text.replaceAll(/\$\{([^:}]+):([^}]+)\}/g, (_, step: string, path: string) => print(Tree.at(answers.get(step)?.body, path.split("."))))

const filled = (value: unknown, answers: Answers): unknown => {
  if (typeof value === "string") return value.includes("${") ? fill(value, answers) : value
  if (Array.isArray(value)) return value.map((item) => filled(item, answers))
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, filled(item, answers)]))
}

const bodyOf = ({ body, from }: Request, answers: Answers): unknown => {
  const changed =
    from === undefined
      ? body
      : from.changes.reduce<unknown>(
          (base, change) => ("value" in change ? Tree.set(base, change.path, change.value) : Tree.remove(base, change.path)),
          answers.get(from.step)?.body
        )
  return filled(changed, answers)
}

const query = (request: Request, answers: Answers): Record<string, string | ReadonlyArray<string>> =>
  Object.fromEntries(
    Object.entries(request.query ?? {}).map(([key, value]) => [key, typeof value === "string" ? fill(value, answers) : value])
  )

/** In place of a status code. */
export const noAnswer = 598

/** Whether a server may answer from a cache, which hears of writes a moment later. */
const isCached = ({ events, method, query }: Request): boolean =>
  method === "GET" && (query?.["resourceVersion"] !== undefined || events !== undefined)

const ask = (api: KubeApi, step: Step, answers: Answers, { cached, patience }: Manner): Effect.Effect<Answer, Unsettled> => {
  const { request } = step
  const { body: _body, events, from: _from, ...rest } = request
  const body = bodyOf(request, answers)
  const ready = {
    ...rest,
    path: fill(request.path, answers),
    query: query(request, answers),
    ...(body === undefined ? {} : { body })
  }
  const answered =
    events === undefined
      ? api.request(ready).pipe(
          Effect.map(({ body, code, warnings }) => ({ code, body, warnings: warnings ?? [] })),
          Effect.timeoutOrElse({
            duration: "1 minute",
            orElse: () => Effect.succeed({ code: noAnswer, body: { message: "no answer" }, warnings: [] })
          })
        )
      : Effect.suspend(() => {
          const seen: Array<unknown> = []
          return api.watch(ready).pipe(
            Stream.take(events),
            Stream.takeUntil(({ type }) => type === "BOOKMARK"),
            Stream.runForEach((event) => Effect.sync(() => void seen.push(event))),
            Effect.raceFirst(patience),
            Effect.map(() => ({ code: 200, body: { events: seen }, warnings: [] }))
          )
        })
  const answer = answered.pipe(
    Effect.catch(({ code, details, message, reason }) =>
      Effect.succeed({
        code,
        body: { reason: reason === "Unknown" ? "" : reason, message, ...(details === undefined ? {} : { details }) },
        warnings: []
      })
    ),
    Effect.catchCause((cause) => Effect.succeed({ code: 599, body: { message: `defect: ${Cause.pretty(cause)}` }, warnings: [] }))
  )
  return isCached(request) ? Effect.andThen(cached(ready.path), answer) : answer
}

export interface Manner {
  readonly wanted: (step: Step) => boolean
  /** Requests at once, where the steps are independent. */
  readonly concurrency: number
  /** Done after the setup; what it gives is done before each independent step. */
  readonly reset: Effect.Effect<Effect.Effect<void>>
  /** How long to wait for a watch's events. */
  readonly patience: Effect.Effect<void>
  /** Waits until the server has written by itself what follows from a write at a path. */
  readonly settled: (path: string) => Effect.Effect<void, Unsettled>
  /** Waits until a read at a path shows all that was written. */
  readonly cached: (path: string) => Effect.Effect<void, Unsettled>
}

/** The answers to the setup and to the `wanted` steps; of a sequence all steps are asked. */
export const perform = Effect.fnUntraced(function* (api: KubeApi, scenario: Scenario, manner: Manner) {
  const { concurrency, reset, settled, wanted } = manner
  const answers = new Map<string, Answer>()
  const one = (step: Step) => Effect.map(ask(api, step, answers, manner), (answer) => void answers.set(step.name, answer))
  const writing = (step: Step) =>
    scenario.settles === true && step.request.method !== "GET"
      ? Effect.andThen(
          one(step),
          Effect.suspend(() => settled(fill(step.request.path, answers)))
        )
      : one(step)
  yield* Effect.forEach(scenario.setup, writing, { discard: true })
  const restore = yield* reset
  if (scenario.order === "sequence") {
    yield* Effect.forEach(scenario.steps, writing, { discard: true })
  } else {
    const apart = (step: Step) => Effect.andThen(restore, one(step))
    yield* Effect.forEach(scenario.steps.filter(wanted), apart, { concurrency, discard: true })
  }
  const found: Answers = answers
  return found
})
