/** HorizontalPodAutoscalers, in the form in which they are stored: autoscaling/v2. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import type { JsonRecord } from "../../Json.ts"
import { at, isRecord, record, records } from "../../Json.ts"
import * as Quantity from "../../Quantity.ts"
import * as Names from "../Names.ts"
import type { Report } from "../Report.ts"
import { containerResource } from "../ResourceName.ts"
import { label, notNegative, number, oneOf, quantityNotNegative, requiredName, text } from "../Value.ts"

type Part = (value: JsonRecord, path: string, report: Report) => void

const versionFailure = (version: string, group: "needed" | "optional"): string | undefined => {
  const slashes = version.split("/").length - 1
  if (slashes > 1) return `unexpected GroupVersion string: ${version}`
  return slashes === 0 && group === "needed" ? "apiVersion must specify API group" : undefined
}

const reference = (value: JsonRecord, group: "needed" | "optional" | "any", path: string, report: Report): void => {
  requiredName(value["kind"], Names.explainPathSegment, `${path}.kind`, report)
  requiredName(value["name"], Names.explainPathSegment, `${path}.name`, report)
  const version = text(value["apiVersion"])
  const why = group === "any" ? undefined : versionFailure(version, group)
  if (why !== undefined) report.invalid(`${path}.apiVersion`, version, why)
}

const target: Part = (value, path, report) => {
  const type = text(value["type"])
  if (type === "") report.required(`${path}.type`, "must specify a metric target type")
  if (!["Utilization", "Value", "AverageValue"].includes(type)) {
    report.invalid(`${path}.type`, type, "must be either Utilization, Value, or AverageValue")
  }
  for (const key of ["value", "averageValue"]) {
    if (value[key] !== undefined && Quantity.compare(value[key], "0") <= 0) report.invalid(`${path}.${key}`, value[key], "must be positive")
  }
  const utilization = value["averageUtilization"]
  if (typeof utilization === "number" && utilization < 1) {
    report.invalid(`${path}.averageUtilization`, utilization, "must be greater than 0")
  }
}

const identified: Part = (value, path, report) => {
  const name = text(at(value, "metric", "name"))
  if (name === "") report.required(`${path}.metric.name`, "must specify a metric name")
  else report.each(`${path}.metric.name`, name, Names.explainPathSegment(name))
  target(record(value["target"]), `${path}.target`, report)
}

/** A share of what is asked for, or an amount. */
const utilized: Part = (value, path, report) => {
  const goal = record(value["target"])
  target(goal, `${path}.target`, report)
  const { averageUtilization: share, averageValue: amount } = goal
  if (share === undefined && amount === undefined) {
    report.required(`${path}.target.averageUtilization`, "must set either a target raw value or a target utilization")
  }
  if (share !== undefined && amount !== undefined) {
    report.forbidden(`${path}.target.averageValue`, "may not set both a target raw value and a target utilization")
  }
}

const resourceName: Part = (value, path, report) => {
  if (text(value["name"]) === "") report.required(`${path}.name`, "must specify a resource name")
}

/** In the order in which they are looked for. */
const sources: Readonly<Record<string, Part>> = {
  object: (value, path, report) => {
    reference(record(value["describedObject"]), "optional", `${path}.describedObject`, report)
    identified(value, path, report)
    if (at(value, "target", "value") === undefined && at(value, "target", "averageValue") === undefined) {
      report.required(`${path}.target.averageValue`, "must set either a target value or averageValue")
    }
  },
  external: (value, path, report) => {
    identified(value, path, report)
    const { averageValue, value: whole } = record(value["target"])
    if (averageValue === undefined && whole === undefined) {
      report.required(`${path}.target.averageValue`, "must set either a target value for metric or a per-pod target")
    }
    if (averageValue !== undefined && whole !== undefined) {
      report.forbidden(`${path}.target.value`, "may not set both a target value for metric and a per-pod target")
    }
  },
  pods: (value, path, report) => {
    identified(value, path, report)
    if (at(value, "target", "averageValue") === undefined) {
      report.required(`${path}.target.averageValue`, "must specify a positive target averageValue")
    }
  },
  resource: (value, path, report) => {
    resourceName(value, path, report)
    utilized(value, path, report)
  },
  containerResource: (value, path, report) => {
    const name = text(value["name"])
    const container = text(value["container"])
    if (name === "") resourceName(value, path, report)
    else containerResource(name, `${path}.name`, report)
    if (container === "") report.required(`${path}.container`, "must specify a container")
    else label(container, `${path}.container`, report)
    utilized(value, path, report)
  }
}

