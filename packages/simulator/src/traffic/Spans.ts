/**
 * One request as the spans of its trace: a server span for each handler that ran, a client span for each call. Ids follow from the request's
 * key.
 */
import type { Span } from "@aiopslab/core/Telemetry"
import * as Hash from "./Hash.ts"
import type { Protocol } from "./Failure.ts"
import type { Request } from "./Requests.ts"
import * as SpanTags from "./SpanTags.ts"
import { type Run, statusBy, type Visit } from "./Walk.ts"

interface Trace {
  readonly request: Request
  readonly id: string
  readonly out: Array<Span>
}

const nameOf = (trace: Trace, service: string): string => trace.request.flow.model.topology.services[service]?.traceName ?? service

const timed = (trace: Trace, index: number) => {
  const { at, stretch, timing } = trace.request
  return {
    traceId: trace.id,
    spanId: index === rootVisit ? trace.id : Hash.id(trace.request.key, 64 + index),
    start: at + (timing.offsets[index] ?? 0) * stretch,
    duration: (timing.durations[index] ?? 0) * stretch
  }
}

/** Index of the entry's handler: the span that a trace begins with; its id is the trace's. */
const rootVisit = 1

/** Each of a container's spans by itself. */
const isLost = (trace: Trace, { unreported }: Visit, index: number): boolean =>
  unreported !== undefined && Hash.uniform(Hash.mix(trace.request.key, 0x10_0000 + index)) < unreported

const visited = (trace: Trace, visit: Visit, protocol: Protocol, parentId: string | undefined): void => {
  const span = timed(trace, visit.index)
  const { operation } = trace.request
  const server: Span = {
    ...span,
    ...(parentId === undefined ? {} : { parentId }),
    service: nameOf(trace, visit.service),
    operation: SpanTags.operationOf(protocol, visit.handlerName),
    error: visit.failure !== undefined,
    tags: SpanTags.server({
      protocol,
      pod: visit.place.pod,
      user: parentId === undefined ? { method: operation.method, path: operation.path, status: statusBy(visit) } : undefined,
      failure: visit.failure
    })
  }
  if (!isLost(trace, visit, visit.index)) trace.out.push(server)
  for (const run of visit.groups.flat()) called(trace, run, visit, span.spanId)
}

const called = (trace: Trace, run: Run, caller: Visit, parentId: string): void => {
  const span = timed(trace, run.index)
  const { failure } = run
  const client: Span = {
    ...span,
    parentId,
    service: nameOf(trace, caller.service),
    operation: SpanTags.operationOf(run.protocol, run.operation),
    error: failure !== undefined,
    tags: SpanTags.client({ protocol: run.protocol, pod: caller.place.pod, peer: run.to, failure })
  }
  if (!isLost(trace, caller, run.index)) trace.out.push(client)
  if (run.visit !== undefined) visited(trace, run.visit, run.protocol, span.spanId)
}

export const traceIdOf = (request: Request): string => Hash.id(request.key, Hash.mix(request.flow.seed, 64 + rootVisit))

/** Parents before children; empty when no handler was reached, for nobody could report a span then. */
export const spansOf = (request: Request): ReadonlyArray<Span> => {
  const trace: Trace = { request, id: traceIdOf(request), out: [] }
  const { visit } = request.way.branch.root
  if (visit !== undefined) visited(trace, visit, "http", undefined)
  return trace.out
}
