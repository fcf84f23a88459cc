/**
 * The probes of a pod's containers (pkg/kubelet/prober): each has its turn every period from when the pod's worker first looked. One
 * whose answer depends on nothing but the containers, and was good, sleeps until one of them changes: its next turns would find the same.
 */
import type { Container } from "../Container.ts"
import * as Events from "../Events.ts"
import type { ContainerSpec, Pod, Probe } from "../Kinds.ts"
import { asPod } from "../Kinds.ts"
import type { Timer } from "../Timer.ts"
import type { Turn } from "../Turn.ts"
import { containersOf } from "../World.ts"
import * as Asking from "./Asking.ts"
import type { Role } from "./PodRuntime.ts"
import * as Relist from "./Relist.ts"
import type { Checked, ProbeKind, ProbeResult, ProbeState } from "./ProbeState.ts"

const kinds: ReadonlyArray<ProbeKind> = ["startup", "liveness", "readiness"]

/** What holds before a probe has found out anything. */
const initial: Readonly<Record<ProbeKind, ProbeResult>> = { startup: "unknown", liveness: "success", readiness: "failure" }

const title: Readonly<Record<ProbeKind, string>> = { startup: "Startup", liveness: "Liveness", readiness: "Readiness" }

const probeOf = (spec: ContainerSpec, kind: ProbeKind): Probe | undefined =>
  kind === "startup" ? spec.startupProbe : kind === "liveness" ? spec.livenessProbe : spec.readinessProbe

/** Containers that can have probes. */
const probedSpecs = ({ spec }: Pod): ReadonlyArray<ContainerSpec> => [
  ...(spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === "Always"),
  ...spec.containers
]

export const has = (pod: Pod): boolean => probedSpecs(pod).some((spec) => kinds.some((kind) => probeOf(spec, kind) !== undefined))

const keyOf = (uid: string, container: string, kind: ProbeKind): string => `${uid}/${container}/${kind}`

const set = (turn: Turn, probe: ProbeState): void => {
  turn.probes = turn.probes.with(probe.key, probe, true)
}

/** From now on the probes have their turns. */
export const begin = (turn: Turn, pod: Pod, uid: string): void => {
  for (const spec of probedSpecs(pod)) {
    for (const kind of kinds) {
      if (probeOf(spec, kind) === undefined) continue
      set(turn, {
        key: keyOf(uid, spec.name, kind),
        container: spec.name,
        kind,
        from: turn.now,
        instance: undefined,
        result: initial[kind],
        last: "unknown",
        run: 0,
        stage: { _tag: "Idle" }
      })
    }
  }
}

export const forget = (turn: Turn, uid: string): void => {
  for (const { key } of ofPod(turn, uid)) turn.probes = turn.probes.without(key)
}

const ofPod = (turn: Turn, uid: string): ReadonlyArray<ProbeState> => {
  const out: Array<ProbeState> = []
  turn.probes.forRange(`${uid}/`, `${uid}0`, false, (_, probe) => {
    out.push(probe)
  })
  return out
}

/** The probe that has found the container to be in need of an end. */
export const failed = (turn: Turn, { instance, key }: Container): "startup" | "liveness" | undefined =>
  (["startup", "liveness"] as const).find((kind) => {
    const found = turn.probes.get(`${key}/${kind}`)
    return found?.result === "failure" && found.instance === instance?.id
  })

const due = (turn: Turn, uid: string, probe: ProbeState, at: number): void => {
  set(turn, { ...probe, stage: { _tag: "Due", at } })
  turn.schedule(at, { _tag: "Probe", uid, container: probe.container, kind: probe.kind, at })
}

/** The first turn after now that isn't before a moment. */
const turnAfter = (turn: Turn, { from }: ProbeState, spec: Probe, earliest: number): number => {
  const period = (spec.periodSeconds ?? 10) * 1000
  const begin = Math.max(earliest, turn.now + 1)
  return from + Math.ceil((begin - from) / period) * period
}

