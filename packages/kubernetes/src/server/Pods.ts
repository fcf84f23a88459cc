/** The subresources of pods: log, exec, binding, eviction. */
import type { Duplex, KubeObject, KubeReply, KubeStatus } from "@aiopslab/core/Kubernetes"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { ContainerRef, LogOptions, Write } from "../Host.ts"
import type { JsonRecord } from "../Json.ts"
import { at, number, record, records, string } from "../Json.ts"
import { withCondition } from "../Conditions.ts"
import * as Selector from "../Selector.ts"
import * as Status from "../Status.ts"
import * as Store from "../Store.ts"
import { kubeTime } from "../Time.ts"
import type { ResourceCall } from "./Call.ts"
import * as Connected from "./Connected.ts"
import * as Present from "./Present.ts"
import { find } from "./Read.ts"
import { flag, nameOf, query, queryAll } from "./Route.ts"

const namesOf = (pod: KubeObject, key: string): ReadonlyArray<string> =>
  records(at(pod, "spec", key)).map((container) => string(container["name"]) ?? "")

/** The container that the request names, or the only one. */
const containerOf = (call: ResourceCall, pod: KubeObject): Result.Result<ContainerRef, KubeStatus> => {
  const { name, namespace = "" } = pod.metadata
  const containers = namesOf(pod, "containers")
  const inits = namesOf(pod, "initContainers")
  const asked = query(call.request, "container") ?? ""
  if (asked === "" && containers.length > 1) {
    const alternatives = inits.length === 0 ? "" : ` or one of the init containers: [${inits.join(" ")}]`
    return Result.fail(
      Status.badRequest(`a container name must be specified for pod ${name}, choose one of: [${containers.join(" ")}]${alternatives}`)
    )
  }
  const container = asked === "" ? (containers[0] ?? "") : asked
  return [...containers, ...inits, ...namesOf(pod, "ephemeralContainers")].includes(container)
    ? Result.succeed({ namespace, pod: name, container })
    : Result.fail(Status.badRequest(`container ${container} is not valid for pod ${name}`))
}

const integer = (call: ResourceCall, name: string): number | undefined => {
  const text = query(call.request, name)
  return text === undefined || !/^\d+$/.test(text) ? undefined : Number(text)
}

const logOptions = (call: ResourceCall): LogOptions => {
  const tailLines = integer(call, "tailLines")
  const sinceSeconds = integer(call, "sinceSeconds")
  const limitBytes = integer(call, "limitBytes")
  const sinceTime = query(call.request, "sinceTime")
  return {
    previous: flag(call.request, "previous"),
    follow: flag(call.request, "follow"),
    timestamps: flag(call.request, "timestamps"),
    ...(tailLines === undefined ? {} : { tailLines }),
    ...(sinceSeconds === undefined ? {} : { sinceSeconds }),
    ...(limitBytes === undefined ? {} : { limitBytes }),
    ...(sinceTime === undefined ? {} : { sinceTime })
  }
}

const logStream = (call: ResourceCall): Effect.Effect<Stream.Stream<string, KubeStatus>, KubeStatus> =>
  Effect.gen(function* () {
    const store = yield* call.host.store
    const pod = yield* Effect.fromResult(find(call, store))
    const container = yield* Effect.fromResult(containerOf(call, pod))
    return call.host.log(container, logOptions(call))
  })

/** The log up to now. */
export const log = (call: ResourceCall): Effect.Effect<KubeReply, KubeStatus> =>
  logStream(call).pipe(
    Effect.flatMap(Stream.runCollect),
    Effect.map((parts) => ({ code: 200, body: parts.join(""), contentType: "text/plain" }))
  )

/** The log as it grows, on the channel of stdout. */
export const follow = (call: ResourceCall): Effect.Effect<Duplex, KubeStatus> => {
  const encoder = new TextEncoder()
  return Effect.map(logStream(call), (lines) => ({
    send: () => Effect.void,
    end: () => Effect.void,
    received: Stream.map(lines, (text) => ({ channel: 1, data: encoder.encode(text) }))
  }))
}

