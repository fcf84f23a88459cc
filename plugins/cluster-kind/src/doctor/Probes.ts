/** Each thing that Kind clusters need of a machine, judged from a text. Total: a text that says nothing makes a warning. */
import type { Finding } from "@aiopslab/core/ClusterProvider"
import type { LabError } from "@aiopslab/core/LabError"
import * as Result from "effect/Result"
import type { DockerInfo } from "./Docker.ts"

const gib = 1024 ** 3

/** Of memory and disk that one node takes, measured with the nodes of Kubernetes 1.34: memory at rest, disk of its layers. */
export const nodeMemory = 0.55 * gib
export const nodeDisk = 1 * gib

const ok = (name: string, found: string): Finding => ({ name, status: "ok", found, advice: "" })
const warn = (name: string, found: string, advice: string): Finding => ({ name, status: "warn", found, advice })
const missing = (name: string, found: string, advice: string): Finding => ({ name, status: "missing", found, advice })

const inGib = (bytes: number): string => `${(bytes / gib).toFixed(1)} GiB`

/** The first whole number of a text. */
const numberIn = (text: string | undefined): number | undefined => {
  const found = /\d+/u.exec(text ?? "")?.[0]
  return found === undefined ? undefined : Number(found)
}

const versionIn = (text: string): string => /v?\d+\.\d+\.\d+\S*/u.exec(text)?.[0] ?? text.trim()

export const docker = (text: Result.Result<string, LabError>, info: DockerInfo | undefined): Finding => {
  if (info !== undefined) return ok("docker", `${info.ServerVersion}, ${info.OperatingSystem}`)
  return Result.isFailure(text)
    ? missing("docker", text.failure.text, text.failure.hint)
    : missing("docker", "no daemon answers", "Start Docker, and see that `docker ps` works for this user (group `docker`, or DOCKER_HOST).")
}

export const kind = (text: Result.Result<string, LabError>): Finding =>
  Result.isSuccess(text)
    ? ok("kind", versionIn(text.success))
    : missing("kind", text.failure.text, "Install it: https://kind.sigs.k8s.io/docs/user/quick-start/#installation")

export const kubectl = (text: Result.Result<string, LabError>): Finding =>
  Result.isSuccess(text)
    ? ok("kubectl", versionIn(text.success))
    : warn("kubectl", text.failure.text, "Nothing here needs it; install it to look into clusters yourself.")

export const cgroups = (info: DockerInfo | undefined): Finding => {
  if (info?.CgroupVersion === "2") return ok("cgroups", "version 2")
  return info?.CgroupVersion === "1"
    ? warn("cgroups", "version 1", "Kubelets from 1.35 on refuse it: use a node image of 1.34 or older, or boot with version 2.")
    : warn("cgroups", "cannot be told", "")
}

/** kind's own advice, below which more than one cluster fails in odd ways. */
const inotifyNeeds = { watches: 524_288, instances: 512 } as const

export const inotify = (what: keyof typeof inotifyNeeds, text: string | undefined): Finding => {
  const name = `inotify ${what}`
  const found = numberIn(text)
  if (found === undefined) return warn(name, "cannot be told", "")
  const needed = inotifyNeeds[what]
  return found >= needed
    ? ok(name, String(found))
    : warn(name, String(found), `Raise it: \`sysctl -w fs.inotify.max_user_${what}=${needed}\`.`)
}

/** Bytes: what is free now where the daemon runs on this kernel, else what the daemon's machine has. */
export const memoryOf = (meminfo: string | undefined, info: DockerInfo | undefined, sameKernel: "same" | "other"): number | undefined => {
  const available = /^MemAvailable:\s+(\d+) kB$/mu.exec(meminfo ?? "")?.[1]
  return sameKernel === "same" && available !== undefined ? Number(available) * 1024 : info?.MemTotal
}

export const memory = (bytes: number | undefined, nodes: number): Finding => {
  if (bytes === undefined) return warn("memory", "cannot be told", "")
  const needed = nodes * nodeMemory
  if (bytes < needed)
    return missing("memory", `${inGib(bytes)} free`, `A cluster of ${nodes} nodes takes ${inGib(needed)}, and its pods more.`)
  return bytes < 4 * gib
    ? warn("memory", `${inGib(bytes)} free`, "Enough for a cluster, little for an application of twenty pods.")
    : ok("memory", `${inGib(bytes)} free`)
}

