/** The subresources of pods: log, exec, binding, eviction. */
import type { Duplex, KubeObject, KubeReply, KubeStatus } from "@aiopslab/core/Kubernetes"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { ContainerRef, LogOptions, Write } from "../Host.ts"
import { at, number, record, records, string } from "../Json.ts"
import * as Selector from "../Selector.ts"
import * as Status from "../Status.ts"
import * as Store from "../Store.ts"
import { kubeTime } from "../Time.ts"
import type { ResourceCall } from "./Call.ts"
import * as Present from "./Present.ts"
import { find } from "./Read.ts"
import { flag, query, queryAll } from "./Route.ts"

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

export const exec = (call: ResourceCall): Effect.Effect<Duplex, KubeStatus, Scope.Scope> =>
  Effect.flatMap(call.host.store, (store) => {
    const pod = find(call, store)
    if (Result.isFailure(pod)) return Effect.fail(pod.failure)
    const container = containerOf(call, pod.success)
    if (Result.isFailure(container)) return Effect.fail(container.failure)
    if ((at(pod.success, "spec", "nodeName") ?? "") === "") {
      return Effect.fail(Status.badRequest(`pod ${pod.success.metadata.name} does not have a host assigned`))
    }
    const argv = queryAll(call.request, "command")
    if (argv.length === 0) return Effect.fail(Status.badRequest("you must specify at least 1 command for the container"))
    return call.host.exec(container.success, argv, { stdin: flag(call.request, "stdin"), tty: flag(call.request, "tty") })
  })

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

/** A delete that disruption budgets may refuse. Their status says how many disruptions are left; a controller keeps it. */
export const evict =
  (call: ResourceCall): Write<KubeReply> =>
  (store, context) => {
    const found = find(call, store)
    if (Result.isFailure(found)) return Result.fail(found.failure)
    const pod = found.success
    const { name, namespace = "" } = pod.metadata
    const budget = Store.list(store, budgets, namespace).find((one) =>
      Selector.matches(Selector.fromLabelSelector(at(one, "spec", "selector")), pod.metadata.labels)
    )
    const phase = at(pod, "status", "phase")
    const running = phase !== "Pending" && phase !== "Succeeded" && phase !== "Failed"
    const left = number(at(budget, "status", "disruptionsAllowed")) ?? 0
    if (budget !== undefined && running && left <= 0) {
      const wanted = number(at(budget, "status", "desiredHealthy")) ?? 0
      const healthy = number(at(budget, "status", "currentHealthy")) ?? 0
      const message = `The disruption budget ${budget.metadata.name} needs ${wanted} healthy pods and has ${healthy} currently`
      return Result.fail(
        Status.tooManyRequests("Cannot evict pod as it would violate the pod's disruption budget.", {
          causes: [{ reason: "DisruptionBudget", message }]
        })
      )
    }
    const options = record(at(call.request.body, "deleteOptions"))
    const seconds = number(options["gracePeriodSeconds"])
    const charged =
      budget === undefined || !running
        ? store
        : Store.put(store, budgets, { ...budget, status: { ...record(budget["status"]), disruptionsAllowed: left - 1 } })
    return Result.map(
      call.registry.remove(call.resource, namespace, name, seconds === undefined ? {} : { gracePeriodSeconds: seconds })(charged, context),
      ([, next]) => [Present.reply(201, success), next]
    )
  }
