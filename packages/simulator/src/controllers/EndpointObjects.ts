/** Endpoints and EndpointSlices of Services with a selector: pkg/controller/endpoint, pkg/controller/endpointslice. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { equal } from "@aiopslab/kubernetes/Equal"
import * as Store from "@aiopslab/kubernetes/Store"
import { kubeTime } from "@aiopslab/kubernetes/Time"
import type { Controller } from "../Controller.ts"
import { keyOf, parseKey } from "../Controller.ts"
import type { EndpointAddress, EndpointSubset, Pod, Service, ServicePort } from "../Kinds.ts"
import { asEndpoints, asPod, asService } from "../Kinds.ts"
import type { Turn } from "../Turn.ts"
import * as EndpointSlices from "./EndpointSlices.ts"
import * as Owned from "./Owned.ts"

const name = "endpoint"

export const endpoints: Controller = {
  name,
  resources: ["services", "pods"],
  observe: (turn, { object, previous, resource, type }) => {
    if (resource === "services") return turn.enqueue(name, keyOf(object))
    if (type === "MODIFIED" && previous !== undefined && !matters(asPod(previous), asPod(object))) return
    const moved = previous !== undefined && previous.metadata.labels !== object.metadata.labels
    for (const one of Store.list(turn.store, "services", object.metadata.namespace ?? "")) {
      const { selector } = asService(one).spec
      if (selects(selector, object) || (moved && selects(selector, previous))) turn.enqueue(name, keyOf(one))
    }
  },
  reconcile: (turn, key) => {
    const [namespace, service] = parseKey(key)
    const found = turn.get("services", namespace, service)
    if (found === undefined) {
      turn.remove("endpoints", namespace, service)
      return
    }
    if (asService(found).spec.selector === undefined || found.metadata.deletionTimestamp !== undefined) return
    write(turn, asService(found))
  }
}

const selects = (selector: Readonly<Record<string, string>> | undefined, pod: KubeObject): boolean => {
  if (selector === undefined) return false
  const { labels } = pod.metadata
  for (const key in selector) if (labels?.[key] !== selector[key]) return false
  return true
}

const matters = (before: Pod, after: Pod): boolean =>
  before.status.podIP !== after.status.podIP ||
  before.metadata.deletionTimestamp !== after.metadata.deletionTimestamp ||
  before.status.phase !== after.status.phase ||
  Owned.isReady(before) !== Owned.isReady(after) ||
  !equal(before.metadata.labels, after.metadata.labels)

const portOf = (pod: Pod, port: ServicePort): number | undefined => {
  const target = port.targetPort ?? port.port
  if (typeof target === "number") return target
  for (const container of pod.spec.containers) {
    const named = container.ports?.find((one) => one.name === target && (one.protocol ?? "TCP") === (port.protocol ?? "TCP"))
    if (named !== undefined) return named.containerPort
  }
  return undefined
}

const addressOf = (pod: Pod): EndpointAddress => ({
  ip: pod.status.podIP ?? "",
  ...(pod.spec.hostname !== undefined && pod.spec.subdomain !== undefined ? { hostname: pod.spec.hostname } : {}),
  ...(pod.spec.nodeName === undefined ? {} : { nodeName: pod.spec.nodeName }),
  targetRef: { kind: "Pod", namespace: pod.metadata.namespace ?? "", name: pod.metadata.name, uid: pod.metadata.uid ?? "" }
})

/** A port as Endpoints list it: nameless when the Service's is. */
interface Port {
  readonly name?: string
  readonly port: number
  readonly protocol: string
}

const portsOf = (service: Service, pod: Pod): ReadonlyArray<Port> =>
  (service.spec.ports ?? []).flatMap((one) => {
    const port = portOf(pod, one)
    return port === undefined ? [] : [{ ...(one.name === undefined ? {} : { name: one.name }), port, protocol: one.protocol ?? "TCP" }]
  })

