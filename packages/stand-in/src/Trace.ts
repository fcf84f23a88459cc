/** Which trace a request belongs to, as it travels beside it: W3C Trace Context, and what its user asked for. */

export interface Trace {
  /** 32 hexadecimal digits. */
  readonly traceId: string
  /** 16 hexadecimal digits: the span that the next one is a child of; undefined at the user. */
  readonly parentId: string | undefined
  /** Method and path of the user's request, for log lines. */
  readonly method: string
  readonly path: string
}

/** One that a request is sent with: it has a span that sends it. */
export interface Child extends Trace {
  readonly parentId: string
}

export const headersOf = ({ method, parentId, path, traceId }: Child): Readonly<Record<string, string>> => ({
  traceparent: `00-${traceId}-${parentId}-01`,
  baggage: `method=${method},path=${encodeURIComponent(path)}`
})

/** Undefined when a request carries none, or none that can be read. */
export const read = (traceparent: string | undefined, baggage: string | undefined): Trace | undefined => {
  const [, traceId, parentId] = /^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/u.exec(traceparent ?? "") ?? []
  if (traceId === undefined || parentId === undefined) return undefined
  const [, method = "", path = ""] = /^method=(\w+),path=([^,;\s]*)$/u.exec(baggage ?? "") ?? []
  return { traceId, parentId, method, path: decoded(path) }
}

const decoded = (text: string): string => (/%(?![0-9a-fA-F]{2})/u.test(text) ? text : decodeURIComponent(text))
