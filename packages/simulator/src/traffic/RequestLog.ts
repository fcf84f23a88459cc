/** What requests leave in the logs of the containers they go through. A handler writes when it is done. */
import type { Request } from "./Requests.ts"
import type { Visit } from "./Walk.ts"

export interface RequestLine {
  /** Milliseconds since the epoch. */
  readonly time: number
  readonly line: string
}

const rfc3339 = (millis: number): string => `${new Date(millis).toISOString().slice(0, 19)}Z`

/** A line of a handler's log, of a request of this user's. */
export const filled = (template: string, user: { readonly method: string; readonly path: string }, time: number, error: string): string =>
  template.replace(/\{(method|path|error|time)\}/gu, (_, name: string) => {
    switch (name) {
      case "method":
        return user.method
      case "path":
        return user.path
      case "error":
        return error
      default:
        return rfc3339(time)
    }
  })

const written = (request: Request, visit: Visit, container: string, out: Array<RequestLine>): void => {
  const { log } = visit.handler
  if (visit.place.key === container && log !== undefined) {
    const { stretch, timing } = request
    const time = Math.floor(request.at + ((timing.offsets[visit.index] ?? 0) + (timing.durations[visit.index] ?? 0)) * stretch)
    const add = (template: string | undefined, error: string) => {
      if (template !== undefined) out.push({ time, line: filled(template, request.operation, time, error) })
    }
    for (const error of visit.ignored) add(log.failed, error)
    if (visit.failure === undefined) add(log.ok, "")
    else add(log.failed, visit.failure)
  }
  for (const group of visit.groups) for (const run of group) if (run.visit !== undefined) written(request, run.visit, container, out)
}

/** The lines of one request in one container (`podUid/name`), in the order in which they were written. */
export const linesOf = (request: Request, container: string): ReadonlyArray<RequestLine> => {
  const { visit } = request.way.branch.root
  if (visit === undefined) return []
  const out: Array<RequestLine> = []
  written(request, visit, container, out)
  return out
}
