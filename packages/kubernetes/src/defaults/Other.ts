/** Defaults of the remaining kinds. Observed on kube-apiserver 1.34. */
import { at, record, without } from "../Json.ts"
import { isExternal, needsNodePorts } from "../service/Kinds.ts"
import type { Fill } from "./Fill.ts"
import { all, computed, each, empty, ensured, field, isEmpty, missing, when } from "./Fill.ts"

const servicePorts: Fill = each(
  "ports",
  all(
    empty({ protocol: "TCP" }),
    (port) => (isEmpty(port["targetPort"]) && port["targetPort"] !== port["port"] ? { ...port, targetPort: port["port"] } : port)
  )
)

const timeout = { clientIP: { timeoutSeconds: 10_800 } }

/** Addresses, families and node ports are allocated by the registry. */
export const service: Fill = ensured(
  "spec",
  all(
    empty({ type: "ClusterIP", sessionAffinity: "None" }),
    servicePorts,
    when((spec) => spec["sessionAffinity"] === "None", (spec) => without(spec, "sessionAffinityConfig")),
    when(
      (spec) => spec["sessionAffinity"] === "ClientIP" && at(spec, "sessionAffinityConfig", "clientIP", "timeoutSeconds") === undefined,
      (spec) => ({ ...spec, sessionAffinityConfig: timeout })
    ),
    when(isExternal, empty({ externalTrafficPolicy: "Cluster" })),
    when((spec) => spec["type"] === "LoadBalancer", missing({ allocateLoadBalancerNodePorts: true })),
    when((spec) => spec["type"] === "ClusterIP" || needsNodePorts(spec), missing({ internalTrafficPolicy: "Cluster" }))
  )
)

export const persistentVolume: Fill = field(
  "spec",
  all(missing({ persistentVolumeReclaimPolicy: "Retain", volumeMode: "Filesystem" }), field("hostPath", missing({ type: "" })))
)

export const namespace: Fill = ensured("spec", missing({ finalizers: ["kubernetes"] }))

/** `stringData` is a way to write `data`, and is never read back. */
export const secret: Fill = (value) => {
  const { stringData, ...rest } = missing({ type: "Opaque" })(value)
  if (stringData === undefined) return value["type"] === undefined ? rest : value
  const encoded = Object.entries(record(stringData)).map(([key, text]) => [key, Buffer.from(String(text)).toString("base64")])
  return { ...rest, data: { ...record(rest["data"]), ...Object.fromEntries(encoded) } }
}

const networkPorts = each("ports", missing({ protocol: "TCP" }))

export const networkPolicy: Fill = field(
  "spec",
  all(
    each("ingress", networkPorts),
    each("egress", networkPorts),
    computed("policyTypes", (spec) => (spec["egress"] === undefined ? ["Ingress"] : ["Ingress", "Egress"]))
  )
)

export const ingress: Fill = field("spec", each("rules", field("http", each("paths", missing({ pathType: "ImplementationSpecific" })))))

export const storageClass: Fill = missing({ reclaimPolicy: "Delete", volumeBindingMode: "Immediate" })

const rbacGroup = "rbac.authorization.k8s.io"

export const roleBinding: Fill = all(
  each(
    "subjects",
    when((subject) => subject["kind"] !== "ServiceAccount", missing({ apiGroup: rbacGroup }))
  ),
  field("roleRef", missing({ apiGroup: rbacGroup }))
)

export const priorityClass: Fill = missing({ preemptionPolicy: "PreemptLowerPriority" })

export const limitRange: Fill = field(
  "spec",
  each(
    "limits",
    when(
      (item) => item["type"] === "Container",
      all(
        computed("default", (item) => item["max"]),
        computed("defaultRequest", (item) => item["default"] ?? item["min"])
      )
    )
  )
)

export const endpoints: Fill = each("subsets", each("ports", missing({ protocol: "TCP" })))

export const endpointSlice: Fill = all(
  each("endpoints", missing({ conditions: {} })),
  each("ports", missing({ name: "", protocol: "TCP" }))
)

export const event: Fill = missing({
  source: {},
  firstTimestamp: null,
  lastTimestamp: null,
  eventTime: null,
  reportingComponent: "",
  reportingInstance: ""
})
