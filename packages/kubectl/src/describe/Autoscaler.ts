/** Horizontal pod autoscalers. */
import * as Duration from "../Duration.ts"
import * as Fields from "../Fields.ts"
import { type Describer, plain } from "./Describer.ts"
import type { Page } from "./Page.ts"

/** What a metric is about, and the field it stands in. */
const subjects: Readonly<Record<string, { readonly field: string; readonly text: (of: unknown) => string }>> = {
  ContainerResource: {
    field: "containerResource",
    text: (of) => `resource ${Fields.text(of, "name")} of container "${Fields.text(of, "container")}" on pods`
  },
  External: { field: "external", text: (of) => JSON.stringify(Fields.text(of, "metric", "name")) },
  Object: {
    field: "object",
    text: (of) =>
      `"${Fields.text(of, "metric", "name")}" on ${Fields.text(of, "describedObject", "kind")}/${Fields.text(of, "describedObject", "name")}`
  },
  Pods: { field: "pods", text: (of) => `${JSON.stringify(Fields.text(of, "metric", "name"))} on pods` },
  Resource: { field: "resource", text: (of) => `resource ${Fields.text(of, "name")} on pods` }
}

const utilization = (of: unknown): string => {
  const share = Fields.at(of, "averageUtilization")
  return share === undefined ? "<unknown>" : `${Fields.text(of, "averageUtilization")}% (${Fields.text(of, "averageValue")})`
}

const metric = (page: Page, of: unknown, now: unknown): void => {
  const subject = subjects[Fields.text(of, "type")]
  if (subject === undefined) return page.line(1, `<unknown metric type "${Fields.text(of, "type")}">`)
  const [wanted, current] = [Fields.at(of, subject.field, "target"), Fields.at(now, subject.field, "current")]
  const text = subject.text(Fields.at(of, subject.field))
  const compared = (key: string) => `${Fields.text(current, key) || "<unknown>"} / ${Fields.text(wanted, key)}`
  const isAverage = Fields.at(wanted, "averageValue") !== undefined
  switch (Fields.text(of, "type")) {
    case "Pods":
      return page.field(1, text, compared("averageValue"))
    case "External":
    case "Object":
      return page.field(1, `${text} (target ${isAverage ? "average " : ""}value)`, compared(isAverage ? "averageValue" : "value"))
    default: {
      if (isAverage) return page.field(1, text, compared("averageValue"))
      const target = Fields.at(wanted, "averageUtilization") === undefined ? "<auto>" : `${Fields.text(wanted, "averageUtilization")}%`
      return page.field(1, `${text}  (as a percentage of request)`, `${utilization(current)} / ${target}`)
    }
  }
}

const behavior = (page: Page, direction: string, of: unknown): void => {
  if (of === undefined) return
  page.line(1, `${direction}:`)
  if (Fields.at(of, "stabilizationWindowSeconds") !== undefined)
    page.line(2, `Stabilization Window: ${Fields.text(of, "stabilizationWindowSeconds")} seconds`)
  const policies = Fields.list(of, "policies")
  if (policies.length === 0) return
  page.line(2, `Select Policy: ${Fields.text(of, "selectPolicy") || "Max"}`)
  page.line(2, "Policies:")
  for (const policy of policies)
    page.line(
      3,
      `- Type: ${Fields.text(policy, "type")}`,
      `Value: ${Fields.text(policy, "value")}`,
      `Period: ${Fields.text(policy, "periodSeconds")} seconds`
    )
}

export const horizontalPodAutoscaler: Describer = plain((page, { object }) => {
  const [spec, status] = [Fields.at(object, "spec"), Fields.at(object, "status")]
  page.head(object)
  page.labels(object)
  page.annotations(object)
  page.field(0, "CreationTimestamp", Duration.rfc1123(Fields.time(object, "metadata", "creationTimestamp") ?? 0))
  const kind = Fields.text(spec, "scaleTargetRef", "kind")
  page.field(0, "Reference", `${kind}/${Fields.text(spec, "scaleTargetRef", "name")}`)
  page.field(0, "Metrics", "( current / target )")
  for (const [index, one] of Fields.list(spec, "metrics").entries()) metric(page, one, Fields.at(status, "currentMetrics", index))
  page.field(0, "Min replicas", Fields.text(spec, "minReplicas") || "<unset>")
  page.field(0, "Max replicas", Fields.text(spec, "maxReplicas"))
  if (Fields.at(spec, "behavior") !== undefined) {
    page.line(0, "Behavior:")
    behavior(page, "Scale Up", Fields.at(spec, "behavior", "scaleUp"))
    behavior(page, "Scale Down", Fields.at(spec, "behavior", "scaleDown"))
  }
  page.field(0, `${kind} pods`, `${Fields.number(status, "currentReplicas")} current / ${Fields.number(status, "desiredReplicas")} desired`)
  const conditions = Fields.list(status, "conditions")
  if (conditions.length === 0) return
  page.line(0, "Conditions:")
  page.line(1, "Type", "Status", "Reason", "Message")
  page.line(1, "----", "------", "------", "-------")
  for (const one of conditions) page.line(1, ...["type", "status", "reason", "message"].map((key) => Fields.text(one, key)))
})
