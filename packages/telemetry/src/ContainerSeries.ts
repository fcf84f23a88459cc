/**
 * The `container_*` series of cAdvisor, from what is known of a container at each point: counters begin anew with each start, memory grows
 * from a base of the program's kind and wobbles by seed, limits are the pod's. Names, units and labels are cAdvisor's and the kubelet's.
 */
import type { Series } from "@aiopslab/core/Telemetry"

/** Whose series they are. */
export interface Subject {
  readonly namespace: string
  readonly pod: string
  readonly container: string
  readonly image: string
  readonly node: string
}

/** A running container at one moment. */
export interface Sample {
  /** Milliseconds since the epoch, as the next two. */
  readonly at: number
  readonly startedAt: number
  readonly podStartedAt: number
  /** Of requests, since the container's start. */
  readonly requestCpuMillis: number
  readonly requests: number
  /** Of the pod's network, since the pod's start. */
  readonly receivedBytes: number
  readonly receivedPackets: number
  readonly sentBytes: number
  readonly sentPackets: number
  /** Cores; undefined: no limit. */
  readonly cpuLimit: number | undefined
  /** Bytes; undefined: no limit. */
  readonly memoryLimit: number | undefined
  /** Bytes that its program says it holds; undefined: what its kind needs. */
  readonly memoryHeld: number | undefined
}

/** What a program of a kind needs when nobody asks anything of it. */
export interface Footprint {
  /** At most, beside what is cached. */
  readonly memoryBytes: number
  /** Of memory mapped from files. */
  readonly mappedBytes: number
  readonly cacheBytes: number
  /** Milliseconds of CPU in a second. */
  readonly idleCpuMillis: number
  /** CPU of the first seconds, in milliseconds. */
  readonly startCpuMillis: number
  readonly threads: number
  readonly files: number
  readonly sockets: number
}

const mebi = 1024 * 1024
const page = 4096

const footprints: ReadonlyArray<readonly [pattern: RegExp, footprint: Footprint]> = [
  [
    /mongo/u,
    {
      memoryBytes: 92 * mebi,
      mappedBytes: 38 * mebi,
      cacheBytes: 46 * mebi,
      idleCpuMillis: 5.5,
      startCpuMillis: 900,
      threads: 33,
      files: 61,
      sockets: 7
    }
  ],
  [
    /memcached/u,
    { memoryBytes: 3 * mebi, mappedBytes: mebi, cacheBytes: 0, idleCpuMillis: 0.15, startCpuMillis: 10, threads: 10, files: 26, sockets: 4 }
  ],
  [
    /redis|valkey/u,
    {
      memoryBytes: 4 * mebi,
      mappedBytes: 2 * mebi,
      cacheBytes: 0,
      idleCpuMillis: 1.2,
      startCpuMillis: 15,
      threads: 5,
      files: 18,
      sockets: 4
    }
  ],
  [
    /consul/u,
    {
      memoryBytes: 44 * mebi,
      mappedBytes: 30 * mebi,
      cacheBytes: 18 * mebi,
      idleCpuMillis: 6,
      startCpuMillis: 350,
      threads: 11,
      files: 34,
      sockets: 20
    }
  ],
  [
    /jaeger/u,
    {
      memoryBytes: 21 * mebi,
      mappedBytes: 14 * mebi,
      cacheBytes: 6 * mebi,
      idleCpuMillis: 1.4,
      startCpuMillis: 180,
      threads: 12,
      files: 28,
      sockets: 19
    }
  ],
  [
    /pause/u,
    { memoryBytes: 0.4 * mebi, mappedBytes: 0, cacheBytes: 0, idleCpuMillis: 0, startCpuMillis: 2, threads: 1, files: 3, sockets: 0 }
  ]
]

/** A small Go service. */
const service: Footprint = {
  memoryBytes: 11 * mebi,
  mappedBytes: 7 * mebi,
  cacheBytes: 2 * mebi,
  idleCpuMillis: 0.5,
  startCpuMillis: 60,
  threads: 9,
  files: 17,
  sockets: 9
}

