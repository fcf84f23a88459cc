/** `pods/eviction`: a delete that disruption budgets may refuse. */
import type { KubeObject, KubeReply, KubeStatus } from "@aiopslab/core/Kubernetes"
import * as Result from "effect/Result"
import { withCondition } from "../Conditions.ts"
import type { Write } from "../Host.ts"
import type { JsonRecord } from "../Json.ts"
import { at, number, record, records, string } from "../Json.ts"
import type { RemoveOptions } from "../Registry.ts"
import * as Selector from "../Selector.ts"
import * as Status from "../Status.ts"
import * as Store from "../Store.ts"
import { kubeTime } from "../Time.ts"
import type { ResourceCall } from "./Call.ts"
import * as Connected from "./Connected.ts"
import * as Decode from "./Decode.ts"
import * as Options from "./Options.ts"
import * as Present from "./Present.ts"
import { find } from "./Read.ts"

const success = { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", code: 201 }

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

const evicting: JsonRecord = {
  type: "DisruptionTarget",
  status: "True",
  lastProbeTime: null,
  reason: "EvictionByEvictionAPI",
  message: "Eviction API: evicting"
}

/** How the pod is deleted, once the preconditions hold. */
const optionsOf = (eviction: KubeObject, pod: KubeObject): Result.Result<RemoveOptions, KubeStatus> => {
  const { name, resourceVersion = "", uid = "" } = pod.metadata
  const options = record(eviction["deleteOptions"])
  const wanted = record(options["preconditions"])
  const subject = { group: "", plural: "pods", kind: "Pod" }
  const [asked = "", version = ""] = [string(wanted["uid"]), string(wanted["resourceVersion"])]
  if (asked !== "" && asked !== uid) return Result.fail(Status.uidMismatch(subject, name, asked, uid))
  if (version !== "" && version !== resourceVersion) return Result.fail(Status.revisionMismatch(subject, name, version, resourceVersion))
  const seconds = number(options["gracePeriodSeconds"])
  return Result.succeed(seconds === undefined ? {} : { gracePeriodSeconds: seconds })
}

/** A delete that disruption budgets may refuse. Their status says how many disruptions are left; a controller keeps it. */
export const evict =
  (call: ResourceCall): Write<KubeReply> =>
  (store, context) => {
    const decoded = Decode.posted(call, "policy/v1", "Eviction")
    if (Result.isFailure(decoded)) return Result.fail(decoded.failure)
    const { object: eviction, warnings } = decoded.success
    if (eviction.metadata.name !== call.path.name) {
      return Result.fail(Status.badRequest("name in URL does not match name in Eviction object"))
    }
    const found = find(call, store)
    if (Result.isFailure(found)) return Result.fail(found.failure)
    const pod = found.success
    const { name, namespace = "" } = pod.metadata
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
    const options = optionsOf(eviction, pod)
    if (Result.isFailure(options)) return Result.fail(options.failure)
    const marked = Options.isDry(call.request) ? next : Store.put(next, call.resource.id, withCondition(pod, evicting, context.now))
    return Result.map(
      call.registry.remove(call.resource, namespace, name, { ...options.success, admission: "done" })(marked, context),
      ([, evicted]) => [Present.reply(201, success, warnings), evicted]
    )
  }
