/** Spans as OTLP's JSON has them (opentelemetry-proto, trace/v1), and back. */
import type { Span } from "@aiopslab/core/Telemetry"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

const Attribute = Schema.Struct({
  key: Schema.String,
  value: Schema.Struct({
    stringValue: Schema.optionalKey(Schema.String),
    intValue: Schema.optionalKey(Schema.Union([Schema.String, Schema.Finite])),
    doubleValue: Schema.optionalKey(Schema.Finite),
    boolValue: Schema.optionalKey(Schema.Boolean)
  })
})
type Attribute = typeof Attribute.Type

const attributes = Schema.Array(Attribute).pipe(Schema.withDecodingDefaultKey(Effect.succeed([])))

const OtlpSpan = Schema.Struct({
  traceId: Schema.String,
  spanId: Schema.String,
  parentSpanId: Schema.optionalKey(Schema.String),
  name: Schema.String,
  /** Nanoseconds since the epoch, as digits. */
  startTimeUnixNano: Schema.String,
  endTimeUnixNano: Schema.String,
  attributes,
  /** 2 is an error. */
  status: Schema.optionalKey(Schema.Struct({ code: Schema.optionalKey(Schema.Int) }))
})

export const Request = Schema.Struct({
  resourceSpans: Schema.Array(
    Schema.Struct({
      resource: Schema.optionalKey(Schema.Struct({ attributes })),
      scopeSpans: Schema.Array(Schema.Struct({ spans: Schema.Array(OtlpSpan) }))
    })
  )
})
export type Request = typeof Request.Type

const serviceName = "service.name"

const attribute = ([key, stringValue]: readonly [string, string]): Attribute => ({ key, value: { stringValue } })

const nanos = (millis: number): string => String(BigInt(Math.round(millis * 1_000)) * 1_000n)
const millis = (digits: string): number => Number(BigInt(/^\d+$/u.test(digits) ? digits : "0") / 1_000n) / 1_000

export const encode = (spans: ReadonlyArray<Span>): Request => ({
  resourceSpans: [...Map.groupBy(spans, ({ service }) => service)].map(([service, of]) => ({
    resource: { attributes: [attribute([serviceName, service])] },
    scopeSpans: [
      {
        spans: of.map((span) => ({
          traceId: span.traceId,
          spanId: span.spanId,
          ...(span.parentId === undefined ? {} : { parentSpanId: span.parentId }),
          name: span.operation,
          startTimeUnixNano: nanos(span.start),
          endTimeUnixNano: nanos(span.start + span.duration),
          attributes: Object.entries(span.tags).map(attribute),
          ...(span.error ? { status: { code: 2 } } : {})
        }))
      }
    ]
  }))
})

const textOf = ({ value }: Attribute): string => String(value.stringValue ?? value.intValue ?? value.doubleValue ?? value.boolValue ?? "")

export const decode = ({ resourceSpans }: Request): ReadonlyArray<Span> =>
  resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const named = resource?.attributes.find(({ key }) => key === serviceName)
    const service = named === undefined ? "unknown" : textOf(named)
    return scopeSpans.flatMap(({ spans }) =>
      spans.map((span) => ({
        traceId: span.traceId,
        spanId: span.spanId,
        ...(span.parentSpanId === undefined || span.parentSpanId === "" ? {} : { parentId: span.parentSpanId }),
        service,
        operation: span.name,
        start: millis(span.startTimeUnixNano),
        duration: millis(span.endTimeUnixNano) - millis(span.startTimeUnixNano),
        error: span.status?.code === 2,
        tags: Object.fromEntries(span.attributes.map((one) => [one.key, textOf(one)]))
      }))
    )
  })
