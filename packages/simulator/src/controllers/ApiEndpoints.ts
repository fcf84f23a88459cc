/** Where the API server says it is: the service `kubernetes` and what stands behind it, put right every ten seconds: pkg/controlplane/reconcilers. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { equal } from "@aiopslab/kubernetes/Equal"
import { kubeTime } from "@aiopslab/kubernetes/Time"
import type { Controller } from "../Controller.ts"
import { keyOf } from "../Controller.ts"
import type { EndpointSubset } from "../Kinds.ts"
import { asEndpoints } from "../Kinds.ts"
import type { Turn } from "../Turn.ts"
import * as Writers from "../Writers.ts"

const name = "apiserver"
const slices = "endpointslices.discovery.k8s.io"
const everyMillis = 10_000
const key = "default/kubernetes"
const metadata = { name: "kubernetes", namespace: "default" } as const

export const apiEndpoints: Controller = {
  name,
  resources: ["services", "endpoints", slices],
  observe: (turn, { object }) => {
    if (object.metadata.name !== metadata.name || keyOf(object) !== key || isRight(turn)) return
    turn.schedule(turn.now + everyMillis - (turn.now % everyMillis), { _tag: "Requeue", controller: name, key })
  },
  reconcile: (turn) => write(turn)
}

const service: KubeObject = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { ...metadata, labels: { component: "apiserver", provider: "kubernetes" } },
  spec: {
    type: "ClusterIP",
    clusterIP: "10.96.0.1",
    ports: [{ name: "https", port: 443, protocol: "TCP", targetPort: 6443 }],
    sessionAffinity: "None"
  }
}

const addressOf = ({ setting: { nodes } }: Turn): string => nodes.find(({ role }) => role === "control-plane")?.ip ?? "172.18.0.2"

const get = (turn: Turn, resource: string): KubeObject | undefined => turn.get(resource, metadata.namespace, metadata.name)

/** What the Endpoints should hold. The ports of a lone subset are let be. */
const subsetOf = (turn: Turn): EndpointSubset => {
  const found = get(turn, "endpoints")
  const [first, ...more] = found === undefined ? [] : (asEndpoints(found).subsets ?? [])
  const ports = more.length === 0 ? first?.ports : undefined
  return { addresses: [{ ip: addressOf(turn) }], ports: ports ?? [{ name: "https", port: 6443, protocol: "TCP" }] }
}

const sliceOf = ({ ports = [] }: EndpointSubset, turn: Turn) => ({
  addressType: "IPv4",
  endpoints: [{ addresses: [addressOf(turn)], conditions: { ready: true } }],
  ports: ports.map(({ name: port = "", ...rest }) => ({ name: port, ...rest }))
})

const holds = (object: KubeObject | undefined, fields: Readonly<Record<string, unknown>>): boolean =>
  object !== undefined && Object.entries(fields).every(([field, value]) => equal(object[field], value))

const isRight = (turn: Turn): boolean => {
  const subset = subsetOf(turn)
  return (
    get(turn, "services") !== undefined &&
    holds(get(turn, "endpoints"), { subsets: [subset] }) &&
    holds(get(turn, slices), sliceOf(subset, turn))
  )
}

const put = (turn: Turn, resource: string, empty: KubeObject, fields: Readonly<Record<string, unknown>>): void => {
  const found = get(turn, resource)
  if (holds(found, fields)) return
  const before = found ?? {
    ...empty,
    metadata: { ...empty.metadata, uid: turn.context.uid(), creationTimestamp: kubeTime(turn.now) }
  }
  const { generation } = before.metadata
  const next = resource === slices ? { ...before.metadata, generation: (generation ?? 0) + 1 } : before.metadata
  turn.put(resource, { ...before, metadata: next, ...fields }, Writers.apiserver)
}

export const write = (turn: Turn): void => {
  if (get(turn, "services") === undefined) turn.create("services", service)
  const subset = subsetOf(turn)
  const skip = { "endpointslice.kubernetes.io/skip-mirror": "true" }
  put(turn, "endpoints", { apiVersion: "v1", kind: "Endpoints", metadata: { ...metadata, labels: skip } }, { subsets: [subset] })
  const labels = { "kubernetes.io/service-name": metadata.name }
  put(turn, slices, { apiVersion: "discovery.k8s.io/v1", kind: "EndpointSlice", metadata: { ...metadata, labels } }, sliceOf(subset, turn))
}