interface Group {
  readonly ports: ReadonlyArray<Port>
  readonly pods: Array<Pod>
}

/** Pods of a Service by the ports they map to. */
const groupsOf = (turn: Turn, service: Service): ReadonlyArray<Group> => {
  const groups = new Map<string, Group>()
  for (const one of Store.list(turn.store, "pods", service.metadata.namespace ?? "")) {
    if (!selects(service.spec.selector, one)) continue
    const pod = asPod(one)
    if ((pod.status.podIP ?? "") === "" || Owned.isFinished(pod)) continue
    const ports = portsOf(service, pod)
    const key = ports.map(({ name: port = "", port: number, protocol }) => `${port} ${number} ${protocol}`).join()
    const known = groups.get(key)
    if (known === undefined) groups.set(key, { ports, pods: [pod] })
    else known.pods.push(pod)
  }
  return [...groups.values()]
}

/** A terminating pod no longer serves, unless the Service publishes addresses that aren't ready. */
const serves = (service: Service, pod: Pod): boolean =>
  service.spec.publishNotReadyAddresses === true || (Owned.isReady(pod) && pod.metadata.deletionTimestamp === undefined)

const byIp = (a: EndpointAddress, b: EndpointAddress): number => (a.ip < b.ip ? -1 : a.ip > b.ip ? 1 : 0)

const subsetsOf = (service: Service, groups: ReadonlyArray<Group>): ReadonlyArray<EndpointSubset> =>
  groups.flatMap(({ pods, ports }) => {
    const present = pods.filter((pod) => service.spec.publishNotReadyAddresses === true || pod.metadata.deletionTimestamp === undefined)
    const addresses = present
      .filter((pod) => serves(service, pod))
      .map(addressOf)
      .sort(byIp)
    const notReadyAddresses = present
      .filter((pod) => !serves(service, pod))
      .map(addressOf)
      .sort(byIp)
    if (addresses.length === 0 && notReadyAddresses.length === 0) return []
    return [
      {
        ...(addresses.length === 0 ? {} : { addresses }),
        ...(notReadyAddresses.length === 0 ? {} : { notReadyAddresses }),
        ...(ports.length === 0 ? {} : { ports })
      }
    ]
  })

const write = (turn: Turn, service: Service): void => {
  const namespace = service.metadata.namespace ?? ""
  const groups = groupsOf(turn, service)
  const subsets = subsetsOf(service, groups)
  const known = turn.get("endpoints", namespace, service.metadata.name)
  const headless = service.spec.clusterIP === "None" ? { "service.kubernetes.io/headless": "" } : {}
  const labels = { ...service.metadata.labels, "endpoints.kubernetes.io/managed-by": "endpoint-controller", ...headless }
  const changed = known === undefined || !equal(asEndpoints(known).subsets ?? [], subsets)
  const annotations = { "endpoints.kubernetes.io/last-change-trigger-time": kubeTime(turn.now) }
  if (known === undefined) {
    turn.create("endpoints", {
      apiVersion: "v1",
      kind: "Endpoints",
      metadata: { name: service.metadata.name, namespace, labels, annotations },
      ...(subsets.length === 0 ? {} : { subsets })
    })
  } else if (changed || !equal(known.metadata.labels ?? {}, labels)) {
    const { subsets: _, ...rest } = known
    turn.put("endpoints", {
      ...rest,
      metadata: { ...known.metadata, labels, annotations: { ...known.metadata.annotations, ...annotations } },
      ...(subsets.length === 0 ? {} : { subsets })
    })
  }
  EndpointSlices.write(
    turn,
    service,
    {
      ...service.metadata.labels,
      "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
      "kubernetes.io/service-name": service.metadata.name,
      ...headless
    },
    groups.map(({ pods, ports }) => ({ ports, endpoints: pods.map((pod) => EndpointSlices.endpointOf(turn, service, pod)) }))
  )
}
