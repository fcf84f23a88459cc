/**
 * HorizontalPodAutoscalers as `autoscaling/v2` (stored) and as `autoscaling/v1`. The older version knows one metric, the CPU's utilisation; all
 * else it carries in annotations of JSON, which become fields again on the way back.
 */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { JsonRecord } from "../Json.ts"
import { array, at, isRecord, record, records, string } from "../Json.ts"

const prefix = "autoscaling.alpha.kubernetes.io/"
const annotation = {
  metrics: `${prefix}metrics`,
  currentMetrics: `${prefix}current-metrics`,
  conditions: `${prefix}conditions`,
  behavior: `${prefix}behavior`
}

const parse = (text: string | undefined): unknown =>
  text === undefined ? undefined : Option.getOrUndefined(Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Unknown))(text))

const defined = (value: JsonRecord): JsonRecord => Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined))

/** `resource` of `type: Resource`. */
const keyOf = (type: string): string => `${type.slice(0, 1).toLowerCase()}${type.slice(1)}`

/** Where each kind of source keeps a target's (or a current) value and average in the older version. */
const names = (type: string, state: "target" | "current"): { readonly value: string; readonly average: string } => {
  const average = state === "target" ? "targetAverageValue" : "currentAverageValue"
  const value = state === "target" ? "targetValue" : "currentValue"
  return type === "Object" ? { value, average: "averageValue" } : { value, average }
}

/** One metric of the newer version as the older one writes it, in the older one's order of fields. */
const older =
  (state: "target" | "current") =>
  (metric: JsonRecord): JsonRecord => {
    const type = string(metric["type"]) ?? ""
    const source = record(metric[keyOf(type)])
    const amount = record(source[state])
    const { average, value } = names(type, state)
    const utilization = { [`${state}AverageUtilization`]: amount["averageUtilization"] }
    const name = at(source, "metric", "name")
    const selector = at(source, "metric", "selector")
    const body = {
      Object: {
        target: source["describedObject"],
        metricName: name,
        [value]: amount["value"] ?? "0",
        selector,
        [average]: amount["averageValue"]
      },
      Pods: { metricName: name, [average]: amount["averageValue"], selector },
      Resource: { name: source["name"], ...utilization, [average]: amount["averageValue"] },
      ContainerResource: { name: source["name"], ...utilization, [average]: amount["averageValue"], container: source["container"] },
      External: { metricName: name, metricSelector: selector, [value]: amount["value"], [average]: amount["averageValue"] }
    }[type]
    return { type, ...(body === undefined ? {} : { [keyOf(type)]: defined(body) }) }
  }

const newer =
  (state: "target" | "current") =>
  (metric: JsonRecord): JsonRecord => {
    const type = string(metric["type"]) ?? ""
    const source = record(metric[keyOf(type)])
    const { average, value } = names(type, state)
    const amounts = {
      averageUtilization: source[`${state}AverageUtilization`],
      averageValue: source[average],
      value: type === "Object" && source[average] !== undefined ? undefined : source[value]
    }
    const kind = amounts.averageUtilization !== undefined ? "Utilization" : amounts.averageValue !== undefined ? "AverageValue" : "Value"
    const amount = state === "target" ? defined({ type: kind, ...amounts }) : defined(amounts)
    const named = source["metricName"] !== undefined
    return {
      type,
      [keyOf(type)]: defined({
        describedObject: source["target"],
        name: source["name"],
        container: source["container"],
        metric: named ? defined({ name: source["metricName"], selector: source["selector"] ?? source["metricSelector"] }) : undefined,
        [state]: amount
      })
    }
  }

/** The annotation of the behaviour has Go's names of fields; absent ones are null. */
const rules = ["stabilizationWindowSeconds", "selectPolicy", "policies", "tolerance"]
const capital = (key: string): string => `${key.slice(0, 1).toUpperCase()}${key.slice(1)}`

const olderRules = (value: unknown): unknown =>
  isRecord(value)
    ? Object.fromEntries(
        rules.map((key) => [
          capital(key),
          key === "policies" && value[key] !== undefined
            ? records(value[key]).map((policy) => ({
                Type: policy["type"],
                Value: policy["value"],
                PeriodSeconds: policy["periodSeconds"]
              }))
            : (value[key] ?? null)
        ])
      )
    : null

const newerRules = (value: unknown): unknown =>
  isRecord(value)
    ? Object.fromEntries(
        rules.flatMap((key) => {
          const item = value[capital(key)]
          if (item === undefined || item === null) return []
          if (key !== "policies") return [[key, item]]
          return [
            [key, records(item).map((policy) => ({ type: policy["Type"], value: policy["Value"], periodSeconds: policy["PeriodSeconds"] }))]
          ]
        })
      )
    : undefined