const startOf = ({ state }: Container): number => (state._tag === "Running" ? state.startedAt : 0)

const arm = (turn: Turn, container: Container, probe: ProbeState, spec: Probe): void =>
  due(turn, container.podUid, probe, turnAfter(turn, probe, spec, startOf(container) + (spec.initialDelaySeconds ?? 0) * 1000))

/** The kubelet asks whether a container is ready as soon as it sees it run. */
const ready = (turn: Turn, container: Container, probe: ProbeState, spec: Probe): void => {
  const at = Relist.next(turn, container.node)
  if (Math.floor((at - startOf(container)) / 1000) < (spec.initialDelaySeconds ?? 0)) return arm(turn, container, probe, spec)
  due(turn, container.podUid, probe, Math.min(at, turnAfter(turn, probe, spec, turn.now)))
}

/** A container runs: whether it has started and is ready without any probe's word. Only a pod's lasting containers are ever ready. */
export const started = (turn: Turn, container: Container, spec: ContainerSpec, role: Role): void => {
  const isStarted = spec.startupProbe === undefined
  const isLasting = role === "main" || role === "sidecar"
  turn.setContainer({ ...container, started: isStarted, ready: isLasting && isStarted && spec.readinessProbe === undefined })
  for (const kind of kinds) {
    const probe = probeOf(spec, kind)
    const before = turn.probes.get(`${container.key}/${kind}`)
    if (probe === undefined || before === undefined) continue
    const fresh: ProbeState = { ...before, instance: container.instance?.id, result: initial[kind], stage: { _tag: "Idle" } }
    set(turn, fresh)
    if (kind === "startup" || (kind === "liveness" && isStarted)) arm(turn, container, fresh, probe)
    if (kind === "readiness" && isStarted) ready(turn, container, fresh, probe)
  }
}

/** Its startup probe has succeeded: the others have their turns. */
const afterStartup = (turn: Turn, container: Container, spec: ContainerSpec): void => {
  turn.setContainer({ ...container, started: true, ready: spec.readinessProbe === undefined })
  const liveness = turn.probes.get(`${container.key}/liveness`)
  const readiness = turn.probes.get(`${container.key}/readiness`)
  if (liveness !== undefined && spec.livenessProbe !== undefined) arm(turn, container, liveness, spec.livenessProbe)
  if (readiness !== undefined && spec.readinessProbe !== undefined) ready(turn, container, readiness, spec.readinessProbe)
}

export const fire = (turn: Turn, timer: Extract<Timer, { readonly _tag: "Probe" }>): void => {
  const probe = turn.probes.get(keyOf(timer.uid, timer.container, timer.kind))
  const stage = probe?.stage
  if (probe === undefined || (stage?._tag !== "Due" && stage?._tag !== "Asking") || stage.at !== timer.at) return
  const runtime = turn.pods.get(timer.uid)
  const found = runtime === undefined ? undefined : turn.get("pods", runtime.namespace, runtime.name)
  if (found === undefined || found.metadata.uid !== timer.uid) return
  const pod = asPod(found)
  const spec = probedSpecs(pod).find(({ name }) => name === timer.container)
  const container = turn.containers.get(`${timer.uid}/${timer.container}`)
  const asked = spec === undefined ? undefined : probeOf(spec, timer.kind)
  if (spec === undefined || container === undefined || asked === undefined) return
  const isOver = container.state._tag !== "Running" || container.instance?.id !== probe.instance
  if (isOver) return set(turn, { ...probe, result: "failure", stage: { _tag: "Idle" } })
  if (timer.kind !== "readiness" && pod.metadata.deletionTimestamp !== undefined) {
    return set(turn, { ...probe, result: "success", stage: { _tag: "Idle" } })
  }
  if (stage._tag === "Asking") return conclude(turn, pod, container, spec, asked, probe, stage.checked)
  const checked = Asking.ask(turn, container, spec, asked)
  if (checked.elapsedMillis === 0) return conclude(turn, pod, container, spec, asked, probe, checked)
  const at = turn.now + checked.elapsedMillis
  set(turn, { ...probe, stage: { _tag: "Asking", at, checked } })
  turn.schedule(at, { _tag: "Probe", uid: timer.uid, container: timer.container, kind: timer.kind, at })
}

