/**
 * Cluster addresses and node ports of services. An address is derived from the service's uid and moves on from there to the next free
 * one, so that equal histories give equal addresses.
 */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { array, at, record, records } from "./Json.ts"
import * as Store from "./Store.ts"

/** Of 10.96.0.0/16, which lies in the 10.96.0.0/12 of kubeadm. The first 255 are left for services that ask for their address. */
const firstAddress = 256
const addresses = 65_535 - firstAddress
const firstPort = 30_000
const ports = 2768

const hash = (text: string): number => {
  let out = 2_166_136_261
  for (let i = 0; i < text.length; i++) out = Math.imul(out ^ text.charCodeAt(i), 16_777_619)
  return out >>> 0
}

const free = (start: number, size: number, taken: (candidate: number) => boolean): number => {
  for (let i = 0; i < size; i++) {
    const candidate = (start + i) % size
    if (!taken(candidate)) return candidate
  }
  return start % size
}

const address = (index: number): string => `10.96.${(index + firstAddress) >> 8}.${(index + firstAddress) & 255}`

const portsOf = (object: KubeObject): ReadonlyArray<unknown> => records(at(object, "spec", "ports")).map((port) => port["nodePort"])

export const allocate = (object: KubeObject, store: Store.Store): KubeObject => {
  const spec = record(object["spec"])
  if (spec["type"] === "ExternalName") return object
  const others = Store.list(store, "services")
  const seed = hash(object.metadata.uid ?? object.metadata.name)
  let clusterIP = spec["clusterIP"] ?? array(spec["clusterIPs"])[0]
  if (clusterIP === undefined || clusterIP === "") {
    const taken = new Set(others.map((other) => at(other, "spec", "clusterIP")))
    clusterIP = address(free(seed, addresses, (candidate) => taken.has(address(candidate))))
  }
  return {
    ...object,
    spec: { ...spec, clusterIP, clusterIPs: [clusterIP], ...nodePorts(spec, others, seed) }
  }
}

const nodePorts = (spec: Readonly<Record<string, unknown>>, others: ReadonlyArray<KubeObject>, seed: number) => {
  if (spec["type"] !== "NodePort" && spec["type"] !== "LoadBalancer") return {}
  const list = records(spec["ports"])
  if (list.every((port) => port["nodePort"] !== undefined)) return {}
  const taken = new Set<unknown>([...others.flatMap(portsOf), ...list.map((port) => port["nodePort"])])
  return {
    ports: list.map((port, i) => {
      if (port["nodePort"] !== undefined) return port
      const nodePort = firstPort + free(seed + i, ports, (candidate) => taken.has(firstPort + candidate))
      taken.add(nodePort)
      return { ...port, nodePort }
    })
  }
}

/** An update that leaves allocated values out keeps them; a change of type allocates or drops them. */
export const carry = (next: KubeObject, previous: KubeObject, store: Store.Store): KubeObject => {
  const spec = record(next["spec"])
  const before = record(previous["spec"])
  if (spec["type"] === "ExternalName") {
    const { clusterIP: _, clusterIPs: __, ...rest } = spec
    return { ...next, spec: rest }
  }
  const old = records(before["ports"])
  const exposed = spec["type"] !== "ClusterIP"
  const ports = records(spec["ports"]).map((port) => {
    if (port["nodePort"] !== undefined || !exposed) return port
    const same = old.find((one) => one["port"] === port["port"] && one["protocol"] === port["protocol"])
    return same?.["nodePort"] === undefined ? port : { ...port, nodePort: same["nodePort"] }
  })
  const kept = {
    ...spec,
    ports,
    clusterIP: spec["clusterIP"] ?? before["clusterIP"],
    clusterIPs: spec["clusterIPs"] ?? before["clusterIPs"]
  }
  return allocate({ ...next, spec: { ...kept, ...(spec["ports"] === undefined ? { ports: undefined } : {}) } }, store)
}