const isProcessor =
  (state: "target" | "current") =>
  (metric: JsonRecord): boolean =>
    metric["type"] === "Resource" &&
    at(metric, "resource", "name") === "cpu" &&
    at(metric, "resource", state, "averageUtilization") !== undefined

/** Without the four annotations, plus the given ones. */
const annotated = (object: KubeObject, more: Readonly<Record<string, string | undefined>>): KubeObject["metadata"] => {
  const { annotations: before, ...rest } = object.metadata
  const all: Record<string, string> = {}
  for (const [key, text] of Object.entries({ ...before, ...more })) if (text !== undefined) all[key] = text
  const keys = Object.keys(all).sort()
  return keys.length === 0 ? rest : { ...rest, annotations: Object.fromEntries(keys.map((key) => [key, all[key] ?? ""])) }
}

const text = (value: unknown): string | undefined => (value === undefined ? undefined : JSON.stringify(value))

export const toFirst = (object: KubeObject): KubeObject => {
  const spec = record(object["spec"])
  const status = record(object["status"])
  const metrics = records(spec["metrics"])
  const processor = metrics.find(isProcessor("target"))
  const others = metrics.filter((metric) => metric !== processor)
  const current = records(status["currentMetrics"])
  const load = current.find(isProcessor("current"))
  const conditions = array(status["conditions"])
  const { scaleDown, scaleUp } = record(spec["behavior"])
  return {
    apiVersion: "autoscaling/v1",
    kind: object.kind,
    metadata: annotated(object, {
      [annotation.metrics]: others.length === 0 ? undefined : text(others.map(older("target"))),
      [annotation.currentMetrics]: current.length === 0 ? undefined : text(current.map(older("current"))),
      [annotation.conditions]: conditions.length === 0 ? undefined : text(conditions),
      [annotation.behavior]:
        spec["behavior"] === undefined ? undefined : text({ ScaleUp: olderRules(scaleUp), ScaleDown: olderRules(scaleDown) })
    }),
    spec: defined({
      scaleTargetRef: spec["scaleTargetRef"],
      minReplicas: spec["minReplicas"],
      maxReplicas: spec["maxReplicas"],
      targetCPUUtilizationPercentage: at(processor, "resource", "target", "averageUtilization")
    }),
    status: defined({
      observedGeneration: status["observedGeneration"],
      lastScaleTime: status["lastScaleTime"],
      currentReplicas: status["currentReplicas"] ?? 0,
      desiredReplicas: status["desiredReplicas"] ?? 0,
      currentCPUUtilizationPercentage: at(load, "resource", "current", "averageUtilization")
    })
  }
}

const processorTarget = (percent: unknown): JsonRecord => ({
  type: "Resource",
  resource: { name: "cpu", target: { type: "Utilization", averageUtilization: percent } }
})

const processorLoad = (percent: unknown): JsonRecord => ({
  type: "Resource",
  resource: { name: "cpu", current: { averageUtilization: percent, averageValue: "0" } }
})

export const toSecond = (object: KubeObject): KubeObject => {
  const { targetCPUUtilizationPercentage: percent, ...spec } = record(object["spec"])
  const { currentCPUUtilizationPercentage: load, ...status } = record(object["status"])
  const carried = object.metadata.annotations ?? {}
  const others = records(parse(carried[annotation.metrics])).map(newer("target"))
  const metrics = percent === undefined || percent === null ? others : [...others, processorTarget(percent)]
  const told = records(parse(carried[annotation.currentMetrics])).map(newer("current"))
  const current = load === undefined || load === null || told.some(isProcessor("current")) ? told : [...told, processorLoad(load)]
  const behavior = parse(carried[annotation.behavior])
  const conditions = parse(carried[annotation.conditions])
  return {
    apiVersion: "autoscaling/v2",
    kind: object.kind,
    metadata: annotated(object, {
      [annotation.metrics]: undefined,
      [annotation.currentMetrics]: undefined,
      [annotation.conditions]: undefined,
      [annotation.behavior]: undefined
    }),
    spec: defined({
      ...spec,
      metrics: metrics.length === 0 ? undefined : metrics,
      behavior: isRecord(behavior)
        ? defined({ scaleUp: newerRules(behavior["ScaleUp"]), scaleDown: newerRules(behavior["ScaleDown"]) })
        : undefined
    }),
    ...(object["status"] === undefined
      ? {}
      : { status: defined({ ...status, currentMetrics: current.length === 0 ? null : current, conditions }) })
  }
}
