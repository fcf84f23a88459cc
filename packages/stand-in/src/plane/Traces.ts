/** Spans that containers reported, by trace, the oldest traces forgotten. */
import type { Range, Span } from "@aiopslab/core/Telemetry"

/** As many traces are kept: an hour of ten requests a second. */
const most = 36_000

export interface Traces {
  readonly add: (spans: ReadonlyArray<Span>) => void
  /** Whole traces that began in the range, trace by trace by start; the latest `limit`. */
  readonly find: (query: Range & { readonly limit: number }) => ReadonlyArray<Span>
}

const startOf = (spans: ReadonlyArray<Span>): number => Math.min(...spans.map(({ start }) => start))

export const make = (): Traces => {
  const traces = new Map<string, Array<Span>>()
  return {
    add: (spans) => {
      for (const span of spans) {
        const known = traces.get(span.traceId)
        if (known === undefined) traces.set(span.traceId, [span])
        else known.push(span)
      }
      for (const id of traces.keys()) {
        if (traces.size <= most) break
        traces.delete(id)
      }
    },
    find: ({ limit, since, until }) => {
      const found = [...traces.values()]
        .filter((spans) => spans.some(({ parentId }) => parentId === undefined))
        .map((spans) => ({ spans, start: startOf(spans) }))
        .filter(({ start }) => start >= since && start < until)
        .sort((a, b) => a.start - b.start)
      return found.slice(Math.max(0, found.length - limit)).flatMap(({ spans }) => spans.toSorted((a, b) => a.start - b.start))
    }
  }
}
