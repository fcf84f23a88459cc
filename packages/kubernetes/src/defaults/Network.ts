/** Defaults of services, endpoints, and the kinds of networking.k8s.io. */
import { array, at, without } from "../Json.ts"
import { isExternal, needsNodePorts } from "../service/Kinds.ts"
import type { Fill } from "./Fill.ts"
import { all, computed, each, empty, ensured, field, isEmpty, missing, when } from "./Fill.ts"

const servicePorts: Fill = each(
  "ports",
  all(empty({ protocol: "TCP" }), (port) =>
    isEmpty(port["targetPort"]) && port["targetPort"] !== port["port"] ? { ...port, targetPort: port["port"] } : port
  )
)

const timeout = { clientIP: { timeoutSeconds: 10_800 } }

/** Addresses, families and node ports are allocated by the registry. */
export const service: Fill = ensured(
  "spec",
  all(
    empty({ type: "ClusterIP", sessionAffinity: "None" }),
    servicePorts,
    when(
      (spec) => spec["sessionAffinity"] === "None",
      (spec) => without(spec, "sessionAffinityConfig")
    ),
    when(
      (spec) => spec["sessionAffinity"] === "ClientIP" && at(spec, "sessionAffinityConfig", "clientIP", "timeoutSeconds") === undefined,
      (spec) => ({ ...spec, sessionAffinityConfig: timeout })
    ),
    when(isExternal, empty({ externalTrafficPolicy: "Cluster" })),
    when((spec) => spec["type"] === "LoadBalancer", missing({ allocateLoadBalancerNodePorts: true })),
    when((spec) => spec["type"] === "ClusterIP" || needsNodePorts(spec), missing({ internalTrafficPolicy: "Cluster" }))
  )
)

export const endpoints: Fill = each("subsets", each("ports", empty({ protocol: "TCP" })))

export const endpointSlice: Fill = all(
  missing({ endpoints: null, ports: null }),
  each("endpoints", (one) => missing({ conditions: {} })(without(one, "deprecatedTopology"))),
  each("ports", missing({ name: "", protocol: "TCP" }))
)

const networkPorts = each("ports", missing({ protocol: "TCP" }))

export const networkPolicy: Fill = ensured(
  "spec",
  all(
    missing({ podSelector: {} }),
    each("ingress", networkPorts),
    each("egress", networkPorts),
    computed("policyTypes", (spec) => (array(spec["egress"]).length === 0 ? ["Ingress"] : ["Ingress", "Egress"]))
  )
)

export const ingressClass: Fill = field("spec", field("parameters", missing({ scope: "Cluster" })))
