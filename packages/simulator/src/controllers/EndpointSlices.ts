/** EndpointSlices of a Service, of up to 100 endpoints each: pkg/controller/endpointslice. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { equal } from "@aiopslab/kubernetes/Equal"
import { kubeTime } from "@aiopslab/kubernetes/Time"
import type { Pod, Service } from "../Kinds.ts"
import type { Turn } from "../Turn.ts"
import * as Owned from "./Owned.ts"

const slices = "endpointslices.discovery.k8s.io"
const mostEndpoints = 100
const zoneLabel = "topology.kubernetes.io/zone"

export interface SlicePort {
  readonly name?: string
  readonly port: number
  readonly protocol: string
  readonly appProtocol?: string
}

/** Endpoints with the same ports. */
export interface SliceGroup {
  readonly ports: ReadonlyArray<SlicePort>
  readonly endpoints: ReadonlyArray<unknown>
}

/** An endpoint says by itself whether it serves and whether it goes. */
export const endpointOf = (turn: Turn, service: Service, pod: Pod): unknown => {
  const serving = Owned.isReady(pod)
  const terminating = pod.metadata.deletionTimestamp !== undefined
  const { hostname, nodeName, subdomain } = pod.spec
  const zone = nodeName === undefined ? undefined : turn.get("nodes", "", nodeName)?.metadata.labels?.[zoneLabel]
  return {
    addresses: [pod.status.podIP ?? ""],
    conditions: { ready: service.spec.publishNotReadyAddresses === true || (serving && !terminating), serving, terminating },
    ...(hostname !== undefined && subdomain === service.metadata.name ? { hostname } : {}),
    ...(nodeName === undefined ? {} : { nodeName }),
    targetRef: { kind: "Pod", namespace: pod.metadata.namespace ?? "", name: pod.metadata.name, uid: pod.metadata.uid ?? "" },
    ...(zone === undefined ? {} : { zone })
  }
}

const chunks = (groups: ReadonlyArray<SliceGroup>): ReadonlyArray<SliceGroup> =>
  groups.flatMap(({ endpoints, ports }) =>
    Array.from({ length: Math.max(1, Math.ceil(endpoints.length / mostEndpoints)) }, (_, i) => ({
      ports,
      endpoints: endpoints.slice(i * mostEndpoints, (i + 1) * mostEndpoints)
    }))
  )

/** Brings the owner's slices to this content: those that are there are changed first. */
export const write = (
  turn: Turn,
  owner: KubeObject,
  labels: Readonly<Record<string, string>>,
  groups: ReadonlyArray<SliceGroup>,
  addressType: "IPv4" | "IPv6" = "IPv4"
): void => {
  const namespace = owner.metadata.namespace ?? ""
  const known = [...Owned.of(turn, owner, slices)]
  const annotations = { "endpoints.kubernetes.io/last-change-trigger-time": kubeTime(turn.now) }
  for (const { endpoints, ports } of chunks(groups.length === 0 ? [{ ports: [], endpoints: [] }] : groups)) {
    const content = {
      addressType,
      endpoints,
      ports: ports.map(({ appProtocol, name = "", port, protocol }) => ({
        name,
        port,
        protocol,
        ...(appProtocol === undefined ? {} : { appProtocol })
      }))
    }
    const slice = known.shift()
    if (slice === undefined) {
      turn.create(slices, {
        apiVersion: "discovery.k8s.io/v1",
        kind: "EndpointSlice",
        metadata: {
          name: "",
          generateName: `${owner.metadata.name}-`,
          namespace,
          labels,
          annotations,
          ownerReferences: [Owned.reference(owner)]
        },
        ...content
      })
      continue
    }
    const same = equal(slice["endpoints"], content.endpoints) && equal(slice["ports"], content.ports)
    if (same && equal(slice.metadata.labels, labels)) continue
    const generation = (slice.metadata.generation ?? 1) + (same ? 0 : 1)
    turn.put(slices, {
      ...slice,
      metadata: { ...slice.metadata, generation, labels, annotations: { ...slice.metadata.annotations, ...annotations } },
      ...content
    })
  }
  for (const slice of known) turn.remove(slices, namespace, slice.metadata.name)
}
