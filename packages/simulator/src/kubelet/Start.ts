/** Brings a container to running, and back there after it ended: pull, create, start, back off. One look at a time. */
import type { Behaviour, Program } from "@aiopslab/core/Behaviour"
import * as Result from "effect/Result"
import type { Container, ContainerState } from "../Container.ts"
import * as Events from "../Events.ts"
import type { ContainerSpec, Pod } from "../Kinds.ts"
import type { Turn } from "../Turn.ts"
import * as ShellProgram from "../sh/Program.ts"
import { behaviourOf } from "../World.ts"
import * as BackOff from "./BackOff.ts"
import * as Environment from "./Environment.ts"
import * as Images from "./Images.ts"
import * as Mounts from "./Mounts.ts"
import type { ContainerPhase, ContainerRuntime, PodRuntime } from "./PodRuntime.ts"
import * as Running from "./Program.ts"
import * as RuntimeError from "./RuntimeError.ts"
import * as SystemFiles from "./SystemFiles.ts"

/** Creating and starting a container. */
const startMillis = [120, 420] as const
/** After a failed pull the pod shows the failure for a moment before it shows the back-off. */
const failureShown = 2_000
/** The runtime's events are listed once a second. */
export const noticeMillis = 1_000
/** The kubelet looks again at a pod that it couldn't start. */
const retryMillis = [10_000, 15_000] as const

export interface Look {
  readonly turn: Turn
  readonly pod: Pod
  readonly runtime: PodRuntime
  readonly spec: ContainerSpec
  readonly nodeIp: string
}

export const event = (
  { pod, runtime, spec, turn }: Look,
  type: "Normal" | "Warning",
  reason: string,
  message: string,
  init = false
): void =>
  Events.record(
    turn,
    pod,
    { component: "kubelet", host: runtime.node },
    type,
    reason,
    message,
    `spec.${init ? "initContainers" : "containers"}{${spec.name}}`
  )

const containerOf = ({ runtime, spec, turn }: Look): Container | undefined => turn.containers.get(`${runtime.uid}/${spec.name}`)

const setState = (look: Look, state: ContainerState): void => {
  const container = containerOf(look)
  if (container === undefined) return
  const last = container.state._tag === "Terminated" ? container.state : container.last
  look.turn.setContainer({ ...container, state, last })
}

const wake = ({ runtime, turn }: Look, at: number): void => {
  turn.schedule(at, { _tag: "Pod", uid: runtime.uid })
}

/** The container's next phase, as far as it gets at this moment. */
export const look = (of: Look, from: ContainerRuntime): ContainerRuntime => {
  let now = from
  for (let moves = 0; moves < 16; moves++) {
    const next = move(of, now)
    if (next === now) return now
    now = next
  }
  return now
}

const to = (runtime: ContainerRuntime, phase: ContainerPhase): ContainerRuntime => ({ ...runtime, phase })

const move = (of: Look, runtime: ContainerRuntime): ContainerRuntime => {
  const { spec, turn } = of
  const { phase } = runtime
  const { now } = turn
  if (runtime.image !== spec.image) return changed(of, runtime)
  switch (phase._tag) {
    case "Idle":
      return begin(of, runtime)
    case "Pulling":
      return now < phase.until ? runtime : pulled(of, runtime, phase)
    case "PullFailed":
      return now < phase.at + failureShown ? runtime : backOffPull(of, runtime, phase.at)
    case "PullBackOff":
      return now < phase.until ? runtime : to(runtime, { _tag: "Idle" })
    case "Starting":
      return now < phase.at ? runtime : start(of, runtime)
    case "ConfigError":
      return now < phase.retryAt ? runtime : to(runtime, { _tag: "Idle" })
    case "Up":
      return containerOf(of)?.state._tag === "Terminated" ? ended(of, runtime) : runtime
    case "Ended":
      return now < phase.noticeAt ? runtime : again(of, runtime)
    case "CrashBackOff":
      return now < phase.until ? runtime : restart(of, runtime)
    case "Done":
      return runtime
  }
}

/** Another image in the spec: what ran is stopped, and all delays are forgotten. */
const changed = (of: Look, runtime: ContainerRuntime): ContainerRuntime => {
  const fresh: ContainerRuntime = { ...runtime, image: of.spec.image, crash: undefined, pull: undefined, phase: { _tag: "Idle" } }
  const container = containerOf(of)
  if (container === undefined) return fresh
  if (container.state._tag !== "Running") {
    of.turn.setContainer({ ...container, image: of.spec.image })
    return fresh
  }
  event(of, "Normal", "Killing", `Container ${of.spec.name} definition changed, will be restarted`)
  stop(of.turn, container)
  return { ...fresh, phase: { _tag: "Ended", noticeAt: of.turn.now } }
}

