/** The kubelets of all nodes: each pod bound to a node is brought up, kept up and ended. Keys are `namespace/name/uid`. */
import { equal } from "@aiopslab/kubernetes/Equal"
import { kubeTime } from "@aiopslab/kubernetes/Time"
import type { Change } from "@aiopslab/kubernetes/Store"
import type { Controller } from "../Controller.ts"
import type { Container } from "../Container.ts"
import * as Events from "../Events.ts"
import type { ContainerSpec, Pod } from "../Kinds.ts"
import { asNode, asPod } from "../Kinds.ts"
import * as Writers from "../Writers.ts"
import type { Turn } from "../Turn.ts"
import { containersOf } from "../World.ts"
import * as End from "./End.ts"
import * as Eviction from "./Eviction.ts"
import * as MemoryRefusal from "./MemoryRefusal.ts"
import * as Mounts from "./Mounts.ts"
import type { ContainerRuntime, Ending, PodRuntime, Role } from "./PodRuntime.ts"
import { isOccupied } from "./PodRuntime.ts"
import * as Probes from "./Probes.ts"
import * as Program from "./Program.ts"
import * as Start from "./Start.ts"
import * as Status from "./Status.ts"
import * as Volumes from "./Volumes.ts"

/** Setting up a pod's network. */
const sandboxMillis = [250, 700] as const
/** Mounts are tried again after 500 ms, doubling to 2 min 2 s: pkg/volume/util/operationexecutor. */
const firstMountDelay = 500
const mostMountDelay = 122_000

/** Changed ConfigMaps and Secrets show with the pod's next round, which comes every 60 to 90 seconds. */
const refreshMillis = [1_000, 75_000] as const

const labelsOf = ({ metadata }: { readonly metadata: { readonly labels?: unknown; readonly annotations?: unknown } }) =>
  [metadata.labels, metadata.annotations] as const

/** What others say of the conditions that the pod's readiness depends on. */
const gatesDiffer = (pod: Pod, previous: Pod): boolean =>
  pod.spec.readinessGates?.some(({ conditionType }) => {
    const [now, before] = [pod, previous].map(({ status }) => status.conditions?.find(({ type }) => type === conditionType)?.status)
    return now !== before
  }) === true

/** Its own reports of status are no news. */
const isNews = (turn: Turn, pod: Pod, previous: Change["previous"]): boolean =>
  previous === undefined ||
  previous["spec"] !== pod.spec ||
  previous.metadata.deletionTimestamp !== pod.metadata.deletionTimestamp ||
  previous.metadata["deletionGracePeriodSeconds"] !== pod.metadata["deletionGracePeriodSeconds"] ||
  (pod.spec.volumes?.some(({ downwardAPI, projected }) => downwardAPI !== undefined || projected !== undefined) === true &&
    !equal(labelsOf(previous), labelsOf(pod))) ||
  gatesDiffer(pod, asPod(previous)) ||
  turn.get("pods", pod.metadata.namespace ?? "", pod.metadata.name)?.metadata.uid !== pod.metadata.uid

/** Pods that show the object will show it as it is now. */
const refreshLater = (turn: Turn, { object, resource }: Change): void => {
  for (const runtime of turn.pods.valuesArray()) {
    if (runtime.namespace !== object.metadata.namespace || runtime.refreshAt !== undefined || runtime.mount._tag === "Waiting") continue
    const pod = turn.get("pods", runtime.namespace, runtime.name)
    if (pod === undefined || !Volumes.shows(asPod(pod), resource, object.metadata.name)) continue
    const refreshAt = turn.now + turn.millis("refresh", ...refreshMillis)
    turn.setPod({ ...runtime, refreshAt })
    turn.schedule(refreshAt, { _tag: "Pod", uid: runtime.uid })
  }
}

