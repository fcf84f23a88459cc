/** Ends pods that take more of their node's disk than they may: pkg/kubelet/eviction, `localStorageEviction`. */
import * as Quantity from "@aiopslab/kubernetes/Quantity"
import { bits } from "../Draw.ts"
import * as Events from "../Events.ts"
import type { ContainerSpec, Pod } from "../Kinds.ts"
import type { Turn } from "../Turn.ts"
import type { PodRuntime } from "./PodRuntime.ts"
import * as Volumes from "./Volumes.ts"

const periodMillis = 10_000
/** Volumes are measured this often: pkg/kubelet/server/stats. */
const measureMillis = 60_000
const block = 4096
const resource = "ephemeral-storage"

/** Whole blocks, as the disk has them. */
const bytesOf = (files: Readonly<Record<string, string | undefined>>): number =>
  Object.values(files).reduce((sum, text) => sum + Math.ceil((text?.length ?? 0) / block) * block, 0)

const limitOf = ({ resources }: ContainerSpec): string | undefined => resources?.limits?.[resource]

const isLimited = ({ spec }: Pod): boolean =>
  spec.containers.some((one) => limitOf(one) !== undefined) ||
  spec.volumes?.some(({ emptyDir }) => emptyDir?.sizeLimit !== undefined) === true

/** When the pod is looked at next; undefined for pods without such limits. */
export const schedule = (turn: Turn, pod: Pod, { node, uid }: PodRuntime): number | undefined => {
  if (!isLimited(pod)) return undefined
  const phase = bits(turn.seed, `eviction ${node}`, 0) % periodMillis
  const at = turn.now + periodMillis - ((turn.now - phase) % periodMillis)
  turn.schedule(at, { _tag: "Pod", uid })
  return at
}

/** Why the pod has to go. */
const excess = (turn: Turn, { spec }: Pod, { startTime, uid }: PodRuntime): string | undefined => {
  const held = (volume: string): number => bytesOf(turn.volumes[Volumes.podDirectory(uid, volume)]?.files ?? {})
  const written = ({ name }: ContainerSpec): number => bytesOf(turn.containers.get(`${uid}/${name}`)?.files ?? {})
  const age = turn.now - startTime
  const isMeasured = age >= measureMillis && age % measureMillis < periodMillis
  const dirs = (spec.volumes ?? []).filter(({ emptyDir }) => emptyDir !== undefined)
  for (const { emptyDir, name } of isMeasured ? dirs : []) {
    const limit = emptyDir?.sizeLimit
    if (limit !== undefined && held(name) > Quantity.value(limit))
      return `Usage of EmptyDir volume "${name}" exceeds the limit "${limit}". `
  }
  const limits = spec.containers.flatMap((one) => limitOf(one) ?? [])
  if (limits.length === 0) return undefined
  const total = limits.slice(1).reduce<string>(Quantity.add, limits[0] ?? "0")
  const layers = spec.containers.reduce((sum, one) => sum + written(one), 0)
  const volumes = dirs.filter(({ emptyDir }) => emptyDir?.medium !== "Memory").reduce((sum, { name }) => sum + held(name), 0)
  if (layers + volumes > Quantity.value(total)) return `Pod ephemeral local storage usage exceeds the total limit of containers ${total}. `
  const fat = spec.containers.find((one) => written(one) > Quantity.value(limitOf(one) ?? "1Ei"))
  return fat === undefined ? undefined : `Container ${fat.name} exceeded its local ephemeral storage limit "${limitOf(fat) ?? ""}". `
}

/** Looks at the pod when it is time to. */
export const look = (turn: Turn, pod: Pod, runtime: PodRuntime): PodRuntime => {
  if (runtime.evictAt === undefined || turn.now < runtime.evictAt) return runtime
  const why = runtime.ending === undefined ? excess(turn, pod, runtime) : undefined
  if (why === undefined) return { ...runtime, evictAt: runtime.ending === undefined ? schedule(turn, pod, runtime) : undefined }
  Events.record(turn, pod, { component: "kubelet", host: runtime.node }, "Warning", "Evicted", why)
  return { ...runtime, evictAt: undefined, evicted: why }
}
