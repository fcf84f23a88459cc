/** Which of the users' operations a service's network carries. */
import type { Operation, Topology } from "@aiopslab/core/Topology"

interface Call {
  readonly from: string
  readonly to: string
}

/** Every call that a request of the operation may make, also those that only a cache's miss does. */
const callsOf = ({ services }: Topology, operation: Operation): ReadonlyArray<Call> => {
  const calls: Array<Call> = []
  const seen = new Set<string>()
  const visit = (service: string, handler: string): void => {
    const key = `${service} ${handler}`
    if (seen.has(key)) return
    seen.add(key)
    for (const { handler: next, to } of services[service]?.handlers[handler]?.calls.flat() ?? []) {
      calls.push({ from: service, to })
      if (next !== undefined) visit(to, next)
    }
  }
  visit(operation.service, operation.handler)
  return calls
}

/** Names of operations with a message that leaves `service`, for `to` if that is given; users wait for the answers of the entry. */
export const affected = (topology: Topology, service: string, to: string | undefined): ReadonlyArray<string> =>
  Object.entries(topology.operations).flatMap(([name, operation]) => {
    const ends = callsOf(topology, operation).map(({ from, to: other }) =>
      from === service ? other : other === service ? from : undefined
    )
    const isHit = to === undefined ? operation.service === service || ends.some((end) => end !== undefined) : ends.includes(to)
    return isHit ? [name] : []
  })