export const footprintOf = (image: string): Footprint => footprints.find(([pattern]) => pattern.test(image))?.[1] ?? service

/** Uniform in [0, 1) for a container, a metric and a moment. */
export type Noise = (name: string, at: number) => number

interface At {
  readonly sample: Sample
  readonly footprint: Footprint
  readonly memory: Memory
  readonly noise: Noise
}

type Value = (at: At) => number

const seconds = (millis: number): number => Math.max(0, millis) / 1000
const age = ({ sample }: At): number => seconds(sample.at - sample.startedAt)
const wobble =
  (name: string, share: number): Value =>
  ({ noise, sample }) =>
    1 + (noise(name, sample.at) - 0.5) * 2 * share

/** What a container uses of memory at a moment, in bytes. */
export interface Memory {
  readonly rss: number
  readonly cache: number
  /** What the kubelet counts: the rest of the cache can be given back. */
  readonly workingSet: number
}

/**
 * Of a program that says what it holds, just that. Else a heap that fills over minutes and is collected now and then, up to what programs of
 * the image's kind need.
 */
export const memoryOf = (
  image: string,
  { at, memoryHeld, startedAt }: Pick<Sample, "at" | "memoryHeld" | "startedAt">,
  noise: Noise
): Memory => {
  if (memoryHeld !== undefined) return { rss: memoryHeld, cache: 0, workingSet: memoryHeld }
  const { cacheBytes, memoryBytes } = footprintOf(image)
  const share = 0.76 + Math.min(1, seconds(at - startedAt) / 600) * 0.21 + (noise("rss", at) - 0.5) * 0.06
  const rss = Math.round((memoryBytes * share) / page) * page
  return { rss, cache: cacheBytes, workingSet: rss + Math.round((cacheBytes * 0.4) / page) * page }
}

/** The most that `workingSet` comes to. */
export const mostMemoryOf = (image: string, memoryHeld: number | undefined): number => {
  const { cacheBytes, memoryBytes } = footprintOf(image)
  return memoryHeld ?? memoryBytes + Math.round((cacheBytes * 0.4) / page) * page
}

const rss: Value = ({ memory }) => memory.rss
const workingSet: Value = ({ memory }) => memory.workingSet
const usage: Value = ({ memory }) => memory.rss + memory.cache

const cpuSeconds: Value = (at) =>
  (at.sample.requestCpuMillis + at.footprint.idleCpuMillis * age(at) + at.footprint.startCpuMillis * Math.min(1, age(at) / 2)) / 1000

const load: Value = (at) => Math.round(age(at) === 0 ? 0 : (cpuSeconds(at) / age(at)) * 1000 * wobble("load", 0.2)(at)) / 1000

const pageFaults: Value = (at) => Math.round((rss(at) / page) * 1.3) + at.sample.requests
const written: Value = (at) => Math.floor(age(at) / 10) * (at.footprint.cacheBytes > 20 * mebi ? 8192 : 0)

interface Metric {
  readonly name: string
  /** `pod`: one for the sandbox, of its network interface; no container label. */
  readonly of: "container" | "pod"
  readonly value: Value
  readonly labels?: Readonly<Record<string, string>>
}

const container = (name: string, value: Value, labels?: Readonly<Record<string, string>>): Metric => ({
  name: `container_${name}`,
  of: "container",
  value,
  ...(labels === undefined ? {} : { labels })
})

const network = (name: string, value: Value): Metric => ({
  name: `container_network_${name}`,
  of: "pod",
  value,
  labels: { interface: "eth0" }
})

const none: Value = () => 0

