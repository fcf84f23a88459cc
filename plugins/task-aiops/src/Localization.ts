/**
 * Which services are at fault? A set of names: neither the order nor repetitions matter for right or wrong, the order only for Acc@k. A
 * name that the manifest accepts for another counts as that one.
 */
import * as Task from "@aiopslab/core/Task"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"

const Names = Schema.Array(Schema.String)

/** One name or several. */
const OneOrMore = Schema.Union([Schema.String, Names]).pipe(
  Schema.decodeTo(
    Names,
    SchemaTransformation.transform({
      decode: (given): ReadonlyArray<string> => (typeof given === "string" ? [given] : given),
      encode: (names) => names
    })
  )
)

const config = Schema.Struct({
  /** The services at fault. */
  answer: OneOrMore,
  /** Other names that are right as well, by the name in `answer`. */
  accept: Schema.optionalKey(Schema.Record(Schema.String, Names))
})
type Config = typeof config.Type

const forms = 'Answer with a list of service names such as submit(["frontend"]), with one name, or with submit([]) if nothing is at fault'

const answer = Schema.NullOr(OneOrMore)
  .annotate({ message: forms })
  .pipe(
    Schema.decodeTo(
      Names,
      SchemaTransformation.transform({
        decode: (given): ReadonlyArray<string> => (given ?? []).map((name) => name.trim()).filter((name) => name !== ""),
        encode: (names) => names
      })
    )
  )

/** Figures in [0, 1] about an answer; `acc@k` is the share of the truth (at most k of it) among the first k names. */
export interface Score {
  readonly exact: boolean
  readonly isSubset: boolean
  readonly precision: number
  readonly recall: number
  readonly accuracyAt: (k: number) => number
  /** The original's: 100 when exact, else the truth's share of the answer when it contains the whole truth, else 0. */
  readonly accuracy: number
}

export const score = (right: Config, given: ReadonlyArray<string>): Score => {
  const truth = new Set(right.answer)
  const canonical = new Map(Object.entries(right.accept ?? {}).flatMap(([name, others]) => others.map((other) => [other, name] as const)))
  const named = [...new Set(given.map((name) => (truth.has(name) ? name : (canonical.get(name) ?? name))))]
  const hits = named.filter((name) => truth.has(name)).length
  const isSubset = hits === truth.size
  const exact = isSubset && named.length === truth.size
  return {
    exact,
    isSubset,
    precision: named.length === 0 ? (exact ? 1 : 0) : hits / named.length,
    recall: truth.size === 0 ? 1 : hits / truth.size,
    accuracyAt: (k) =>
      truth.size === 0 ? (exact ? 1 : 0) : named.slice(0, k).filter((name) => truth.has(name)).length / Math.min(k, truth.size),
    accuracy: exact ? 100 : isSubset && truth.size > 0 ? (truth.size / named.length) * 100 : 0
  }
}

const list = (names: ReadonlyArray<string>): string => (names.length === 0 ? "no service" : names.join(", "))

const results = (found: Score, seconds: number) => ({
  "Localization Accuracy": found.accuracy,
  success: found.exact,
  is_subset: found.isSubset,
  exact: found.exact,
  precision: found.precision,
  recall: found.recall,
  "acc@1": found.accuracyAt(1),
  "acc@3": found.accuracyAt(3),
  TTL: seconds
})

export const localization = Task.make({
  name: "localization",
  summary: "Names the services at fault",
  config,
  answer,
  evaluators: "none",
  check: (right, { app, faults }) => {
    const services = app.topology.services
    const unknown = (name: string) => !Object.hasOwn(services, name)
    const answers = right.answer.flatMap((name, index) =>
      unknown(name) ? [{ _tag: "unknown-service" as const, path: ["answer", index], name }] : []
    )
    const accepted = Object.entries(right.accept ?? {}).flatMap(([name, others]) => [
      ...(right.answer.includes(name)
        ? []
        : [
            {
              _tag: "contradiction" as const,
              path: ["accept", name],
              why: `other names are accepted for ${name}, which is not in the answer`,
              hint: `Names in the answer: ${list(right.answer)}.`
            }
          ]),
      ...others.flatMap((other, index) =>
        unknown(other) ? [{ _tag: "unknown-service" as const, path: ["accept", name, index], name: other }] : []
      )
    ])
    const contradicts = (why: string, hint: string) => [{ _tag: "contradiction" as const, path: ["answer"], why, hint }]
    const faulty =
      right.answer.length > 0 && faults.length === 0
        ? contradicts("it names a service, but the problem has no faults", "Write `answer: []`, or add a fault.")
        : right.answer.length === 0 && faults.length > 0
          ? contradicts("it names no service, but the problem has faults", "Name the service that the fault acts on.")
          : []
    return [...answers, ...accepted, ...faulty]
  },
  brief: () => ({
    goal: "Something may be wrong with the application. Find the services that are the cause, not those that only suffer from it, and put the likeliest first. Your answer counts once.",
    submit: [
      'submit(["service-a", "service-b"])  # names of the Kubernetes services at fault',
      "submit([])                          # nothing is at fault"
    ]
  }),
  truth: (right) => right.answer,
  judge: (right, { answer: given, seconds }) => {
    const found = score(right, given)
    const seen = `The agent named ${list(given)}`
    return Effect.succeed({
      verdict: found.exact ? "pass" : "fail",
      reason: found.exact ? `${seen}; that is right.` : `${seen}; at fault: ${list(right.answer)}.`,
      results: results(found, seconds)
    })
  },
  unanswered: (_, { seconds }) => ({
    ...results({ exact: false, isSubset: false, precision: 0, recall: 0, accuracyAt: () => 0, accuracy: 0 }, seconds)
  })
})
