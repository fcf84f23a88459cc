/** What pods ask of a node: cpu in thousandths, everything else in whole units. Pod specs are immutable: each is worked out once. */
import * as Quantity from "@aiopslab/kubernetes/Quantity"
import type { Pod } from "../Kinds.ts"
import { podAmounts } from "../quota/Usage.ts"

export type Requests = Readonly<Record<string, number>>

const known = new WeakMap<Pod["spec"], Requests>()

export const amount = (resource: string, quantity: unknown): number =>
  resource === "cpu" ? Quantity.milliValue(quantity) : Quantity.value(quantity)

export const of = (pod: Pod): Requests => {
  const cached = known.get(pod.spec)
  if (cached !== undefined) return cached
  const out: Record<string, number> = {}
  for (const [resource, quantity] of Object.entries(podAmounts(pod, "requests"))) out[resource] = amount(resource, quantity)
  known.set(pod.spec, out)
  return out
}

export const total = (pods: ReadonlyArray<Pod>): Requests => {
  const out: Record<string, number> = {}
  for (const pod of pods) {
    const requests = of(pod)
    for (const resource in requests) out[resource] = (out[resource] ?? 0) + (requests[resource] ?? 0)
  }
  return out
}

const leastCpu = 100
const leastMemory = 200 * 1024 * 1024

const assumedOf = new WeakMap<Pod["spec"], { readonly cpu: number; readonly memory: number }>()

/** For scoring a container that names no requests counts as 100m of cpu and 200Mi of memory. */
export const assumed = (pod: Pod): { readonly cpu: number; readonly memory: number } => {
  const cached = assumedOf.get(pod.spec)
  if (cached !== undefined) return cached
  let cpu = 0
  let memory = 0
  for (const { resources } of pod.spec.containers) {
    const { cpu: cores, memory: bytes } = resources?.requests ?? {}
    cpu += cores === undefined ? leastCpu : Quantity.milliValue(cores)
    memory += bytes === undefined ? leastMemory : Quantity.value(bytes)
  }
  const out = { cpu, memory }
  assumedOf.set(pod.spec, out)
  return out
}