/** SIGTERM, and SIGKILL for a program that doesn't heed it. */
export const stop = (turn: Turn, container: Container): void => {
  Running.step(turn, container.key, { _tag: "Signal", signal: "SIGTERM" })
  const after = turn.containers.get(container.key)
  if (after?.state._tag === "Running") Running.end(turn, after, 137)
}

const begin = (of: Look, runtime: ContainerRuntime): ContainerRuntime => {
  const { spec, turn } = of
  const present = Images.isPresent(turn, of.runtime.node, spec.image)
  const policy = spec.imagePullPolicy ?? "IfNotPresent"
  if (policy !== "Always" && present) {
    event(of, "Normal", "Pulled", `Container image "${spec.image}" already present on machine`, runtime.init)
    return starting(of, runtime)
  }
  if (policy === "Never") {
    const message = `Container image "${spec.image}" is not present with pull policy of Never`
    event(of, "Warning", "ErrImageNeverPull", message, runtime.init)
    event(of, "Warning", "Failed", "Error: ErrImageNeverPull", runtime.init)
    return refused(of, runtime, "ErrImageNeverPull", message)
  }
  event(of, "Normal", "Pulling", `Pulling image "${spec.image}"`, runtime.init)
  const pull = Images.pull(turn, of.runtime.node, spec.image)
  wake(of, pull.until)
  return to(runtime, { _tag: "Pulling", since: turn.now, ...pull })
}

const starting = (of: Look, runtime: ContainerRuntime): ContainerRuntime => {
  const at = of.turn.now + of.turn.millis("start", ...startMillis)
  wake(of, at)
  return to(runtime, { _tag: "Starting", at })
}

const pulled = (of: Look, runtime: ContainerRuntime, phase: Extract<ContainerPhase, { readonly _tag: "Pulling" }>): ContainerRuntime => {
  const { spec, turn } = of
  if (phase.known) {
    const whole = phase.until - phase.since
    event(
      of,
      "Normal",
      "Pulled",
      `Successfully pulled image "${spec.image}" in ${BackOff.goMillis(whole - phase.waited)} (${BackOff.goMillis(whole)} including waiting). Image size: ${Images.sizeBytes(turn, spec.image)} bytes.`,
      runtime.init
    )
    return starting(of, { ...runtime, pull: undefined })
  }
  const why = Images.pullError(spec.image)
  event(of, "Warning", "Failed", `Failed to pull image "${spec.image}": ${why}`, runtime.init)
  event(of, "Warning", "Failed", "Error: ErrImagePull", runtime.init)
  setState(of, { _tag: "Waiting", reason: "ErrImagePull", message: why })
  wake(of, turn.now + failureShown)
  return { ...runtime, pull: BackOff.next(runtime.pull, turn.now, turn.now), phase: { _tag: "PullFailed", at: turn.now } }
}

const backOffPull = (of: Look, runtime: ContainerRuntime, failedAt: number): ContainerRuntime => {
  const { spec } = of
  const message = `Back-off pulling image "${spec.image}"`
  event(of, "Normal", "BackOff", message, runtime.init)
  event(of, "Warning", "Failed", "Error: ImagePullBackOff", runtime.init)
  setState(of, { _tag: "Waiting", reason: "ImagePullBackOff", message: `${message}: ErrImagePull: ${Images.pullError(spec.image)}` })
  const until = failedAt + (runtime.pull?.delay ?? 0)
  wake(of, until)
  return to(runtime, { _tag: "PullBackOff", until })
}

const refused = (of: Look, runtime: ContainerRuntime, reason: string, message: string): ContainerRuntime => {
  setState(of, { _tag: "Waiting", reason, message })
  const retryAt = of.turn.now + of.turn.millis("retry", ...retryMillis)
  wake(of, retryAt)
  return to(runtime, { _tag: "ConfigError", retryAt })
}

const programOf = (behaviour: Behaviour | undefined, argv: ReadonlyArray<string>): Program | undefined => {
  if (behaviour === undefined) return undefined
  return behaviour.program(argv) ?? (ShellProgram.starts(behaviour, argv) ? ShellProgram.program(behaviour.program) : undefined)
}

