/** The answers to a sequence, without what differs between two servers by nature. The order of owners depends on the clock and is not kept. */
import type { KubeApi, KubeRequest } from "@aiopslab/core/Kubernetes"
import * as Effect from "effect/Effect"
import * as Steps from "../golden/Steps.ts"

const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value)) : {}

const owners = (value: unknown): unknown =>
  Array.isArray(value)
    ? value
        .map((entry) => ({ ...record(entry), fieldsV1: JSON.stringify(record(entry)["fieldsV1"]) }))
        .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
    : value

/** The real server finds what is wrong in the order of a Go map. */
const lines = (message: unknown): unknown =>
  typeof message === "string" && message.includes("errors:\n") ? message.split("\n").sort() : message

const causes = (given: Readonly<Record<string, unknown>>): unknown => {
  const body = { ...given, ...("message" in given ? { message: lines(given["message"]) } : {}) }
  const details = record(given["details"])
  return Array.isArray(details["causes"])
    ? { ...body, details: { ...details, causes: details["causes"].toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) } }
    : body
}

/** `settle` is what a real server is given time for after a request. */
export const answers = (
  api: KubeApi,
  sequence: ReadonlyArray<KubeRequest>,
  settle: (step: KubeRequest) => Effect.Effect<void> = () => Effect.void
): Effect.Effect<ReadonlyArray<Steps.Answer>> =>
  Effect.forEach(sequence, (step) =>
    Effect.map(Effect.tap(Steps.answer(api, step, "with owners"), settle(step)), (answer) => {
      const body = record(answer.body)
      const metadata = record(body["metadata"])
      return {
        ...answer,
        body:
          metadata["managedFields"] === undefined
            ? causes(body)
            : { ...body, metadata: { ...metadata, managedFields: owners(metadata["managedFields"]) } }
      }
    })
  )
