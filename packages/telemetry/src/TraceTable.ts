/** Spans as the table that the original's `get_traces` writes: one row for each span, times in microseconds as Jaeger has them. */
import type { Span } from "@aiopslab/core/Telemetry"
import { csv } from "./Csv.ts"

export const columns = [
  "trace_id",
  "span_id",
  "parent_span",
  "service_name",
  "operation_name",
  "start_time",
  "duration",
  "has_error",
  "response"
] as const

/** The HTTP status, or the class of a gRPC answer; `Unknown` when the span has neither. */
const responseOf = ({ tags }: Span): string => tags["http.status_code"] ?? tags["response_class"] ?? "Unknown"

const micros = (millis: number): number => Math.round(millis * 1000)

const row = (span: Span): ReadonlyArray<string | number> => [
  span.traceId,
  span.spanId,
  span.parentId ?? "ROOT",
  span.service,
  span.operation,
  micros(span.start),
  micros(span.duration),
  span.error ? "True" : "False",
  responseOf(span)
]

/** In the order given. Without spans it is the header alone. */
export const table = (spans: ReadonlyArray<Span>): string => csv(columns, spans.map(row))
