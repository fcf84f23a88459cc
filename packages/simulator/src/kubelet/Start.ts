/** Brings a container to running, and back there after it ended: pull, create, start, back off. One look at a time. */
import type { Behaviour, Program } from "@aiopslab/core/Behaviour"
import * as Result from "effect/Result"
import type { Container } from "../Container.ts"
import * as ShellProgram from "../sh/Program.ts"
import { behaviourOf } from "../World.ts"
import * as Environment from "./Environment.ts"
import * as Hooks from "./Hooks.ts"
import * as LogFile from "./LogFile.ts"
import type { Look } from "./Look.ts"
import { containerOf, event, podTitle, setState, to, wake } from "./Look.ts"
import * as Mounts from "./Mounts.ts"
import type { ContainerPhase, ContainerRuntime, Stop } from "./PodRuntime.ts"
import * as Probes from "./Probes.ts"
import * as Running from "./Program.ts"
import * as Pull from "./Pull.ts"
import * as Relist from "./Relist.ts"
import * as Restart from "./Restart.ts"
import * as RuntimeError from "./RuntimeError.ts"
import * as Stopping from "./Stopping.ts"
import * as SystemFiles from "./SystemFiles.ts"

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

const move = (of: Look, runtime: ContainerRuntime): ContainerRuntime => {
  const { spec, turn } = of
  const { phase } = runtime
  const { now } = turn
  if (runtime.image !== spec.image && phase._tag !== "Killing" && phase._tag !== "Hook") return changed(of, runtime)
  switch (phase._tag) {
    case "Idle":
      return Pull.begin(of, runtime)
    case "Pulling":
      return now < phase.until ? runtime : Pull.end(of, runtime, phase)
    case "PullFailed":
      return now < phase.at + Pull.failureShown ? runtime : Pull.backOff(of, runtime, phase.at)
    case "PullBackOff":
      return now < phase.until ? runtime : to(runtime, { _tag: "Idle" })
    case "Starting":
      return now < phase.at ? runtime : start(of, runtime)
    case "ConfigError":
      return now < phase.retryAt ? runtime : to(runtime, { _tag: "Idle" })
    case "Hook":
      return now < phase.until ? runtime : afterHook(of, runtime, phase.failure)
    case "Up":
      return up(of, runtime)
    case "Killing":
      return killing(of, runtime, phase)
    case "Ended":
      return now < phase.noticeAt ? runtime : Restart.decide(of, runtime)
    case "CrashBackOff":
      return Restart.waiting(of, runtime, phase)
    case "Done":
      return runtime
  }
}

const graceOf = ({ pod }: Look): number => pod.spec.terminationGracePeriodSeconds ?? 30

/** Another image in the spec: what ran is stopped, and all delays are forgotten. */
const changed = (of: Look, runtime: ContainerRuntime): ContainerRuntime => {
  const fresh: ContainerRuntime = { ...runtime, image: of.spec.image, crash: undefined, pull: undefined, phase: { _tag: "Idle" } }
  const container = containerOf(of)
  if (container === undefined) return fresh
  if (container.state._tag !== "Running") {
    of.turn.setContainer({ ...container, image: of.spec.image })
    return fresh
  }
  const stop = Stopping.begin(of, container, graceOf(of), `Container ${of.spec.name} definition changed, will be restarted`)
  return to(fresh, { _tag: "Killing", stop, then: "start", failure: undefined })
}

/** Whether others of the pod go on without this container: else the whole pod is ended. */
const keepsOthers = ({ runtime, spec, turn }: Look): boolean =>
  runtime.containers.some(
    ({ name, role }) => role === "main" && name !== spec.name && turn.containers.get(`${runtime.uid}/${name}`)?.state._tag === "Running"
  )

const up = (of: Look, runtime: ContainerRuntime): ContainerRuntime => {
  const container = containerOf(of)
  if (container === undefined) return runtime
  if (container.state._tag === "Terminated") return Restart.noticed(of, runtime)
  const kind = Probes.failed(of.turn, container)
  if (kind === undefined) return runtime
  const isRestarted = of.role === "sidecar" || of.pod.spec.restartPolicy !== "Never"
  const probe = kind === "startup" ? of.spec.startupProbe : of.spec.livenessProbe
  const message = isRestarted
    ? `Container ${of.spec.name} failed ${kind} probe, will be restarted`
    : keepsOthers(of)
      ? `Container ${of.spec.name} failed ${kind} probe`
      : `Stopping container ${of.spec.name}`
  const stop = Stopping.begin(of, container, probe?.terminationGracePeriodSeconds ?? graceOf(of), message)
  return to(runtime, { _tag: "Killing", stop, then: isRestarted ? "start" : "decide", failure: undefined })
}

const killing = (of: Look, runtime: ContainerRuntime, phase: Extract<ContainerPhase, { readonly _tag: "Killing" }>): ContainerRuntime => {
  const stop = advanced(of, phase.stop)
  if (containerOf(of)?.state._tag === "Running") return stop === phase.stop ? runtime : to(runtime, { ...phase, stop })
  if (phase.failure !== undefined) setState(of, { _tag: "Waiting", reason: "PostStartHookError", message: phase.failure })
  return phase.then === "start" ? Restart.afterKill(of, runtime) : Restart.noticed(of, runtime)
}