/** The container of a pod that has a node, for a stream. */
const streaming = (call: ResourceCall): Effect.Effect<ContainerRef, KubeStatus> =>
  Effect.flatMap(call.host.store, (store) => {
    const pod = find(call, store)
    if (Result.isFailure(pod)) return Effect.fail(pod.failure)
    const container = containerOf(call, pod.success)
    if (Result.isFailure(container)) return Effect.fail(container.failure)
    return (at(pod.success, "spec", "nodeName") ?? "") === ""
      ? Effect.fail(Status.badRequest(`pod ${pod.success.metadata.name} does not have a host assigned`))
      : Effect.succeed(container.success)
  })

const streams = (call: ResourceCall) => ({ stdin: flag(call.request, "stdin"), tty: flag(call.request, "tty") })

export const exec = (call: ResourceCall): Effect.Effect<Duplex, KubeStatus, Scope.Scope> =>
  Effect.flatMap(streaming(call), (container) => {
    const argv = queryAll(call.request, "command")
    if (argv.length === 0) return Effect.fail(Status.badRequest("you must specify at least 1 command for the container"))
    return call.host.exec(container, argv, streams(call))
  })

export const attach = (call: ResourceCall): Effect.Effect<Duplex, KubeStatus, Scope.Scope> =>
  Effect.flatMap(streaming(call), (container) => call.host.attach(container, streams(call)))

const success = { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", code: 201 }

/** What a scheduler posts: the node of a pod that has none. */
export const bind =
  (call: ResourceCall): Write<KubeReply> =>
  (store, context) => {
    const found = find(call, store)
    if (Result.isFailure(found)) return Result.fail(found.failure)
    const pod = found.success
    const node = string(at(call.request.body, "target", "name")) ?? ""
    const current = string(at(pod, "spec", "nodeName")) ?? ""
    const { name } = pod.metadata
    if (pod.metadata.deletionTimestamp !== undefined) {
      return Result.fail(
        Status.conflict({ ...call.resource, plural: "pods/binding" }, name, `pod ${name} is being deleted, cannot be assigned to a host`)
      )
    }
    if (current !== "") {
      return Result.fail(
        Status.conflict(
          { ...call.resource, plural: "pods/binding" },
          name,
          `pod ${name} is already assigned to node ${JSON.stringify(current)}`
        )
      )
    }
    const status = record(pod["status"])
    const scheduled = { type: "PodScheduled", status: "True", lastProbeTime: null, lastTransitionTime: kubeTime(context.now) }
    const passed = Connected.bind(call)(store, context)
    if (Result.isFailure(passed)) return Result.fail(passed.failure)
    const next = Store.put(store, call.resource.id, {
      ...pod,
      spec: { ...record(pod["spec"]), nodeName: node },
      status: {
        ...status,
        conditions: [...records(status["conditions"]).filter((one) => one["type"] !== "PodScheduled"), scheduled]
      }
    })
    return Result.succeed([Present.reply(201, success), next])
  }

const budgets = "poddisruptionbudgets.policy"

const refusedBy = (message: string, retryAfterSeconds?: number): KubeStatus =>
  Status.tooManyRequests("Cannot evict pod as it would violate the pod's disruption budget.", {
    causes: [{ reason: "DisruptionBudget", message }],
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds })
  })

const isReady = (pod: KubeObject): boolean =>
  records(at(pod, "status", "conditions")).some((one) => one["type"] === "Ready" && one["status"] === "True")

/** Pods that do nothing any more, or nothing yet, go without asking a budget. */
const isFree = (pod: KubeObject): boolean => {
  const phase = at(pod, "status", "phase")
  return pod.metadata.deletionTimestamp !== undefined || phase === "Pending" || phase === "Succeeded" || phase === "Failed"
}

