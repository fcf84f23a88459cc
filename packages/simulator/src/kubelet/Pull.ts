/** The image of a container: there, to be pulled, or not to be had. */
import * as Result from "effect/Result"
import * as BackOff from "./BackOff.ts"
import * as Images from "./Images.ts"
import type { Look } from "./Look.ts"
import { containerOf, event, setState, to, wake } from "./Look.ts"
import type { ContainerPhase, ContainerRuntime } from "./PodRuntime.ts"
import * as Reference from "./Reference.ts"
import * as Relist from "./Relist.ts"

/** Creating and starting a container. */
const startMillis = [120, 420] as const
/** After a failed pull the pod shows the failure for a moment before it shows the back-off. */
export const failureShown = 2_000
/** The kubelet looks again at a pod that it couldn't start. */
const retryMillis = [10_000, 15_000] as const

export const begin = (of: Look, runtime: ContainerRuntime): ContainerRuntime => {
  const { spec, turn } = of
  const name = Reference.parse(spec.image)
  if (Result.isFailure(name)) {
    const message = `Failed to apply default image tag "${spec.image}": couldn't parse image name "${spec.image}": ${name.failure}`
    event(of, "Warning", "InspectFailed", message)
    event(of, "Warning", "Failed", "Error: InvalidImageName")
    return refused(of, runtime, "InvalidImageName", message)
  }
  const present = Images.isPresent(turn, of.runtime.node, spec.image)
  const policy = spec.imagePullPolicy ?? "IfNotPresent"
  if (policy !== "Always" && present) {
    event(of, "Normal", "Pulled", `Container image "${spec.image}" already present on machine`)
    return starting(of, runtime)
  }
  if (policy === "Never") {
    const message = `Container image "${spec.image}" is not present with pull policy of Never`
    event(of, "Warning", "ErrImageNeverPull", message)
    event(of, "Warning", "Failed", "Error: ErrImageNeverPull")
    return refused(of, runtime, "ErrImageNeverPull", message)
  }
  event(of, "Normal", "Pulling", `Pulling image "${spec.image}"`)
  const pull = Images.pull(turn, of.runtime.node, spec.image)
  wake(of, pull.until)
  return to(runtime, { _tag: "Pulling", since: turn.now, ...pull })
}

const starting = (of: Look, runtime: ContainerRuntime): ContainerRuntime => {
  const at = of.turn.now + of.turn.millis("start", ...startMillis)
  wake(of, at)
  return to(runtime, { _tag: "Starting", at })
}

export const end = (
  of: Look,
  runtime: ContainerRuntime,
  phase: Extract<ContainerPhase, { readonly _tag: "Pulling" }>
): ContainerRuntime => {
  const { spec, turn } = of
  if (phase.failure === undefined) {
    const whole = phase.until - phase.since
    const size = Images.sizeBytes(turn, spec.image)
    const took = `in ${BackOff.goMillis(whole - phase.waited)} (${BackOff.goMillis(whole)} including waiting)`
    event(of, "Normal", "Pulled", `Successfully pulled image "${spec.image}" ${took}. Image size: ${size} bytes.`)
    return starting(of, { ...runtime, pull: undefined })
  }
  event(of, "Warning", "Failed", `Failed to pull image "${spec.image}": ${phase.failure}`)
  event(of, "Warning", "Failed", "Error: ErrImagePull")
  setState(of, { _tag: "Waiting", reason: "ErrImagePull", message: phase.failure })
  wake(of, turn.now + failureShown)
  return { ...runtime, pull: BackOff.next(runtime.pull, turn.now, turn.now), phase: { _tag: "PullFailed", at: turn.now } }
}

export const backOff = (of: Look, runtime: ContainerRuntime, failedAt: number): ContainerRuntime => {
  const { spec, turn } = of
  const message = `Back-off pulling image "${spec.image}"`
  event(of, "Normal", "BackOff", message)
  event(of, "Warning", "Failed", "Error: ImagePullBackOff")
  const why = Images.pullError(turn, spec.image)
  setState(of, { _tag: "Waiting", reason: "ImagePullBackOff", message: `${message}: ErrImagePull: ${why}` })
  const until = failedAt + (runtime.pull?.delay ?? 0)
  wake(of, until)
  return to(runtime, { _tag: "PullBackOff", until })
}

/** The first time the runtime's news of the pod's sandbox bring the kubelet back soon. */
export const refused = (of: Look, runtime: ContainerRuntime, reason: string, message: string): ContainerRuntime => {
  const before = containerOf(of)?.state
  const isFirst = before?._tag !== "Waiting" || before.reason !== reason
  setState(of, { _tag: "Waiting", reason, message })
  const retryAt = isFirst ? Relist.next(of.turn, of.runtime.node) : of.turn.now + of.turn.millis("retry", ...retryMillis)
  wake(of, retryAt)
  return to(runtime, { _tag: "ConfigError", retryAt })
}
