/** What the containers of a namespace use now, as a metrics server would tell it: of CPU the average of the last half minute. */
import type { ContainerUsage, Usage } from "@aiopslab/kubernetes/server/ResourceMetrics"
import { footprintOf } from "@aiopslab/telemetry/ContainerSeries"
import * as MemoryUse from "../kubelet/MemoryUse.ts"
import type { World } from "../World.ts"
import { counters } from "./Traffic.ts"

export const windowMillis = 30_000

/** By pod uid; pods of which no container has run for the whole of the window are left out. */
export const podMetrics = (world: World, namespace: string): ReadonlyMap<string, ReadonlyArray<ContainerUsage>> => {
  const since = world.now - windowMillis
  const used = counters(world, { namespace, since, until: world.now })
  const out = new Map<string, Array<ContainerUsage>>()
  for (const container of world.containers.values()) {
    const { image, key, name, namespace: within, podUid, state } = container
    if (within !== namespace || state._tag !== "Running" || state.startedAt > since) continue
    const { idleCpuMillis } = footprintOf(image)
    const cpu = Math.round(idleCpuMillis + ((used.get(key)?.cpuMillis ?? 0) * 1000) / windowMillis)
    const metrics = { name, cpu, memory: MemoryUse.of(world, container) }
    const known = out.get(podUid)
    if (known === undefined) out.set(podUid, [metrics])
    else known.push(metrics)
  }
  return out
}

/** Of all namespaces. */
export const usage = (world: World): Usage => {
  const namespaces = new Set(Array.from(world.containers.values(), ({ namespace }) => namespace))
  return {
    at: world.now,
    windowMillis,
    pods: new Map([...namespaces].flatMap((namespace) => [...podMetrics(world, namespace)]))
  }
}
