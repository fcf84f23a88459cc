/** The kubelets of all nodes: each pod bound to a node is brought up, kept up and ended. Keys are `namespace/name/uid`. */
import type { Controller } from "../Controller.ts"
import type { Container } from "../Container.ts"
import * as Events from "../Events.ts"
import type { ContainerSpec, Pod, Probe } from "../Kinds.ts"
import { asNode, asPod } from "../Kinds.ts"
import type { Turn } from "../Turn.ts"
import { containersOf } from "../World.ts"
import * as Mounts from "./Mounts.ts"
import type { ContainerRuntime, PodRuntime } from "./PodRuntime.ts"
import * as Start from "./Start.ts"
import * as Status from "./Status.ts"
import * as Stop from "./Stop.ts"

/** Setting up a pod's network. */
const sandboxMillis = [250, 700] as const
/** Mounts are tried again after 500 ms, doubling to 2 min 2 s: pkg/volume/util/operationexecutor. */
const firstMountDelay = 500
const mostMountDelay = 122_000

export const kubelet: Controller = {
  name: "kubelet",
  resources: ["pods"],
  observe: (turn, { object, previous }) => {
    const pod = asPod(object)
    if ((pod.spec.nodeName ?? "") === "" || pod.metadata.uid === undefined) return
    // its own reports of status are no news
    if (
      previous !== undefined &&
      previous["spec"] === object["spec"] &&
      previous.metadata.deletionTimestamp === object.metadata.deletionTimestamp &&
      turn.get("pods", pod.metadata.namespace ?? "", pod.metadata.name)?.metadata.uid === pod.metadata.uid
    )
      return
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
    const current = runtime ?? admit(turn, pod, uid)
    const next = pod.metadata.deletionTimestamp === undefined ? up(turn, pod, current, nodeIp) : Stop.look(turn, pod, current)
    turn.setPod(next)
    const still = turn.get("pods", namespace, name)
    if (still?.metadata.uid === uid) Status.publish(turn, asPod(still), next, nodeIp)
  }
}

const runtimeOf = (spec: ContainerSpec, kind: "init" | "main"): ContainerRuntime => ({
  name: spec.name,
  init: kind === "init",
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
  ready: false,
  restarts: 0,
  program: undefined,
  memory: undefined,
  listening: [],
  registered: [],
  files: {},
  data: {},
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
  return {
    uid,
    namespace: pod.metadata.namespace ?? "",
    name: pod.metadata.name,
    node: pod.spec.nodeName ?? "",
    startTime: turn.now,
    mount: { _tag: "Waiting", at: turn.now, delay: firstMountDelay },
    sandboxAt: 0,
    ip: undefined,
    containers: [...inits.map((spec) => runtimeOf(spec, "init")), ...pod.spec.containers.map((spec) => runtimeOf(spec, "main"))],
    ending: undefined
  }
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
    const sandboxAt = turn.now + turn.millis("sandbox", ...sandboxMillis)
    turn.schedule(sandboxAt, { _tag: "Pod", uid: runtime.uid })
    return { ...runtime, mount: { _tag: "Mounted" }, sandboxAt }
  }
  Events.record(turn, pod, { component: "kubelet", host: runtime.node }, "Warning", "FailedMount", why)
  const at = turn.now + runtime.mount.delay
  turn.schedule(at, { _tag: "Pod", uid: runtime.uid })
  return { ...runtime, mount: { _tag: "Waiting", at, delay: Math.min(runtime.mount.delay * 2, mostMountDelay) } }
}

const address = (turn: Turn, runtime: PodRuntime, nodeIp: string, pod: Pod): string => {
  if (pod.spec.hostNetwork === true) return nodeIp
  const net = turn.setting.nodes.find(({ name }) => name === runtime.node)?.podNet ?? "10.244.9"
  // .1 is the bridge; 253 addresses, then around
  const next = turn.addresses[runtime.node] ?? 2
  turn.addresses = { ...turn.addresses, [runtime.node]: next + 1 }
  return `${net}.${2 + ((next - 2) % 253)}`
}

const isDone = (turn: Turn, runtime: PodRuntime, name: string): boolean => {
  const state = turn.containers.get(`${runtime.uid}/${name}`)?.state
  return state?._tag === "Terminated" && state.exitCode === 0
}

const busy: ReadonlySet<string> = new Set(["Pulling", "Starting"])

/** Init containers one after the other, then the others; a kubelet starts the containers of a pod in order. */
const containers = (turn: Turn, pod: Pod, runtime: PodRuntime, nodeIp: string): PodRuntime => {
  const specs = new Map([...(pod.spec.initContainers ?? []), ...pod.spec.containers].map((spec) => [spec.name, spec]))
  const out: Array<ContainerRuntime> = []
  let blocked = false
  for (const one of runtime.containers) {
    const spec = specs.get(one.name)
    if (spec === undefined || (blocked && one.phase._tag === "Idle")) {
      out.push(one)
      continue
    }
    const next = Start.look({ turn, pod, runtime, spec, nodeIp }, one)
    out.push(next)
    if (busy.has(next.phase._tag) || (one.init && !(next.phase._tag === "Done" && isDone(turn, runtime, one.name)))) blocked = true
    if (!one.init) readiness(turn, runtime, spec)
  }
  return { ...runtime, containers: out }
}

const portOf = (spec: ContainerSpec, port: number | string | undefined): number | undefined =>
  typeof port === "number" ? port : spec.ports?.find(({ name }) => name === port)?.containerPort

/** A probe of a port succeeds when the program listens there; a command's always does. */
const passes = (container: Container, spec: ContainerSpec, probe: Probe | undefined, now: number): boolean => {
  if (probe === undefined) return true
  const startedAt = container.state._tag === "Running" ? container.state.startedAt : now
  if (now < startedAt + (probe.initialDelaySeconds ?? 0) * 1000) return false
  const asked = probe.httpGet?.port ?? probe.tcpSocket?.port
  const port = portOf(spec, asked)
  return asked === undefined || (port !== undefined && container.listening.includes(port))
}

const readiness = (turn: Turn, runtime: PodRuntime, spec: ContainerSpec): void => {
  const container = turn.containers.get(`${runtime.uid}/${spec.name}`)
  if (container === undefined) return
  const { readinessProbe } = spec
  const running = container.state._tag === "Running"
  const ready = running && passes(container, spec, readinessProbe, turn.now)
  if (ready !== container.ready) turn.setContainer({ ...container, ready })
  const due = container.state._tag === "Running" ? container.state.startedAt + (readinessProbe?.initialDelaySeconds ?? 0) * 1000 : 0
  if (running && !ready && due > turn.now) turn.schedule(due, { _tag: "Pod", uid: runtime.uid })
}

const forget = (turn: Turn, runtime: PodRuntime): void => {
  turn.pods = turn.pods.without(runtime.uid)
  for (const { key } of containersOf(turn, runtime.uid)) turn.containers = turn.containers.without(key)
  const prefix = Mounts.podDirectory(runtime.uid, "")
  const kept = Object.entries(turn.volumes).filter(([key]) => !key.startsWith(prefix))
  if (kept.length < Object.keys(turn.volumes).length) turn.volumes = Object.fromEntries(kept)
  turn.relevant = true
}