export const kubelet: Controller = {
  name: "kubelet",
  resources: ["pods", "configmaps", "secrets"],
  observe: (turn, change) => {
    if (change.resource !== "pods") return refreshLater(turn, change)
    const pod = asPod(change.object)
    if ((pod.spec.nodeName ?? "") === "" || pod.metadata.uid === undefined || !isNews(turn, pod, change.previous)) return
    if (change.type === "DELETED") removed(turn, pod)
    turn.enqueue("kubelet", `${pod.metadata.namespace ?? ""}/${pod.metadata.name}/${pod.metadata.uid}`)
  },
  reconcile: (turn, key) => {
    const [namespace = "", name = "", uid = ""] = key.split("/")
    const found = turn.get("pods", namespace, name)
    const runtime = turn.pods.get(uid)
    if (found === undefined || found.metadata.uid !== uid) {
      if (runtime !== undefined) forget(turn, runtime)
      return
    }
    const pod = asPod(found)
    const node = turn.get("nodes", "", pod.spec.nodeName ?? "")
    if (node === undefined) return
    const nodeIp = asNode(node).status.addresses?.find(({ type }) => type === "InternalIP")?.address ?? ""
    if (runtime === undefined && (pod.status.phase === "Succeeded" || pod.status.phase === "Failed")) return
    const refusal = runtime === undefined ? MemoryRefusal.of(turn, pod) : undefined
    if (refusal !== undefined) return reject(turn, pod, refusal)
    look(turn, pod, withEphemerals(turn, pod, runtime ?? admit(turn, pod, uid)), nodeIp)
  }
}

/** It never begins. */
const reject = (turn: Turn, pod: Pod, why: string): void => {
  Events.record(turn, pod, { component: "kubelet", host: pod.spec.nodeName ?? "" }, "Warning", "Evicted", why)
  const status = { ...pod.status, phase: "Failed", reason: "Evicted", message: `Pod was rejected: ${why}`, startTime: kubeTime(turn.now) }
  turn.put("pods", { ...pod, status }, Writers.kubelet)
}

const look = (turn: Turn, pod: Pod, before: PodRuntime, nodeIp: string): void => {
  // what has ended is told before anything is done about it
  if (before.containers.some(({ phase }) => phase._tag === "Ended" && turn.now >= phase.noticeAt)) report(turn, before, nodeIp)
  if (before.mount._tag === "Mounted") {
    Probes.wake(turn, pod, before.uid)
    refresh(turn, pod, before)
  }
  const judged = Eviction.look(turn, pod, before)
  const why = endOf(turn, pod, judged)
  const after = why === undefined ? up(turn, pod, judged, nodeIp) : End.look(turn, pod, judged, nodeIp, why)
  const next = after.refreshAt !== undefined && turn.now >= after.refreshAt ? { ...after, refreshAt: undefined } : after
  turn.setPod(next)
  report(turn, next, nodeIp)
  // the last container's end is the beginning of the pod's
  if (why === undefined && endOf(turn, pod, next) !== undefined) turn.enqueue("kubelet", `${next.namespace}/${next.name}/${next.uid}`)
}

const refresh = (turn: Turn, pod: Pod, { refreshAt }: PodRuntime): void => {
  const isDue = refreshAt !== undefined && turn.now >= refreshAt
  if (isDue || (pod.spec.volumes ?? []).some((volume) => Volumes.isStale(turn, pod, volume)))
    Program.watching(turn, pod.metadata.uid ?? "", () => {
      Volumes.write(turn, pod)
    })
}

/** A worker that is occupied reports nothing, and nobody has seen yet what ended this very moment. */
const isSilent = (turn: Turn, { containers: all, ending, uid }: PodRuntime): boolean => {
  const isRunning = (name: string) => turn.containers.get(`${uid}/${name}`)?.state._tag === "Running"
  if (ending !== undefined) {
    // between the first container's end and the sandbox's nothing is told
    return ending.downAt === undefined
      ? all.some(({ phase, name }) => phase._tag === "Up" && !isRunning(name))
      : turn.now < ending.downAt && ending.why !== "done"
  }
  return all.some(
    (one) =>
      isOccupied(one) ||
      (one.phase._tag === "Ended" && turn.now < one.phase.noticeAt) ||
      (one.phase._tag === "Up" && (turn.now < one.phase.seenAt || !isRunning(one.name)))
  )
}

const report = (turn: Turn, runtime: PodRuntime, nodeIp: string): void => {
  const still = turn.get("pods", runtime.namespace, runtime.name)
  if (still?.metadata.uid === runtime.uid && !isSilent(turn, runtime)) Status.publish(turn, asPod(still), runtime, nodeIp)
}

/** Why the pod is to end. */
const endOf = (turn: Turn, pod: Pod, { containers: all, ending, evicted, startTime }: PodRuntime): Ending["why"] | undefined => {
  if (pod.metadata.deletionTimestamp !== undefined) return "deleted"
  if (ending !== undefined) return ending.why
  if (evicted !== undefined) return "evicted"
  const { activeDeadlineSeconds } = pod.spec
  if (activeDeadlineSeconds !== undefined && turn.now >= startTime + activeDeadlineSeconds * 1000) return "deadline"
  const mains = all.filter(({ role }) => role === "main")
  const isStuck = all.some(
    ({ name, phase, role }) => role === "init" && phase._tag === "Done" && !isDone(turn, pod.metadata.uid ?? "", name)
  )
  return isStuck || mains.every(({ phase }) => phase._tag === "Done") ? "done" : undefined
}

