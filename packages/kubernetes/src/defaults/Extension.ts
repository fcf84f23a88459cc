/** Defaults of admission, flow control, aggregation and devices. */
import { isRecord, string, without } from "../Json.ts"
import type { Fill } from "./Fill.ts"
import { all, dropped, each, empty, ensured, field, missing, when } from "./Fill.ts"

const service = field("service", missing({ port: 443 }))

const webhook: Fill = all(
  missing({ failurePolicy: "Fail", matchPolicy: "Equivalent", namespaceSelector: {}, objectSelector: {}, timeoutSeconds: 10 }),
  field("clientConfig", service),
  each("rules", missing({ scope: "*" }))
)

export const validatingWebhooks: Fill = each("webhooks", webhook)

export const mutatingWebhooks: Fill = each("webhooks", all(webhook, missing({ reinvocationPolicy: "Never" })))

const rules = missing({ scope: "*" })

const matchResources: Fill = all(
  missing({ matchPolicy: "Equivalent", namespaceSelector: {}, objectSelector: {} }),
  each("resourceRules", rules),
  each("excludeResourceRules", rules)
)

export const admissionPolicy: Fill = ensured("spec", all(missing({ failurePolicy: "Fail" }), field("matchConstraints", matchResources)))

export const admissionPolicyBinding: Fill = field("spec", field("matchResources", matchResources))

export const flowSchema: Fill = ensured("spec", empty({ matchingPrecedence: 1000 }))

const queuing = empty({ queues: 64, handSize: 8, queueLengthLimit: 50 })

export const priorityLevel: Fill = ensured(
  "spec",
  all(
    field("exempt", missing({ nominalConcurrencyShares: 0, lendablePercent: 0 })),
    field("limited", all(missing({ nominalConcurrencyShares: 30, lendablePercent: 0 }), field("limitResponse", field("queuing", queuing))))
  )
)

export const apiService: Fill = field("spec", service)

const request: Fill = all(
  empty({ allocationMode: "ExactCount" }),
  when((value) => value["allocationMode"] === "ExactCount", empty({ count: 1 }))
)

const claimSpec = field("spec", field("devices", each("requests", all(field("exactly", request), each("firstAvailable", request)))))

const unusedRequest = dropped("tolerations", "capacity")

/** Features that are off in 1.34 by default. */
const claimWithoutDisabled = field(
  "spec",
  field(
    "devices",
    all(
      each("requests", all(field("exactly", unusedRequest), each("firstAvailable", unusedRequest))),
      each("constraints", dropped("distinctAttribute"))
    )
  )
)

export const resourceClaim: Fill = all(claimSpec, claimWithoutDisabled)

export const deviceClass: Fill = field("spec", dropped("extendedResourceName"))

const capacities: Fill = (device) => {
  const { capacity } = device
  if (!isRecord(capacity) || !Object.values(capacity).some((one) => isRecord(one) && one["requestPolicy"] !== undefined)) return device
  const kept = Object.entries(capacity).map(([key, one]) => [key, isRecord(one) ? without(one, "requestPolicy") : one])
  return { ...device, capacity: Object.fromEntries(kept) }
}

const unusedDevice = dropped(
  "taints",
  "consumesCounters",
  "nodeName",
  "nodeSelector",
  "allNodes",
  "bindingConditions",
  "bindingFailureConditions",
  "bindsToNode",
  "allowMultipleAllocations"
)

export const resourceSlice: Fill = field(
  "spec",
  all(dropped("sharedCounters", "perDeviceNodeSelection"), each("devices", all(unusedDevice, capacities)))
)

export const resourceClaimTemplate: Fill = field("spec", claimSpec)

const conversion = missing({ conversion: { strategy: "None" } })

/** Names that follow from the kind, and the conversion that needs none. */
export const customResource: Fill = field(
  "spec",
  all(
    conversion,
    field("names", (names) => {
      const kind = string(names["kind"]) ?? ""
      return kind === "" ? names : empty({ singular: kind.toLowerCase(), listKind: `${kind}List` })(names)
    })
  )
)