export const cores = (info: DockerInfo | undefined): Finding => {
  if (info === undefined) return warn("cores", "cannot be told", "")
  return info.NCPU > 1
    ? ok("cores", String(info.NCPU))
    : warn("cores", String(info.NCPU), "Clusters start slowly on one; raise the deadlines.")
}

/** Bytes that are free, of `df -Pk`. */
export const diskOf = (df: string): number | undefined => {
  const [, line = ""] = df.trim().split("\n")
  const available = Number(line.trim().split(/\s+/u)[3])
  return Number.isFinite(available) ? available * 1024 : undefined
}

export const disk = (bytes: number | undefined, nodes: number): Finding => {
  if (bytes === undefined) return warn("disk", "cannot be told", "")
  const found = `${inGib(bytes)} free`
  if (bytes < nodes * nodeDisk)
    return missing("disk", found, `A cluster of ${nodes} nodes takes ${inGib(nodes * nodeDisk)}, and images more.`)
  return bytes < 10 * gib
    ? warn("disk", found, "Images of applications may not fit; `docker system df` shows what could go.")
    : ok("disk", found)
}

/** Of the range that the kernel gives away, those on which nobody listens. */
export const ports = (range: string | undefined, sockets: string | undefined): Finding => {
  const [from, to] = (range ?? "").trim().split(/\s+/u).map(Number)
  if (from === undefined || to === undefined || !(to >= from)) return warn("ports", "cannot be told", "")
  const listening = new Set(
    (sockets ?? "").split("\n").flatMap((line) => {
      const found = /^\s*\d+: [0-9A-F]+:([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} 0A /u.exec(line)?.[1]
      const port = found === undefined ? -1 : Number.parseInt(found, 16)
      return port >= from && port <= to ? [port] : []
    })
  )
  const free = to - from + 1 - listening.size
  return free > 100
    ? ok("ports", `${free} free`)
    : warn("ports", `${free} free`, "Each cluster's API server takes one; widen net.ipv4.ip_local_port_range.")
}

const built = (config: string | undefined, option: string): "in" | "module" | "absent" | "unknown" => {
  if (config === undefined) return "unknown"
  const value = new RegExp(`^${option}=(y|m)$`, "mu").exec(config)?.[1]
  return value === "y" ? "in" : value === "m" ? "module" : "absent"
}

const ability = (name: string, state: ReturnType<typeof built>, without: string): Finding => {
  switch (state) {
    case "in":
      return ok(name, "built in")
    case "module":
      return ok(name, "a module, loaded when it is used")
    case "absent":
      return warn(name, "not in this kernel", without)
    case "unknown":
      return warn(name, "cannot be told: the kernel does not show how it was built", without)
  }
}

export const netem = (config: string | undefined): Finding =>
  ability("netem", built(config, "CONFIG_NET_SCH_NETEM"), "Without it faults of the network go by a relay of ours.")

export const statistic = (config: string | undefined): Finding =>
  ability("iptables statistic", built(config, "CONFIG_NETFILTER_XT_MATCH_STATISTIC"), "Nothing here needs it; chaos engines of others may.")

/** What leads packets away from the pods' interfaces, wherever they go then. */
const leading = ["CONFIG_NET_SCH_INGRESS", "CONFIG_NET_CLS_U32", "CONFIG_NET_ACT_MIRRED"]

/** Which driver faults of the network get. */
export const impairing = (config: string | undefined): Finding => {
  const name = "network faults"
  if (config === undefined)
    return warn(name, "cannot be told: the kernel does not show how it was built", "The log of a node's agent says it.")
  const absent = (options: ReadonlyArray<string>) => options.filter((option) => built(config, option) === "absent")
  const netemNeeds = [...leading, "CONFIG_NET_SCH_NETEM", "CONFIG_IFB"]
  if (absent(netemNeeds).length === 0) return ok(name, "by netem")
  const without = absent([...leading, "CONFIG_VXLAN"])
  return without.length === 0
    ? ok(name, "by a relay, which VXLAN carries packets to")
    : warn(name, `the kernel has no ${without.join(", ")}`, "Trials with such faults end with an error of the environment.")
}

export const ebpf = (config: string | undefined, types: "there" | "absent"): Finding => {
  const state = built(config, "CONFIG_BPF_SYSCALL")
  return (state === "in" || state === "unknown") && types === "there"
    ? ok("eBPF", "with the kernel's types")
    : warn(
        "eBPF",
        types === "there" ? "not in this kernel" : "without the kernel's types",
        "Nothing here needs it yet; tracers of others do."
      )
}