const runtimeOf = (spec: ContainerSpec, role: Role): ContainerRuntime => ({
  name: spec.name,
  role,
  image: spec.image,
  phase: { _tag: "Idle" },
  crash: undefined,
  pull: undefined
})

const created = (pod: Pod, uid: string, spec: ContainerSpec, reason: string): Container => ({
  key: `${uid}/${spec.name}`,
  namespace: pod.metadata.namespace ?? "",
  pod: pod.metadata.name,
  podUid: uid,
  podIp: "",
  node: pod.spec.nodeName ?? "",
  name: spec.name,
  image: spec.image,
  behaviour: undefined,
  argv: [],
  env: {},
  state: { _tag: "Waiting", reason },
  last: undefined,
  started: false,
  ready: false,
  probed: Probes.has(pod),
  restarts: 0,
  program: undefined,
  memory: undefined,
  holds: undefined,
  listening: [],
  registered: [],
  watched: [],
  files: {},
  data: {},
  lockedExcept: undefined,
  input: undefined,
  mounts: [],
  instance: undefined,
  previous: undefined,
  timers: {}
})

const admit = (turn: Turn, pod: Pod, uid: string): PodRuntime => {
  const inits = pod.spec.initContainers ?? []
  for (const spec of pod.spec.containers)
    turn.setContainer(created(pod, uid, spec, inits.length === 0 ? "ContainerCreating" : "PodInitializing"))
  for (const spec of inits) turn.setContainer(created(pod, uid, spec, "PodInitializing"))
  const { activeDeadlineSeconds } = pod.spec
  if (activeDeadlineSeconds !== undefined) turn.schedule(turn.now + activeDeadlineSeconds * 1000, { _tag: "Pod", uid })
  return {
    uid,
    namespace: pod.metadata.namespace ?? "",
    name: pod.metadata.name,
    node: pod.spec.nodeName ?? "",
    startTime: turn.now,
    mount: { _tag: "Waiting", at: turn.now, delay: firstMountDelay },
    sandboxAt: 0,
    ip: undefined,
    containers: [
      ...inits.map((spec) => runtimeOf(spec, spec.restartPolicy === "Always" ? "sidecar" : "init")),
      ...pod.spec.containers.map((spec) => runtimeOf(spec, "main"))
    ],
    refreshAt: undefined,
    evictAt: undefined,
    evicted: undefined,
    ending: undefined
  }
}

/** Containers that were put into the pod later, to look at it. */
const withEphemerals = (turn: Turn, pod: Pod, runtime: PodRuntime): PodRuntime => {
  const fresh = (pod.spec.ephemeralContainers ?? []).filter(({ name }) => !runtime.containers.some((one) => one.name === name))
  if (fresh.length === 0) return runtime
  for (const spec of fresh) turn.setContainer(created(pod, runtime.uid, spec, "ContainerCreating"))
  return { ...runtime, containers: [...runtime.containers, ...fresh.map((spec) => runtimeOf(spec, "ephemeral"))] }
}

const up = (turn: Turn, pod: Pod, runtime: PodRuntime, nodeIp: string): PodRuntime => {
  const mounted = mount(turn, pod, runtime)
  if (mounted.mount._tag === "Waiting" || turn.now < mounted.sandboxAt) return mounted
  const ready = mounted.ip === undefined ? { ...mounted, ip: address(turn, mounted, nodeIp, pod) } : mounted
  // containers started here read the pod's address
  turn.setPod(ready)
  return containers(turn, pod, ready, nodeIp)
}

const mount = (turn: Turn, pod: Pod, runtime: PodRuntime): PodRuntime => {
  if (runtime.mount._tag === "Mounted" || turn.now < runtime.mount.at) return runtime
  const why = Mounts.failure(turn, pod)
  if (why === undefined) {
    Volumes.write(turn, pod)
    Probes.begin(turn, pod, runtime.uid)
    const sandboxAt = turn.now + turn.millis("sandbox", ...sandboxMillis)
    turn.schedule(sandboxAt, { _tag: "Pod", uid: runtime.uid })
    return { ...runtime, mount: { _tag: "Mounted" }, sandboxAt, evictAt: Eviction.schedule(turn, pod, runtime) }
  }
  Events.record(turn, pod, { component: "kubelet", host: runtime.node }, "Warning", "FailedMount", why)
  const at = turn.now + runtime.mount.delay
  turn.schedule(at, { _tag: "Pod", uid: runtime.uid })
  return { ...runtime, mount: { _tag: "Waiting", at, delay: Math.min(runtime.mount.delay * 2, mostMountDelay) } }
}

