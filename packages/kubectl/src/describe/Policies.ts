/** Network policies, disruption budgets, limit ranges. */
import * as Fields from "../Fields.ts"
import { selectorText } from "../verbs/Containers.ts"
import { type Describer, plain } from "./Describer.ts"
import type { Page } from "./Page.ts"

/** Go's `Time.String` in UTC. */
const plainTime = (value: unknown): string => {
  const millis = Fields.time(value)
  return millis === undefined ? "<unset>" : `${new Date(millis).toISOString().slice(0, 19).replace("T", " ")} +0000 UTC`
}

const isEmptySelector = (of: unknown): boolean =>
  Object.keys(Fields.record(of, "matchLabels")).length === 0 && Fields.list(of, "matchExpressions").length === 0

const formatted = (of: unknown): string => (isEmptySelector(of) ? "<none>" : selectorText(of))

interface Direction {
  readonly name: "ingress" | "egress"
  readonly peers: "from" | "to"
  readonly end: "source" | "destination"
}

const indent = "    "

const peer = (page: Page, of: unknown): void => {
  const block = Fields.at(of, "ipBlock")
  for (const [label, key] of [
    ["NamespaceSelector", "namespaceSelector"],
    ["PodSelector", "podSelector"]
  ] as const)
    if (Fields.at(of, key) !== undefined) page.line(1, `${indent}${label}: ${formatted(Fields.at(of, key))}`)
  if (block === undefined) return
  page.line(1, `${indent}IPBlock:`)
  page.line(2, `${indent}CIDR: ${Fields.text(block, "cidr")}`)
  page.line(2, `${indent}Except: ${Fields.list(block, "except").map(String).join(", ")}`)
}

const traffic = (page: Page, spec: unknown, { end, name, peers }: Direction): void => {
  if (!Fields.list(spec, "policyTypes").some((type) => String(type).toLowerCase() === name))
    return page.line(1, `Not affecting ${name} traffic`)
  page.line(1, `Allowing ${name} traffic:`)
  const rules = Fields.list(spec, name)
  if (rules.length === 0) page.line(0, `${indent}<none> (Selected pods are isolated for ${name} connectivity)`)
  const head = peers === "from" ? "From:" : "To:"
  for (const [index, rule] of rules.entries()) {
    const [ports, ends] = [Fields.list(rule, "ports"), Fields.list(rule, peers)]
    if (ports.length === 0) page.line(0, `${indent}To Port: <any> (traffic allowed to all ports)`)
    for (const port of ports) page.line(0, `${indent}To Port: ${Fields.text(port, "port")}/${Fields.text(port, "protocol") || "TCP"}`)
    if (ends.length === 0) page.line(0, `${indent}${head} <any> (traffic not restricted by ${end})`)
    for (const one of ends) {
      page.line(0, `${indent}${head}`)
      peer(page, one)
    }
    if (index < rules.length - 1) page.line(0, `${indent}----------`)
  }
}

export const networkPolicy: Describer = plain((page, { object }) => {
  const spec = Fields.at(object, "spec")
  page.head(object)
  page.field(0, "Created on", plainTime(object.metadata.creationTimestamp))
  page.labels(object)
  page.annotations(object)
  page.line(0, "Spec:")
  const selector = Fields.at(spec, "podSelector")
  page.line(
    1,
    isEmptySelector(selector)
      ? "PodSelector: <none> (Allowing the specific traffic to all pods in this namespace)"
      : `PodSelector: ${indent}${selectorText(selector)}`
  )
  traffic(page, spec, { name: "ingress", peers: "from", end: "source" })
  traffic(page, spec, { name: "egress", peers: "to", end: "destination" })
  page.line(1, `Policy Types: ${Fields.list(spec, "policyTypes").map(String).join(", ")}`)
}, false)

export const podDisruptionBudget: Describer = plain((page, { object }) => {
  const [spec, status] = [Fields.at(object, "spec"), Fields.at(object, "status")]
  page.head(object)
  if (Fields.at(spec, "minAvailable") !== undefined) page.field(0, "Min available", Fields.text(spec, "minAvailable"))
  else if (Fields.at(spec, "maxUnavailable") !== undefined) page.field(0, "Max unavailable", Fields.text(spec, "maxUnavailable"))
  const selector = Fields.at(spec, "selector")
  page.field(0, "Selector", selector === undefined ? "<unset>" : formatted(selector))
  page.line(0, "Status:")
  for (const [label, key] of [
    ["Allowed disruptions", "disruptionsAllowed"],
    ["Current", "currentHealthy"],
    ["Desired", "desiredHealthy"],
    ["Total", "expectedPods"]
  ] as const)
    page.field(2, label, String(Fields.number(status, key)))
})

const bounds = ["min", "max", "defaultRequest", "default", "maxLimitRequestRatio"] as const

/** The table of limits, each line behind a margin. */
export const limits = (page: Page, margin: string, of: ReadonlyArray<unknown>): void => {
  const row = (first: string, ...cells: ReadonlyArray<string>) => page.line(0, `${margin}${first}`, ...cells)
  row("Type", "Resource", "Min", "Max", "Default Request", "Default Limit", "Max Limit/Request Ratio")
  row("----", "--------", "---", "---", "---------------", "-------------", "-----------------------")
  for (const one of of.flatMap((range) => Fields.list(range, "spec", "limits"))) {
    const keys = new Set(bounds.flatMap((field) => Object.keys(Fields.record(one, field))))
    for (const key of [...keys].toSorted())
      row(Fields.text(one, "type"), key, ...bounds.map((field) => Fields.text(one, field, key) || "-"))
  }
}

export const limitRange: Describer = plain((page, { object }) => {
  page.head(object)
  limits(page, "", [object])
}, false)