/** By name within a subject, as read out by `seriesOf`. */
export const metrics: ReadonlyArray<Metric> = [
  container("blkio_device_usage_total", written, { operation: "Write" }),
  container("cpu_cfs_periods_total", (at) => (at.sample.cpuLimit === undefined ? 0 : Math.floor(age(at) * 10))),
  container("cpu_cfs_throttled_periods_total", none),
  container("cpu_cfs_throttled_seconds_total", none),
  container("cpu_load_average_10s", load),
  container("cpu_system_seconds_total", (at) => cpuSeconds(at) * 0.28),
  container("cpu_usage_seconds_total", cpuSeconds, { cpu: "total" }),
  container("cpu_user_seconds_total", (at) => cpuSeconds(at) * 0.72),
  container("file_descriptors", (at) => at.footprint.files),
  container("fs_reads_bytes_total", (at) => at.footprint.mappedBytes),
  container("fs_reads_total", (at) => Math.round(at.footprint.mappedBytes / 65536)),
  container("fs_usage_bytes", (at) => 24576 + written(at)),
  container("fs_writes_bytes_total", written),
  container("fs_writes_total", (at) => written(at) / 4096),
  container("last_seen", ({ sample }) => Math.floor(sample.at / 1000)),
  container("memory_cache", ({ memory }) => memory.cache),
  container("memory_failcnt", none),
  container("memory_failures_total", pageFaults, { failure_type: "pgfault", scope: "container" }),
  container("memory_mapped_file", (at) => at.footprint.mappedBytes),
  container(
    "memory_max_usage_bytes",
    ({ footprint, memory, sample }) => (sample.memoryHeld ?? Math.round(footprint.memoryBytes)) + memory.cache
  ),
  container("memory_rss", rss),
  container("memory_swap", none),
  container("memory_usage_bytes", usage),
  container("memory_working_set_bytes", workingSet),
  network("receive_bytes_total", ({ sample }) => sample.receivedBytes),
  network("receive_errors_total", none),
  network("receive_packets_dropped_total", none),
  network("receive_packets_total", ({ sample }) => sample.receivedPackets),
  network("transmit_bytes_total", ({ sample }) => sample.sentBytes),
  network("transmit_errors_total", none),
  network("transmit_packets_dropped_total", none),
  network("transmit_packets_total", ({ sample }) => sample.sentPackets),
  container("processes", () => 1),
  container("sockets", (at) => at.footprint.sockets),
  container("spec_cpu_quota", ({ sample }) => (sample.cpuLimit ?? 0) * 100_000),
  container("spec_memory_limit_bytes", ({ sample }) => sample.memoryLimit ?? 0),
  container("start_time_seconds", ({ sample }) => Math.floor(sample.startedAt / 1000)),
  container("threads", (at) => at.footprint.threads),
  container("threads_max", none)
]

const byName = new Map(metrics.map((metric) => [metric.name, metric]))

const labelsOf = (subject: Subject, metric: Metric): Readonly<Record<string, string>> => ({
  namespace: subject.namespace,
  pod: subject.pod,
  node: subject.node,
  ...(metric.of === "container" ? { container: subject.container, image: subject.image } : {}),
  ...metric.labels
})

/**
 * The labels of a sample of a real cAdvisor, as `seriesOf` would have them; undefined for one that is none of these series: of another
 * metric, of a pod's cgroup as a whole, of another interface.
 */
export const adopted = (
  name: string,
  node: string,
  labels: Readonly<Record<string, string>>
): Readonly<Record<string, string>> | undefined => {
  const { container: containerName = "", image = "", namespace = "", pod = "" } = labels
  const metric = byName.get(name)
  if (metric === undefined || namespace === "" || pod === "" || (metric.of === "container" && containerName === "")) return undefined
  if (Object.entries(metric.labels ?? {}).some(([label, value]) => labels[label] !== value)) return undefined
  return labelsOf({ namespace, pod, container: containerName, image, node }, metric)
}

/** The series of one container; `firstOfPod` also has those of the pod. Samples are by time, one for each point at which it ran. */
export const seriesOf = (
  subject: Subject,
  samples: ReadonlyArray<Sample>,
  noise: Noise,
  role: "first-of-pod" | "further"
): ReadonlyArray<Series> => {
  const footprint = footprintOf(subject.image)
  const moments = samples.map((sample): At => ({ sample, footprint, memory: memoryOf(subject.image, sample, noise), noise }))
  return metrics
    .filter(({ of }) => of === "container" || role === "first-of-pod")
    .map((metric) => ({
      name: metric.name,
      labels: labelsOf(subject, metric),
      points: moments.map((at) => [at.sample.at, metric.value(at)] as const)
    }))
}
