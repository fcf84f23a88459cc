/** Defaults of namespaces, configuration, quotas, access control, scheduling and events. */
import { array, record, without } from "../Json.ts"
import type { Fill } from "./Fill.ts"
import { rounded } from "./Pod.ts"
import { all, each, empty, ensured, field, missing, when } from "./Fill.ts"

export const namespace: Fill = missing({ spec: {} })

/** The first of the ranges is also there by itself. */
export const node: Fill = ensured("spec", (spec) => {
  const ranges = array(spec["podCIDRs"])
  const one = spec["podCIDR"] ?? ""
  if (one === "") return ranges.length === 0 ? spec : { ...spec, podCIDR: ranges[0] }
  return ranges[0] === one ? spec : { ...spec, podCIDRs: [one] }
})

/** `stringData` is a way to write `data`, and is never read back. */
export const secret: Fill = (value) => {
  const { stringData, ...rest } = empty({ type: "Opaque" })(value)
  if (stringData === undefined) return value["type"] === rest["type"] ? value : rest
  const encoded = Object.entries(record(stringData)).map(([key, text]) => [key, Buffer.from(String(text)).toString("base64")])
  return { ...rest, data: { ...record(rest["data"]), ...Object.fromEntries(encoded) } }
}

/** Secrets are of the account's own namespace: their names alone count. */
export const serviceAccount: Fill = each("secrets", (secret) => {
  const keys = Object.keys(secret)
  return keys.every((key) => key === "name") ? secret : secret["name"] === undefined ? {} : { name: secret["name"] }
})

const rbacGroup = "rbac.authorization.k8s.io"

export const role: Fill = missing({ rules: null })

export const roleBinding: Fill = all(
  each(
    "subjects",
    when((subject) => subject["kind"] === "User" || subject["kind"] === "Group", empty({ apiGroup: rbacGroup }))
  ),
  ensured("roleRef", empty({ apiGroup: rbacGroup }))
)

export const priorityClass: Fill = missing({ preemptionPolicy: "PreemptLowerPriority" })

/** A limit is at most the maximum, a request at most the limit, and at least the minimum. */
const limits: Fill = (item) => {
  const limit = { ...record(item["max"]), ...record(item["default"]) }
  const request = { ...record(item["min"]), ...limit, ...record(item["defaultRequest"]) }
  const same = (a: object, b: unknown): boolean => Object.keys(a).length === Object.keys(record(b)).length
  return same(limit, item["default"]) && same(request, item["defaultRequest"])
    ? item
    : {
        ...item,
        ...(Object.keys(limit).length === 0 ? {} : { default: limit }),
        ...(Object.keys(request).length === 0 ? {} : { defaultRequest: request })
      }
}

const bounds: Fill = all(...["default", "defaultRequest", "max", "maxLimitRequestRatio", "min"].map((key) => field(key, rounded)))

export const resourceQuota: Fill = field("spec", field("hard", rounded))

export const limitRange: Fill = ensured(
  "spec",
  all(
    missing({ limits: null }),
    each("limits", bounds),
    each(
      "limits",
      when((item) => item["type"] === "Container", limits)
    )
  )
)

/** Coordinated leader election is off. */
export const lease: Fill = field("spec", (spec) => without(without(spec, "strategy"), "preferredHolder"))

export const event: Fill = missing({
  source: {},
  firstTimestamp: null,
  lastTimestamp: null,
  eventTime: null,
  reportingComponent: "",
  reportingInstance: ""
})

const lessScaling = { stabilizationWindowSeconds: 0, selectPolicy: "Max" }

const up = {
  ...lessScaling,
  policies: [
    { type: "Pods", value: 4, periodSeconds: 15 },
    { type: "Percent", value: 100, periodSeconds: 15 }
  ]
}

const down = { selectPolicy: "Max", policies: [{ type: "Percent", value: 100, periodSeconds: 15 }] }

const cpu = { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 80 } } }

export const podAutoscaler: Fill = ensured(
  "spec",
  all(
    missing({ minReplicas: 1 }),
    empty({ metrics: [cpu] }),
    field("behavior", all(ensured("scaleUp", missing(up)), ensured("scaleDown", missing(down))))
  )
)
