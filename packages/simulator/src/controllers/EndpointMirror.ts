/** Slices of Endpoints that somebody wrote by hand for a Service without a selector: pkg/controller/endpointslicemirroring. */
import type { Controller } from "../Controller.ts"
import { keyOf, parseKey } from "../Controller.ts"
import type { EndpointAddress } from "../Kinds.ts"
import { asEndpoints, asService } from "../Kinds.ts"
import type { Turn } from "../Turn.ts"
import type { SliceGroup } from "./EndpointSlices.ts"
import * as EndpointSlices from "./EndpointSlices.ts"
import * as Owned from "./Owned.ts"

const name = "endpointslicemirroring"
const slices = "endpointslices.discovery.k8s.io"

export const endpointMirror: Controller = {
  name,
  resources: ["endpoints", "services"],
  observe: (turn, { object, resource, type }) => {
    if (type === "DELETED" && resource === "endpoints") return
    const { labels } = object.metadata
    if (resource === "endpoints" && labels?.["endpoints.kubernetes.io/managed-by"] === "endpoint-controller") return
    if (resource === "services" && asService(object).spec.selector !== undefined) return
    turn.enqueue(name, keyOf(object))
  },
  reconcile: (turn, key) => {
    const [namespace, service] = parseKey(key)
    const found = turn.get("endpoints", namespace, service)
    if (found === undefined) return
    const owner = turn.get("services", namespace, service)
    const { annotations, labels } = found.metadata
    const mirrored =
      owner !== undefined &&
      asService(owner).spec.selector === undefined &&
      labels?.["endpointslice.kubernetes.io/skip-mirror"] !== "true" &&
      annotations?.["control-plane.alpha.kubernetes.io/leader"] === undefined
    if (!mirrored) return drop(turn, found)
    const { "endpoints.kubernetes.io/managed-by": _, ...own } = labels ?? {}
    const groups = (asEndpoints(found).subsets ?? []).map(({ addresses = [], notReadyAddresses = [], ports = [] }): SliceGroup => ({
      ports: ports.map((port) => ({ ...port, protocol: port.protocol ?? "TCP" })),
      endpoints: [...addresses.map((one) => endpoint(one, "ready")), ...notReadyAddresses.map((one) => endpoint(one, "unready"))]
    }))
    if (groups.length === 0) return drop(turn, found)
    EndpointSlices.write(
      turn,
      found,
      {
        ...own,
        "endpointslice.kubernetes.io/managed-by": "endpointslicemirroring-controller.k8s.io",
        "kubernetes.io/service-name": service
      },
      groups
    )
  }
}

const drop = (turn: Turn, endpoints: Parameters<typeof Owned.of>[1]): void => {
  for (const slice of Owned.of(turn, endpoints, slices)) turn.remove(slices, slice.metadata.namespace ?? "", slice.metadata.name)
}

const endpoint = ({ hostname, ip, nodeName, targetRef }: EndpointAddress, state: "ready" | "unready"): unknown => ({
  addresses: [ip],
  conditions: { ready: state === "ready" },
  ...(hostname === undefined ? {} : { hostname }),
  ...(nodeName === undefined ? {} : { nodeName }),
  ...(targetRef === undefined ? {} : { targetRef })
})
