/** The requests of a golden file, sent one after another to a new bare API server, and their answers in a form that can be compared. */
import type { KubeApi, KubeRequest } from "@aiopslab/core/Kubernetes"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

export const Step = Schema.Struct({
  method: Schema.Literals(["GET", "POST", "PUT", "PATCH", "DELETE"]),
  path: Schema.String,
  query: Schema.optionalKey(Schema.Record(Schema.String, Schema.String)),
  body: Schema.optionalKey(Schema.Unknown),
  contentType: Schema.optionalKey(Schema.String),
  accept: Schema.optionalKey(Schema.String),
  /** Milliseconds that the real server's own controllers need after it. */
  wait: Schema.optionalKey(Schema.Int)
})

export interface Answer {
  readonly code: number
  readonly body: unknown
  readonly warnings: ReadonlyArray<string>
}

type Owners = "with owners" | "without owners"

const dropped: ReadonlySet<string> = new Set(["description", "serverAddressByClientCIDRs"])
const opaque: ReadonlySet<string> = new Set(["uid", "resourceVersion", "creationTimestamp", "nodePort", "continue"])

const text = (value: string): string =>
  value
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g, "<uid>")
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, "<time>")
    .replace(/^10\.96\.\d+\.\d+$/, "<address>")
    .replace(/^\d+m?\d*s$/, "<age>")
    .replace(/^(\d+):3\d{4}\/TCP$/, "$1:<port>/TCP")
    .replace(/^x-[a-z0-9]{5}$/, "x-<suffix>")

/** Without what differs between two servers by nature. */
const normal = (value: unknown, owners: Owners, key = ""): unknown => {
  if (Array.isArray(value)) return value.map((item) => normal(item, owners, key))
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(
      Object.entries(value)
        .filter(([name, item]) => !dropped.has(name) && (name !== "managedFields" || owners === "with owners") && item !== undefined)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        // Go writes some empty lists as null
        .map(([name, item]) => [name, name === "rows" && item === null ? [] : normal(item, owners, name)])
    )
  }
  if (opaque.has(key) && value !== "") return `<${key}>`
  return typeof value === "string" ? text(value) : value
}

export const answer = (api: KubeApi, step: KubeRequest, owners: Owners = "without owners"): Effect.Effect<Answer> =>
  api.request(step).pipe(
    Effect.map((reply) => ({
      code: reply.code,
      body: normal(reply.body, owners),
      warnings: (reply.warnings ?? []).map((warning) => warning.replaceAll('\\"', '"'))
    })),
    Effect.catch((status) =>
      Effect.succeed({
        code: status.code,
        body: normal(
          { reason: status.reason === "Unknown" ? "" : status.reason, message: status.message, details: status.details },
          owners
        ),
        warnings: []
      })
    )
  )
