/** What one request costs each container it goes through: CPU and bytes on the network. Constants of the branch, not of the request. */
import type { Branch, Run, Visit } from "./Walk.ts"
import type { Protocol } from "./Failure.ts"

export interface Usage {
  /** Requests that reached it. */
  readonly requests: number
  readonly cpuMillis: number
  readonly receivedBytes: number
  readonly receivedPackets: number
  readonly sentBytes: number
  readonly sentPackets: number
}

export const nothing: Usage = { requests: 0, cpuMillis: 0, receivedBytes: 0, receivedPackets: 0, sentBytes: 0, sentPackets: 0 }

export const plus = (a: Usage, b: Usage, times = 1): Usage => ({
  requests: a.requests + b.requests * times,
  cpuMillis: a.cpuMillis + b.cpuMillis * times,
  receivedBytes: a.receivedBytes + b.receivedBytes * times,
  receivedPackets: a.receivedPackets + b.receivedPackets * times,
  sentBytes: a.sentBytes + b.sentBytes * times,
  sentPackets: a.sentPackets + b.sentPackets * times
})

interface Message {
  readonly request: number
  readonly reply: number
  /** CPU of a store that answers, in milliseconds. */
  readonly cpuMillis: number
}

/** Bytes with all headers, of small messages; a message is a packet here. */
const messages: Readonly<Record<Protocol, Message>> = {
  http: { request: 420, reply: 2600, cpuMillis: 0.3 },
  grpc: { request: 240, reply: 520, cpuMillis: 0.2 },
  mongodb: { request: 330, reply: 900, cpuMillis: 0.35 },
  memcached: { request: 120, reply: 640, cpuMillis: 0.03 },
  redis: { request: 120, reply: 400, cpuMillis: 0.03 },
  sql: { request: 300, reply: 900, cpuMillis: 0.5 },
  tcp: { request: 200, reply: 200, cpuMillis: 0.1 }
}

/** A SYN and its RST. */
const refusedBytes = 60

type ByContainer = Map<string, Usage>

const add = (out: ByContainer, container: string, usage: Partial<Usage>): void => {
  out.set(container, plus(out.get(container) ?? nothing, { ...nothing, ...usage }))
}

const called = (out: ByContainer, run: Run, caller: string | undefined): void => {
  const { cpuMillis, reply, request } = messages[run.protocol]
  const reached = run.place !== undefined
  if (caller !== undefined) {
    const bytes = reached ? { sent: request, received: reply } : { sent: refusedBytes, received: refusedBytes }
    add(out, caller, { sentBytes: bytes.sent, sentPackets: 1, receivedBytes: bytes.received, receivedPackets: 1 })
  }
  if (run.place === undefined) return
  add(out, run.place.key, { requests: 1, receivedBytes: request, receivedPackets: 1, sentBytes: reply, sentPackets: 1 })
  if (run.visit === undefined) add(out, run.place.key, { cpuMillis })
  else visited(out, run.visit)
}

const visited = (out: ByContainer, visit: Visit): void => {
  add(out, visit.place.key, { cpuMillis: visit.handler.cpuMillis })
  for (const run of visit.groups.flat()) called(out, run, visit.place.key)
}

const usages = new WeakMap<Branch, ReadonlyMap<string, Usage>>()

/** By container (`podUid/name`). */
export const usageOf = (branch: Branch): ReadonlyMap<string, Usage> => {
  const known = usages.get(branch)
  if (known !== undefined) return known
  const made: ByContainer = new Map()
  called(made, branch.root, undefined)
  usages.set(branch, made)
  return made
}