const start = (of: Look, runtime: ContainerRuntime): ContainerRuntime => {
  const { nodeIp, pod, spec, turn } = of
  const before = containerOf(of)
  if (before === undefined) return runtime
  const ip = of.runtime.ip ?? ""
  const variables = Environment.of(turn, pod, spec, ip, nodeIp)
  if (Result.isFailure(variables)) {
    event(of, "Warning", "Failed", `Error: ${variables.failure}`, runtime.init)
    return refused(of, runtime, "CreateContainerConfigError", variables.failure)
  }
  const behaviour = behaviourOf(turn.setting, spec.image)
  const argv = Environment.argv(spec, behaviour?.command ?? [], variables.success)
  const number = before.instance === undefined ? 0 : before.restarts + 1
  const id = `containerd://${turn.hex("container", 8)}`
  const program = programOf(behaviour, argv)
  const container: Container = {
    ...before,
    podIp: ip,
    image: spec.image,
    behaviour,
    argv,
    env: variables.success,
    restarts: number,
    files: SystemFiles.of(pod, ip),
    data: {},
    listening: [],
    registered: [],
    timers: {},
    memory: program?.initial,
    program,
    mounts: Mounts.of(turn, pod, spec),
    previous: before.instance,
    last: before.state._tag === "Terminated" ? before.state : before.last,
    instance: { number, id, startedAt: turn.now, endedAt: undefined, log: undefined },
    state: { _tag: "Running", startedAt: turn.now }
  }
  event(of, "Normal", "Created", `Created container: ${spec.name}`, runtime.init)
  turn.relevant = true
  if (program === undefined) return notStarted(of, runtime, container)
  turn.setContainer(container)
  event(of, "Normal", "Started", `Started container ${spec.name}`, runtime.init)
  Running.step(turn, container.key, { _tag: "Start" })
  return to(runtime, { _tag: "Up" })
}

/** The runtime finds no such program in the image. The container ends before it began: exit code 128, started at the epoch. */
const notStarted = (of: Look, runtime: ContainerRuntime, container: Container): ContainerRuntime => {
  const message = RuntimeError.createFailed(container.argv[0] ?? "")
  event(of, "Warning", "Failed", `Error: ${message}`, runtime.init)
  of.turn.setContainer({
    ...container,
    program: undefined,
    memory: undefined,
    instance: container.instance === undefined ? undefined : { ...container.instance, endedAt: of.turn.now },
    last: {
      _tag: "Terminated",
      exitCode: 128,
      reason: "StartError",
      message,
      startedAt: 0,
      finishedAt: of.turn.now,
      id: container.instance?.id ?? ""
    },
    state: { _tag: "Waiting", reason: "RunContainerError", message }
  })
  return ended(of, runtime)
}

const ended = (of: Look, runtime: ContainerRuntime): ContainerRuntime => {
  const noticeAt = of.turn.now + noticeMillis
  wake(of, noticeAt)
  return to(runtime, { _tag: "Ended", noticeAt })
}

const finished = (container: Container): Extract<ContainerState, { readonly _tag: "Terminated" }> | undefined =>
  container.state._tag === "Terminated" ? container.state : container.last?._tag === "Terminated" ? container.last : undefined

const again = (of: Look, runtime: ContainerRuntime): ContainerRuntime => {
  const { pod, spec, turn } = of
  const container = containerOf(of)
  const end = container === undefined ? undefined : finished(container)
  if (end === undefined) return to(runtime, { _tag: "Idle" })
  const policy = pod.spec.restartPolicy ?? "Always"
  const succeeded = end.exitCode === 0
  if (policy === "Never" || (succeeded && (policy === "OnFailure" || runtime.init))) {
    if (container?.state._tag !== "Terminated") setState(of, end)
    return to(runtime, { _tag: "Done" })
  }
  const until = BackOff.waitsUntil(runtime.crash, end.finishedAt, turn.now)
  if (until === undefined) return restart(of, runtime)
  const pods = `${pod.metadata.name}_${pod.metadata.namespace ?? ""}(${pod.metadata.uid ?? ""})`
  event(of, "Warning", "BackOff", `Back-off restarting failed container ${spec.name} in pod ${pods}`, runtime.init)
  setState(of, {
    _tag: "Waiting",
    reason: "CrashLoopBackOff",
    message: `back-off ${BackOff.goSeconds(runtime.crash?.delay ?? 0)} restarting failed container=${spec.name} pod=${pods}`
  })
  wake(of, until)
  return to(runtime, { _tag: "CrashBackOff", until })
}

const restart = (of: Look, runtime: ContainerRuntime): ContainerRuntime => {
  const container = containerOf(of)
  const end = container === undefined ? undefined : finished(container)
  return { ...runtime, crash: BackOff.next(runtime.crash, end?.finishedAt ?? of.turn.now, of.turn.now), phase: { _tag: "Idle" } }
}