const advanced = ({ runtime, spec, turn }: Look, stop: Stop): Stop => Stopping.advance(turn, `${runtime.uid}/${spec.name}`, stop, "ended")

const programOf = (behaviour: Behaviour | undefined, argv: ReadonlyArray<string>): Program | undefined => {
  if (behaviour === undefined) return undefined
  return behaviour.program(argv) ?? (ShellProgram.starts(behaviour, argv) ? ShellProgram.program(behaviour.program) : undefined)
}

/** Images say nothing of their user: all but the pause image run as root. */
const isRoot = ({ spec }: Look): boolean => !spec.image.includes("/pause")

/** Why a pod that forbids root can't have this container. */
const rootError = (of: Look): string | undefined => {
  const { pod, spec } = of
  const context = { ...pod.spec.securityContext, ...spec.securityContext }
  if (context.runAsNonRoot !== true) return undefined
  const where = `(pod: ${JSON.stringify(podTitle(pod))}, container: ${spec.name})`
  if (context.runAsUser !== undefined) return context.runAsUser === 0 ? `container's runAsUser breaks non-root policy ${where}` : undefined
  return isRoot(of) ? `container has runAsNonRoot and image will run as root ${where}` : undefined
}

const start = (of: Look, runtime: ContainerRuntime): ContainerRuntime => {
  const { nodeIp, pod, spec, turn } = of
  const before = containerOf(of)
  if (before === undefined) return runtime
  const ip = of.runtime.ip ?? ""
  const variables = Environment.of(turn, pod, spec, ip, nodeIp)
  const refusal = Result.isFailure(variables) ? variables.failure : rootError(of)
  if (Result.isFailure(variables) || refusal !== undefined) {
    event(of, "Warning", "Failed", `Error: ${refusal ?? ""}`)
    return Pull.refused(of, runtime, "CreateContainerConfigError", refusal ?? "")
  }
  const behaviour = behaviourOf(turn.setting, spec.image)
  const argv = Environment.argv(spec, behaviour, variables.success)
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
    started: false,
    ready: false,
    restarts: number,
    input: spec.stdin === true ? (spec.tty === true ? "terminal" : "pipe") : undefined,
    files: SystemFiles.of(pod, ip),
    data: {},
    listening: [],
    registered: [],
    timers: {},
    memory: program?.initial,
    program,
    lockedExcept:
      spec.securityContext?.readOnlyRootFilesystem === true
        ? ["/etc/hosts", ...(spec.terminationMessagePath === undefined ? [] : [spec.terminationMessagePath])]
        : undefined,
    mounts: Mounts.of(turn, pod, spec),
    previous: before.instance,
    last: before.state._tag === "Terminated" ? before.state : before.last,
    instance: { number, id, startedAt: turn.now, endedAt: undefined, log: undefined, rotated: undefined, file: LogFile.begun(turn.now) },
    state: { _tag: "Running", startedAt: turn.now }
  }
  event(of, "Normal", "Created", `Created container: ${spec.name}`)
  turn.relevant = true
  if (program === undefined) return notStarted(of, runtime, container)
  turn.setContainer(container)
  event(of, "Normal", "Started", `Started container ${spec.name}`)
  Running.begin(turn, container.key)
  return hook(of, runtime)
}

/** The runtime finds no such program in the image. The container ends before it began: exit code 128, started at the epoch. */
const notStarted = (of: Look, runtime: ContainerRuntime, container: Container): ContainerRuntime => {
  const message = RuntimeError.createFailed(container.argv[0] ?? "")
  event(of, "Warning", "Failed", `Error: ${message}`)
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
  return Restart.noticed(of, runtime)
}

/** The container counts as started when its hook has ended. */
const hook = (of: Look, runtime: ContainerRuntime): ContainerRuntime => {
  const { pod, spec, turn } = of
  const container = containerOf(of)
  const handler = spec.lifecycle?.postStart
  if (container === undefined || handler === undefined) return afterHook(of, runtime, undefined)
  if (container.state._tag !== "Running") return afterHook(of, runtime, "container not running")
  const { elapsedMillis, failure } = Hooks.run(turn, pod, container, spec, handler, Infinity)
  if (elapsedMillis === 0) return afterHook(of, runtime, failure)
  const until = turn.now + elapsedMillis
  if (until < Infinity) wake(of, until)
  return to(runtime, { _tag: "Hook", until, failure })
}

const afterHook = (of: Look, runtime: ContainerRuntime, failure: string | undefined): ContainerRuntime => {
  const container = containerOf(of)
  if (container === undefined) return runtime
  if (failure === undefined) {
    if (container.state._tag === "Running") Probes.started(of.turn, container, of.spec, of.role)
    const seenAt = Relist.next(of.turn, of.runtime.node)
    wake(of, seenAt)
    return to(runtime, { _tag: "Up", seenAt })
  }
  event(of, "Warning", "FailedPostStartHook", "PostStartHook failed")
  const stop = Stopping.begin(of, container, graceOf(of), "FailedPostStartHook")
  return to(runtime, { _tag: "Killing", stop, then: "decide", failure })
}
