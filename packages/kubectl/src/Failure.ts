/** How kubectl ends when it cannot do what it was asked: the text on stderr and the exit code, worded as kubectl 1.34 does. */
import type { KubeStatus } from "@aiopslab/core/Kubernetes"
import * as Data from "effect/Data"

/** Printed as it is, with a line end. */
export class Failure extends Data.TaggedError("KubectlFailure")<{ readonly text: string; readonly exitCode: number }> {}

/** `error: …` */
export const failure = (message: string): Failure => new Failure({ text: `error: ${message}`, exitCode: 1 })

/** A mistake in the flags. */
export const flagFailure = (command: string, message: string): Failure => failure(`${message}\nSee '${command} --help' for usage.`)

/** A mistake in the arguments. */
export const usageFailure = (command: string, message: string): Failure => failure(`${message}\nSee '${command} -h' for help and examples`)

interface Cause {
  readonly field?: string
  readonly message?: string
}

const causesOf = (status: KubeStatus): ReadonlyArray<Cause> => {
  const causes = status.details?.["causes"]
  return Array.isArray(causes) ? causes : []
}

/** `The Deployment "geo" is invalid: spec.replicas: …`; several causes stand in lines of their own. */
const invalid = (status: KubeStatus): string => {
  const [kind, name] = [status.details?.["kind"], status.details?.["name"]]
  const subject = typeof kind !== "string" || kind === "" ? "" : `${kind} ${JSON.stringify(name ?? "")}`
  const start = subject === "" ? "The request is invalid" : `The ${subject} is invalid`
  const causes = [
    ...new Set(
      causesOf(status).map((cause) =>
        cause.field === undefined || cause.field === "" ? (cause.message ?? "") : `${cause.field}: ${cause.message ?? ""}`
      )
    )
  ]
  if (causes.length === 0) return subject === "" ? `${start}: ${status.message}` : start
  return causes.length === 1 ? `${start}: ${causes[0]}` : `${start}: \n${causes.map((cause) => `* ${cause}`).join("\n")}`
}

const answered = (status: KubeStatus): string => {
  // nobody answered
  if (status.code === 0) {
    const why = status.details?.["why"]
    return `Unable to connect to the server: ${typeof why === "string" ? why : status.message}`
  }
  if (status.reason === "Unauthorized") return `error: You must be logged in to the server (${status.message})`
  return status.reason === "" || status.reason === "Unknown"
    ? `Error from server: ${status.message}`
    : `Error from server (${status.reason}): ${status.message}`
}

export type Problem = Failure | KubeStatus

export const problemText = (problem: Problem): string =>
  problem._tag === "KubectlFailure" ? problem.text : problem.reason === "Invalid" ? invalid(problem) : answered(problem)

/** Several problems of one run, in lines; each is told in short. */
export const problemsText = (problems: ReadonlyArray<Problem>): string => {
  const [first, second] = problems
  if (first !== undefined && second === undefined) return `${problemText(first)}\n`
  return problems
    .map((problem) => `${problem._tag === "KubectlFailure" ? problem.text.replace(/^error: /u, "") : answered(problem)}\n`)
    .join("")
}