/** The budget after this eviction, or why it refuses; `undefined` when the budget need not be asked. */
const charged = (budget: KubeObject, pod: KubeObject, now: number): Result.Result<KubeObject | undefined, KubeStatus> => {
  const status = record(budget["status"])
  const wanted = number(status["desiredHealthy"]) ?? 0
  const healthy = number(status["currentHealthy"]) ?? 0
  const left = number(status["disruptionsAllowed"]) ?? 0
  if (!isReady(pod)) {
    const always = at(budget, "spec", "unhealthyPodEvictionPolicy") === "AlwaysAllow"
    if (always || (healthy >= wanted && wanted > 0)) return Result.succeed(undefined)
  }
  const { name } = budget.metadata
  if ((number(status["observedGeneration"]) ?? 0) < (budget.metadata.generation ?? 0)) {
    return Result.fail(refusedBy(`The disruption budget ${name} is still being processed by the server.`, 10))
  }
  if (left <= 0) return Result.fail(refusedBy(`The disruption budget ${name} needs ${wanted} healthy pods and has ${healthy} currently`))
  const next = {
    ...budget,
    status: {
      ...status,
      disruptedPods: { ...record(status["disruptedPods"]), [pod.metadata.name]: kubeTime(now) },
      disruptionsAllowed: left - 1
    }
  }
  return Result.succeed(left > 1 ? next : withCondition(next, exhausted(budget), now))
}

const exhausted = (budget: KubeObject): JsonRecord => ({
  type: "DisruptionAllowed",
  status: "False",
  observedGeneration: budget.metadata.generation ?? 0,
  reason: "InsufficientPods",
  message: ""
})

/** A delete that disruption budgets may refuse. Their status says how many disruptions are left; a controller keeps it. */
export const evict =
  (call: ResourceCall): Write<KubeReply> =>
  (store, context) => {
    const found = find(call, store)
    if (Result.isFailure(found)) return Result.fail(found.failure)
    const pod = found.success
    const { name, namespace = "" } = pod.metadata
    const named = nameOf(call.request.body)
    if (named !== "" && named !== name) return Result.fail(Status.badRequest("name in URL does not match name in Eviction object"))
    const passed = Connected.evict(call)(store, context)
    if (Result.isFailure(passed)) return Result.fail(passed.failure)
    const matching = isFree(pod)
      ? []
      : Store.list(store, budgets, namespace).filter((one) =>
          Selector.matches(Selector.fromLabelSelector(at(one, "spec", "selector")), pod.metadata.labels)
        )
    if (matching.length > 1) {
      return Result.fail(
        Status.internalError("This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.")
      )
    }
    const [budget] = matching
    const after = budget === undefined ? Result.succeed(undefined) : charged(budget, pod, context.now)
    if (Result.isFailure(after)) return Result.fail(after.failure)
    const next = after.success === undefined ? store : Store.put(store, budgets, after.success)
    const seconds = number(at(call.request.body, "deleteOptions", "gracePeriodSeconds"))
    const options = { admission: "done" as const, ...(seconds === undefined ? {} : { gracePeriodSeconds: seconds }) }
    return Result.map(call.registry.remove(call.resource, namespace, name, options)(next, context), ([, evicted]) => [
      Present.reply(201, success),
      evicted
    ])
  }

/** What a connection is answered that was not asked to be upgraded. */
export const unconnected = (call: ResourceCall, store: Store.Store): KubeStatus => {
  const found = find(call, store)
  if (Result.isFailure(found)) return found.failure
  const node = string(at(found.success, "spec", "nodeName")) ?? ""
  if (node === "") return Status.badRequest(`pod ${found.success.metadata.name} does not have a host assigned`)
  // the real server names the wrong kind
  return Store.get(store, "nodes", "", node) === undefined ? Status.notFound(call.resource, node) : Status.upgradeRequired
}
