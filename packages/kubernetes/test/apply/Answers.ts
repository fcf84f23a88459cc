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

const causes = (body: Readonly<Record<string, unknown>>): unknown => {
  const details = record(body["details"])
  return Array.isArray(details["causes"])
    ? { ...body, details: { ...details, causes: details["causes"].toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) } }
    : body
}

export const answers = (api: KubeApi, sequence: ReadonlyArray<KubeRequest>): Effect.Effect<ReadonlyArray<Steps.Answer>> =>
  Effect.forEach(sequence, (step) =>
    Effect.map(Steps.answer(api, step, "with owners"), (answer) => {
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