const report = (turn: Turn, pod: Pod, { name }: ContainerSpec, kind: ProbeKind, { output, result }: Checked): void => {
  if (result === "success") return
  const list = pod.spec.containers.some((one) => one.name === name) ? "containers" : "initContainers"
  const what = result === "failure" ? "failed" : "errored and resulted in unknown state"
  const source = { component: "kubelet", host: pod.spec.nodeName ?? "" }
  Events.record(turn, pod, source, "Warning", "Unhealthy", `${title[kind]} probe ${what}: ${output}`, `spec.${list}{${name}}`)
}

const conclude = (
  turn: Turn,
  pod: Pod,
  container: Container,
  spec: ContainerSpec,
  probe: Probe,
  before: ProbeState,
  checked: Checked
): void => {
  const { kind } = before
  const { result } = checked
  report(turn, pod, spec, kind, checked)
  if (result === "unknown") return arm(turn, container, before, probe)
  const run = before.last === result ? before.run + 1 : 1
  const counted: ProbeState = { ...before, last: result, run }
  const threshold = result === "failure" ? (probe.failureThreshold ?? 3) : (probe.successThreshold ?? 1)
  if (run < threshold) return arm(turn, container, counted, probe)
  const now = turn.containers.get(container.key) ?? container
  if (result === "failure" && kind !== "readiness") {
    // no more of it until the container is another
    set(turn, { ...counted, result, run: 0, stage: { _tag: "Idle" } })
    return turn.enqueue("kubelet", `${container.namespace}/${container.pod}/${container.podUid}`)
  }
  if (kind === "startup") {
    set(turn, { ...counted, result, stage: { _tag: "Idle" } })
    return afterStartup(turn, now, spec)
  }
  const isReady = result === "success"
  if (kind === "readiness" && now.ready !== isReady) turn.setContainer({ ...now, ready: isReady })
  if (result === "success" && checked.steady === "yes") {
    return set(turn, { ...counted, result, stage: { _tag: "Steady", seen: containersOf(turn, container.podUid) } })
  }
  arm(turn, container, { ...counted, result }, probe)
}

type Sleeping = ProbeState & { readonly stage: Extract<ProbeState["stage"], { readonly _tag: "Steady" }> }

/** Whether a program would answer the same from both. */
const isSame = (a: Container, b: Container | undefined): boolean =>
  a === b ||
  (b !== undefined &&
    a.key === b.key &&
    a.program === b.program &&
    a.memory === b.memory &&
    a.listening === b.listening &&
    a.files === b.files &&
    a.data === b.data &&
    a.mounts === b.mounts)

/** Something about the pod's containers has changed: probes that slept look again at their next turn. */
export const wake = (turn: Turn, pod: Pod, uid: string): void => {
  const now = containersOf(turn, uid)
  rouse(turn, pod, uid, ({ stage }) => stage.seen.length !== now.length || stage.seen.some((one, i) => !isSame(one, now[i])))
}

/** Of probes that sleep, those of whose sleep this says that it is over. */
export const rouse = (turn: Turn, pod: Pod, uid: string, isOver: (probe: Sleeping) => boolean): void => {
  for (const probe of ofPod(turn, uid)) {
    const { stage } = probe
    if (stage._tag !== "Steady") continue
    const container = turn.containers.get(`${uid}/${probe.container}`)
    const spec = probedSpecs(pod).find(({ name }) => name === probe.container)
    const asked = spec === undefined ? undefined : probeOf(spec, probe.kind)
    if (container === undefined || asked === undefined || container.state._tag !== "Running") continue
    if (isOver({ ...probe, stage })) due(turn, uid, probe, turnAfter(turn, probe, asked, turn.now))
  }
}