/** What ran on a node without power has lost its network with it. Who isn't started again needs none. */
export const renew = (turn: Turn, pod: Pod, runtime: PodRuntime): void => {
  if (runtime.ip === undefined || runtime.ending !== undefined || pod.spec.restartPolicy === "Never") return
  const message = "Pod sandbox changed, it will be killed and re-created."
  Events.record(turn, pod, { component: "kubelet", host: runtime.node }, "Normal", "SandboxChanged", message)
  const sandboxAt = turn.now + turn.millis("sandbox", ...sandboxMillis)
  turn.schedule(sandboxAt, { _tag: "Pod", uid: runtime.uid })
  turn.setPod({ ...runtime, ip: undefined, sandboxAt })
}

const address = (turn: Turn, runtime: PodRuntime, nodeIp: string, pod: Pod): string => {
  if (pod.spec.hostNetwork === true) return nodeIp
  const net = turn.setting.nodes.find(({ name }) => name === runtime.node)?.podNet ?? "10.244.9"
  // .1 is the bridge; 253 addresses, then around
  const next = turn.addresses[runtime.node] ?? 2
  turn.addresses = { ...turn.addresses, [runtime.node]: next + 1 }
  return `${net}.${2 + ((next - 2) % 253)}`
}

const isDone = (turn: Turn, uid: string, name: string): boolean => {
  const state = turn.containers.get(`${uid}/${name}`)?.state
  return state?._tag === "Terminated" && state.exitCode === 0
}

/** Whether the containers after this one may start. */
const lets = (turn: Turn, uid: string, { name, phase, role }: ContainerRuntime): boolean =>
  role === "init"
    ? phase._tag === "Done" && isDone(turn, uid, name)
    : role !== "sidecar" || turn.containers.get(`${uid}/${name}`)?.started === true

/** Init containers one after the other, then the others; a kubelet starts the containers of a pod in order. */
const containers = (turn: Turn, pod: Pod, runtime: PodRuntime, nodeIp: string): PodRuntime => {
  const { containers: mains, ephemeralContainers = [], initContainers = [] } = pod.spec
  const specs = new Map([...initContainers, ...mains, ...ephemeralContainers].map((spec) => [spec.name, spec]))
  const out: Array<ContainerRuntime> = []
  let blocked = false
  for (const one of runtime.containers) {
    const spec = specs.get(one.name)
    if (spec === undefined || (blocked && one.phase._tag === "Idle")) {
      out.push(one)
      continue
    }
    const next = Start.look({ turn, pod, runtime, spec, role: one.role, nodeIp }, one)
    out.push(next)
    // whoever comes next starts when this one is seen to have started
    const isFresh = next.role === "sidecar" && next.phase._tag === "Up" && turn.now < next.phase.seenAt
    if (isFresh || isOccupied(next) || !lets(turn, runtime.uid, next)) blocked = true
  }
  return { ...runtime, containers: out }
}

/** Its object is gone while it runs: nobody waits for its end, and its node says what it does. */
const removed = (turn: Turn, pod: Pod): void => {
  const host = pod.spec.nodeName ?? ""
  if (host in turn.stopped) return
  for (const { name, state } of containersOf(turn, pod.metadata.uid ?? "")) {
    if (state._tag !== "Running" || !pod.spec.containers.some((one) => one.name === name)) continue
    const message = `Stopping container ${name}`
    Events.record(turn, pod, { component: "kubelet", host }, "Normal", "Killing", message, `spec.containers{${name}}`)
  }
}

const forget = (turn: Turn, runtime: PodRuntime): void => {
  turn.pods = turn.pods.without(runtime.uid)
  for (const { key } of containersOf(turn, runtime.uid)) turn.containers = turn.containers.without(key)
  Probes.forget(turn, runtime.uid)
  const prefix = Volumes.podDirectory(runtime.uid, "")
  const kept = Object.entries(turn.volumes).filter(([key]) => !key.startsWith(prefix))
  if (kept.length < Object.keys(turn.volumes).length) turn.volumes = Object.fromEntries(kept)
  turn.relevant = true
}
