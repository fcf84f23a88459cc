/**
 * What observers of a cluster see: metrics, traces and the users' view of traffic. Logs are read from the Kubernetes API. All times are
 * milliseconds since the epoch on the cluster's clock; ranges are half-open, `[since, until)`.
 */
import type * as Effect from "effect/Effect"
import type { LabError } from "./LabError.ts"

export interface Range {
  readonly since: number
  readonly until: number
}

/** One time series: a metric's name (`container_cpu_usage_seconds_total`), labels, and `[time, value]` pairs by time. */
export interface Series {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly points: ReadonlyArray<readonly [number, number]>
}

export interface Span {
  readonly traceId: string
  readonly spanId: string
  readonly parentId?: string
  readonly service: string
  readonly operation: string
  /** Milliseconds since the epoch, with a fraction. */
  readonly start: number
  /** Milliseconds, with a fraction. */
  readonly duration: number
  readonly error: boolean
  readonly tags: Readonly<Record<string, string>>
}

/** What the users of one operation got in a range. */
export interface OperationStats {
  readonly operation: string
  readonly requests: number
  readonly errors: number
  /** Latency of all requests in milliseconds; 0 when there were none. */
  readonly p50: number
  readonly p99: number
}

export interface Telemetry {
  /** Container and node series of a namespace, one point every `stepSeconds`. */
  readonly metrics: (
    query: Range & { readonly namespace: string; readonly stepSeconds: number }
  ) => Effect.Effect<ReadonlyArray<Series>, LabError>
  /** Spans of whole traces, by start; at most `limit` traces, the latest first. */
  readonly traces: (query: Range & { readonly namespace: string; readonly limit: number }) => Effect.Effect<ReadonlyArray<Span>, LabError>
  /** The users' view, one entry for every operation of the workload's mix in its order. */
  readonly traffic: (query: Range & { readonly namespace: string }) => Effect.Effect<ReadonlyArray<OperationStats>, LabError>
}

/** The same without all that was before this moment: what an earlier trial left behind is no later one's to see. */
export const after = (moment: number, { metrics, traces, traffic }: Telemetry): Telemetry => {
  const late = <Query extends Range>(query: Query): Query => ({ ...query, since: Math.max(query.since, moment) })
  return {
    metrics: (query) => metrics(late(query)),
    traces: (query) => traces(late(query)),
    traffic: (query) => traffic(late(query))
  }
}
