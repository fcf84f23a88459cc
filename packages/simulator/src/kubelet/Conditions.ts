/** The conditions that a kubelet keeps on its pods: pkg/kubelet/status. */
import { kubeTime } from "@aiopslab/kubernetes/Time"
import type { Container } from "../Container.ts"
import type { Condition, Pod } from "../Kinds.ts"
import type { Parts, Phase } from "./Phase.ts"
import { hasStarted } from "./Phase.ts"

const owned: ReadonlySet<string> = new Set(["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"])

interface Verdict {
  readonly type: string
  readonly status: "True" | "False"
  readonly reason?: string
  readonly message?: string
}

const isInitialised = (one: Container, role: "init" | "sidecar"): boolean =>
  role === "sidecar" ? one.started : one.state._tag === "Terminated" && one.state.exitCode === 0

const initialized = ({ inits, mains, sidecars }: Parts, phase: Phase): Verdict => {
  if (phase === "Succeeded") return { type: "Initialized", status: "True", reason: "PodCompleted" }
  const pending = [...inits.filter((one) => !isInitialised(one, "init")), ...sidecars.filter((one) => !isInitialised(one, "sidecar"))].map(
    ({ name }) => name
  )
  return pending.length === 0 || mains.some(hasStarted)
    ? { type: "Initialized", status: "True" }
    : {
        type: "Initialized",
        status: "False",
        reason: "ContainersNotInitialized",
        message: `containers with incomplete status: [${pending.join(" ")}]`
      }
}

const readiness = ({ mains, sidecars }: Parts, phase: Phase): Omit<Verdict, "type"> => {
  if (phase === "Succeeded") return { status: "False", reason: "PodCompleted" }
  if (phase === "Failed") return { status: "False", reason: "PodFailed" }
  const unready = [...sidecars, ...mains].filter(({ ready }) => !ready).map(({ name }) => name)
  return unready.length === 0
    ? { status: "True" }
    : { status: "False", reason: "ContainersNotReady", message: `containers with unready status: [${unready.join(" ")}]` }
}

/** A pod may ask that others call it ready, too. */
const gated = ({ spec, status }: Pod): Omit<Verdict, "type"> => {
  const unmet = (spec.readinessGates ?? []).flatMap(({ conditionType }) => {
    const found = status.conditions?.find(({ type }) => type === conditionType)
    if (found === undefined) return [`corresponding condition of pod readiness gate "${conditionType}" does not exist.`]
    return found.status === "True" ? [] : [`the status of pod readiness gate "${conditionType}" is not "True", but ${found.status}`]
  })
  return unmet.length === 0 ? { status: "True" } : { status: "False", reason: "ReadinessGatesNotReady", message: unmet.join(", ") }
}

/** Those of others stay, in front. */
export const of = (pod: Pod, parts: Parts, phase: Phase, sandbox: "up" | "down", now: number): ReadonlyArray<Condition> => {
  const previous = pod.status.conditions ?? []
  const generation = pod.metadata.generation ?? 0
  const at = kubeTime(now)
  const written = ({ message, reason, status, type }: Verdict): Condition => {
    const before = previous.find((one) => one.type === type)
    const { lastTransitionTime = at } = before?.status === status ? before : {}
    return {
      type,
      ...(generation === 0 ? {} : { observedGeneration: generation }),
      status,
      lastProbeTime: null,
      lastTransitionTime,
      ...(reason === undefined ? {} : { reason }),
      ...(message === undefined ? {} : { message })
    }
  }
  const ready = readiness(parts, phase)
  return [
    ...previous.filter(({ type }) => !owned.has(type)),
    written({ type: "PodReadyToStartContainers", status: sandbox === "up" ? "True" : "False" }),
    written(initialized(parts, phase)),
    written({ type: "Ready", ...(ready.status === "True" ? gated(pod) : ready) }),
    written({ type: "ContainersReady", ...ready }),
    previous.find(({ type }) => type === "PodScheduled") ?? written({ type: "PodScheduled", status: "True" })
  ]
}