const fieldOf: Readonly<Record<string, string>> = {
  Object: "object",
  Pods: "pods",
  Resource: "resource",
  External: "external",
  ContainerResource: "containerResource"
}

const metric: Part = (value, path, report) => {
  const type = text(value["type"])
  const known = Object.keys(fieldOf)
  const unknown = fieldOf[type] === undefined
  if (type === "") report.required(`${path}.type`, "must specify a metric source type")
  if (unknown) report.notSupported(`${path}.type`, type, known)
  const present = Object.keys(sources).filter((key) => value[key] !== undefined)
  const [first] = present
  if (first !== undefined) sources[first]?.(record(value[first]), `${path}.${first}`, report)
  const expected = fieldOf[type]
  if (expected === undefined) report.notSupported(`${path}.type`, type, known)
  else if (value[expected] === undefined) report.required(`${path}.${expected}`, "must populate information for the given metric source")
  if (present.length === 1) return
  for (const key of present) if (key !== expected) report.forbidden(`${path}.${key}`, "must populate the given metric source only")
}

const longestWindow = 3600
const longestPeriod = 1800

const scalingRules: Part = (value, path, report) => {
  const seconds = value["stabilizationWindowSeconds"]
  const field = `${path}.stabilizationWindowSeconds`
  if (number(seconds) < 0) report.invalid(field, seconds, "must be greater than or equal to zero")
  if (number(seconds) > longestWindow) report.invalid(field, seconds, `must be less than or equal to ${longestWindow}`)
  oneOf(value["selectPolicy"], ["Disabled", "Max", "Min"], `${path}.selectPolicy`, report)
  const policies = records(value["policies"])
  if (policies.length === 0) report.required(`${path}.policies`, "must specify at least one Policy")
  for (const [i, policy] of policies.entries()) {
    const here = `${path}.policies[${i}]`
    const type = text(policy["type"])
    if (type !== "Pods" && type !== "Percent") report.notSupported(`${here}.type`, type, ["Percent", "Pods"])
    for (const key of ["value", "periodSeconds"]) {
      if (number(policy[key]) <= 0) report.invalid(`${here}.${key}`, number(policy[key]), "must be greater than zero")
    }
    if (number(policy["periodSeconds"]) > longestPeriod) {
      report.invalid(`${here}.periodSeconds`, policy["periodSeconds"], `must be less than or equal to ${longestPeriod}`)
    }
  }
  quantityNotNegative(value["tolerance"], `${path}.tolerance`, report)
}

export const podAutoscaler = (object: KubeObject, previous: KubeObject | undefined, report: Report): void => {
  const spec = record(object["spec"])
  const least = spec["minReplicas"]
  const most = number(spec["maxReplicas"])
  const lowest = at(previous, "spec", "minReplicas") === 0 ? 0 : 1
  if (typeof least === "number" && least < lowest) report.invalid("spec.minReplicas", least, `must be greater than or equal to ${lowest}`)
  if (most < 1) report.invalid("spec.maxReplicas", most, "must be greater than 0")
  if (typeof least === "number" && most < least) report.invalid("spec.maxReplicas", most, "must be greater than or equal to `minReplicas`")
  const aim = record(spec["scaleTargetRef"])
  const kept = ["apiVersion", "kind"].every((key) => text(at(previous, "spec", "scaleTargetRef", key)) === text(aim[key]))
  const group = previous !== undefined && kept ? "any" : aim["kind"] === "ReplicationController" ? "optional" : "needed"
  reference(aim, group, "spec.scaleTargetRef", report)
  const metrics = records(spec["metrics"])
  for (const [i, one] of metrics.entries()) metric(one, `spec.metrics[${i}]`, report)
  if (least === 0 && !metrics.some(({ type }) => type === "Object" || type === "External")) {
    report.forbidden("spec.metrics", "must specify at least one Object or External metric to support scaling to zero replicas")
  }
  for (const key of ["scaleUp", "scaleDown"]) {
    const rules = at(spec, "behavior", key)
    if (isRecord(rules)) scalingRules(rules, `spec.behavior.${key}`, report)
  }
}

export const podAutoscalerStatus = (object: KubeObject, _: KubeObject | undefined, report: Report): void => {
  for (const key of ["currentReplicas", "desiredReplicas"]) notNegative(at(object, "status", key), `status.${key}`, report)
}
