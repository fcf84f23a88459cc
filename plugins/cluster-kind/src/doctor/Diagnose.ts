/** Whether this machine can hold Kind clusters, and how many. */
import type { ClusterProvider, Diagnosis } from "@aiopslab/core/ClusterProvider"
import * as Effect from "effect/Effect"
import type { ChildProcessSpawner } from "effect/process/ChildProcessSpawner"
import * as Result from "effect/Result"
import type { KindConfig } from "../Config.ts"
import { dockerOf } from "./Docker.ts"
import { type Facts, read } from "./Facts.ts"
import * as Probes from "./Probes.ts"

/** Of the free memory, what clusters' nodes may take: their pods need some, too. */
const share = 0.5

const nodesOf = ({ nodes = 1 }: KindConfig): number => nodes + 1

/** From what was read; `nodes` of each cluster, the control plane included. */
export const judge = (facts: Facts, nodes: number): Diagnosis => {
  const { kernel } = facts
  const info = dockerOf(facts.docker)
  const sameKernel = info?.KernelVersion === kernel.release ? "same" : "other"
  const config = sameKernel === "same" ? kernel.config : undefined
  const memory = Probes.memoryOf(kernel.memory, info, sameKernel)
  const disk = Result.isSuccess(facts.disk) && sameKernel === "same" ? Probes.diskOf(facts.disk.success) : undefined
  const findings = [
    Probes.docker(facts.docker, info),
    Probes.kind(facts.kind),
    Probes.kubectl(facts.kubectl),
    Probes.cgroups(info),
    Probes.inotify("watches", kernel.inotifyWatches),
    Probes.inotify("instances", kernel.inotifyInstances),
    Probes.memory(memory, nodes),
    Probes.cores(info),
    Probes.disk(disk, nodes),
    Probes.ports(kernel.portRange, kernel.sockets),
    Probes.netem(config),
    Probes.statistic(config),
    Probes.impairing(config),
    Probes.ebpf(config, kernel.types)
  ]
  const usable = findings.every(({ status }) => status !== "missing")
  const fit = Math.min(
    info?.NCPU ?? 1,
    Math.floor(((memory ?? 0) * share) / (nodes * Probes.nodeMemory)),
    disk === undefined ? Number.POSITIVE_INFINITY : Math.floor(disk / (nodes * Probes.nodeDisk))
  )
  return { findings, clusters: usable ? Math.max(1, fit) : 0 }
}

export const diagnose: NonNullable<ClusterProvider["diagnose"]> = Effect.map(read, (facts) => judge(facts, nodesOf({})))

/** How many clusters of this size fit; at least one, so that making it says what is missing. */
export const fits = (config: KindConfig): Effect.Effect<number, never, ChildProcessSpawner> =>
  Effect.map(read, (facts) => Math.max(1, judge(facts, nodesOf(config)).clusters))
