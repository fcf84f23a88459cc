/** Disruption budgets, priority classes, runtime classes, leases. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import type { JsonRecord } from "../../Json.ts"
import { at, record, records } from "../../Json.ts"
import * as Internal from "../Internal.ts"
import { labelSelector } from "../LabelSelector.ts"
import * as Names from "../Names.ts"
import { labels } from "../Metadata.ts"
import type { Report } from "../Report.ts"
import { amount, containerResource } from "../ResourceName.ts"
import { immutable, label, notNegative, number, oneOf, text } from "../Value.ts"

const countOrPercent = (value: unknown, path: string, report: Report): void => {
  if (typeof value !== "string") return notNegative(value, path, report)
  const why = Names.explain(value, Names.percent)
  report.each(path, value, why)
  if (why.length === 0 && Number.parseInt(value, 10) > 100) report.invalid(path, value, "must not be greater than 100%")
}

export const disruptionBudget = (object: KubeObject, _: KubeObject | undefined, report: Report): void => {
  const spec = record(object["spec"])
  const { maxUnavailable, minAvailable, selector } = spec
  if (minAvailable !== undefined && maxUnavailable !== undefined) {
    report.invalid("spec", Internal.compact("policy.PodDisruptionBudgetSpec", spec), "minAvailable and maxUnavailable cannot be both set")
  }
  countOrPercent(minAvailable, "spec.minAvailable", report)
  countOrPercent(maxUnavailable, "spec.maxUnavailable", report)
  labelSelector(selector, "spec.selector", report)
  oneOf(spec["unhealthyPodEvictionPolicy"], ["AlwaysAllow", "IfHealthyBudget"], "spec.unhealthyPodEvictionPolicy", report)
}

const counts = ["disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods"]

export const disruptionBudgetStatus = (object: KubeObject, _: KubeObject | undefined, report: Report): void => {
  for (const key of counts) notNegative(at(object, "status", key), `status.${key}`, report)
}

const highest = 1_000_000_000
const system = "system-"
const known: Readonly<Record<string, number>> = { "system-cluster-critical": 2_000_000_000, "system-node-critical": 2_000_001_000 }

const systemFailure = (name: string, value: number, global: unknown): string | undefined => {
  const wanted = known[name]
  if (wanted === undefined) return `${name} is not a known system priority class`
  if (value !== wanted) return `value of ${name} PriorityClass must be ${wanted}`
  return global === true ? `globalDefault of ${name} PriorityClass must be false` : undefined
}

export const priorityClass = (object: KubeObject, _: KubeObject | undefined, report: Report): void => {
  const { name } = object.metadata
  const value = number(object["value"])
  if (name.startsWith(system)) {
    const why = systemFailure(name, value, object["globalDefault"])
    if (why !== undefined) {
      report.forbidden("metadata.name", `priority class names with '${system}' prefix are reserved for system use only. error: ${why}`)
    }
  } else if (value > highest) report.forbidden("value", `maximum allowed value of a user defined priority is ${highest}`)
  const policy = object["preemptionPolicy"]
  if (policy === "") report.required("preemptionPolicy")
  else if (typeof policy === "string" && !policies.includes(policy)) report.notSupportedAsListed("preemptionPolicy", policy, policies)
}

const policies = ["PreemptLowerPriority", "Never"]

export const priorityClassUpdate = (object: KubeObject, previous: KubeObject | undefined, report: Report): void => {
  if (number(object["value"]) !== number(previous?.["value"])) report.forbidden("value", "may not be changed in an update.")
  immutable(object["preemptionPolicy"], previous?.["preemptionPolicy"], "preemptionPolicy", report)
}

const effects = ["NoSchedule", "PreferNoSchedule", "NoExecute"]

const toleration = (one: JsonRecord, path: string, report: Report): void => {
  const key = text(one["key"])
  const value = text(one["value"])
  const operator = text(one["operator"])
  const effect = text(one["effect"])
  if (key !== "") report.each(`${path}.key`, key, Names.explainKey(key))
  if (key === "" && operator !== "Exists") {
    report.invalid(`${path}.operator`, operator, 'operator must be Exists when `key` is empty, which means "match all values and all keys"')
  }
  if (one["tolerationSeconds"] !== undefined && effect !== "NoExecute") {
    report.invalid(`${path}.effect`, effect, "effect must be 'NoExecute' when `tolerationSeconds` is set")
  }
  if (operator === "Equal" || operator === "") {
    const why = Names.explainLabelValue(value)
    if (why.length > 0) report.invalid(`${path}.operator`, value, why.join(";"))
  } else if (operator === "Exists") {
    if (value !== "") report.invalid(`${path}.operator`, value, "value must be empty when `operator` is 'Exists'")
  } else report.notSupportedAsListed(`${path}.operator`, operator, ["Equal", "Exists"])
  if (effect !== "" && !effects.includes(effect)) report.notSupportedAsListed(`${path}.effect`, effect, effects)
}

const printed = (one: JsonRecord): unknown => Internal.compact("core.Toleration", one)

export const runtimeClass = (object: KubeObject, _: KubeObject | undefined, report: Report): void => {
  label(text(object["handler"]), "handler", report)
  const overhead = record(at(object, "overhead", "podFixed"))
  for (const name of Object.keys(overhead).sort()) {
    containerResource(name, `overhead.limits[${name}]`, report)
    amount(name, overhead[name], `overhead.limits[${name}]`, report)
  }
  if (object["scheduling"] === undefined) return
  labels(at(object, "scheduling", "nodeSelector"), "scheduling.nodeSelector", report)
  const tolerations = records(at(object, "scheduling", "tolerations"))
  for (const [i, one] of tolerations.entries()) toleration(one, `scheduling.tolerations.tolerations[${i}]`, report)
  const seen = new Set<string>()
  for (const [i, one] of tolerations.entries()) {
    const key = JSON.stringify(["key", "operator", "value", "effect"].map((name) => text(one[name])))
    if (seen.has(key)) report.duplicate(`scheduling.tolerations[${i}]`, printed(one))
    seen.add(key)
  }
}

export const runtimeClassUpdate = (object: KubeObject, previous: KubeObject | undefined, report: Report): void =>
  immutable(text(object["handler"]), previous?.["handler"], "handler", report)

const strategies = ["OldestEmulationVersion"]

export const lease = (object: KubeObject, _: KubeObject | undefined, report: Report): void => {
  const spec = record(object["spec"])
  const { leaseDurationSeconds: seconds, strategy } = spec
  if (typeof seconds === "number" && seconds <= 0) report.invalid("spec.leaseDurationSeconds", seconds, "must be greater than 0")
  notNegative(spec["leaseTransitions"], "spec.leaseTransitions", report)
  if (typeof strategy === "string") {
    if (strategy.includes("/")) report.each("spec.strategy.strategy", strategy, Names.explainKey(strategy))
    else if (!strategies.includes(strategy)) report.notSupported("spec.strategy.strategy", strategy, strategies)
  }
  if (text(spec["preferredHolder"]) !== "" && text(strategy) === "") {
    report.forbidden("spec.preferredHolder", "may only be specified if `strategy` is defined")
  }
}
