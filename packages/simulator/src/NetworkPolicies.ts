/**
 * Which connections NetworkPolicies let through, as a network plugin that enforces them does (Kind's kindnet, Calico): who is selected by
 * a policy of a direction gets, or sends, only what one of them allows. A connection that is not allowed gets no answer at all.
 */
import * as Selector from "@aiopslab/kubernetes/Selector"
import * as Store from "@aiopslab/kubernetes/Store"
import type { Container } from "./Container.ts"
import type { Labels, LabelSelector } from "./Kinds.ts"
import { asPod } from "./Kinds.ts"
import * as Names from "./kubelet/Names.ts"
import type { NetworkPeer, NetworkPolicy, NetworkPolicyPort } from "./PolicyKinds.ts"
import { asNetworkPolicy } from "./PolicyKinds.ts"
import type { World } from "./World.ts"

const resource = "networkpolicies.networking.k8s.io"

/** One side of a connection: a pod with an address of its own, or an address that is nobody's. */
export interface Peer {
  readonly ip: string
  readonly pod: { readonly uid: string; readonly namespace: string; readonly labels: Labels } | undefined
  /** The names of its ports. */
  readonly ports: Readonly<Record<string, number>>
}

/** A user outside the cluster. */
export const outside: Peer = { ip: Names.nodeDns, pod: undefined, ports: {} }

/** The cluster's name server, whose pods every cluster has. */
const nameServer: Peer = {
  ip: Names.clusterDns,
  pod: { uid: "", namespace: "kube-system", labels: { "k8s-app": "kube-dns" } },
  ports: { dns: 53, "dns-tcp": 53 }
}

export const exist = ({ store }: Pick<World, "store">): boolean => Store.list(store, resource).length > 0

/** Changes when an answer of `allows` may. */
export const versionOf = ({ store }: Pick<World, "store">): ReadonlyArray<unknown> =>
  exist({ store }) ? [resource, "pods", "namespaces"].map((one) => Store.versionOf(store, one)) : []

export const peerOf = (
  world: Pick<World, "store">,
  { namespace, pod: name, podIp }: Pick<Container, "namespace" | "pod" | "podIp">
): Peer => {
  const found = Store.get(world.store, "pods", namespace, name)
  if (found === undefined) return { ip: podIp, pod: undefined, ports: {} }
  const { metadata, spec } = asPod(found)
  // a pod in its node's network is no pod to the network
  if (spec.hostNetwork === true) return { ip: podIp, pod: undefined, ports: {} }
  return {
    ip: podIp,
    pod: { uid: metadata.uid ?? "", namespace, labels: metadata.labels ?? {} },
    ports: Object.fromEntries(
      spec.containers.flatMap(({ ports = [] }) =>
        ports.flatMap(({ containerPort, name: port }) => (port === undefined ? [] : [[port, containerPort]]))
      )
    )
  }
}

const bitsOf = (ip: string): number => ip.split(".").reduce((sum, part) => sum * 256 + Number(part), 0)

const inBlock = (ip: string, cidr: string): boolean => {
  const [base = "", length = "32"] = cidr.split("/")
  const size = 2 ** (32 - Number(length))
  return Math.floor(bitsOf(ip) / size) === Math.floor(bitsOf(base) / size)
}

const matches = (selector: LabelSelector | undefined, labels: Labels | undefined): boolean =>
  Selector.matches(Selector.fromLabelSelector(selector ?? {}), labels)

const isPeer = (world: Pick<World, "store">, rule: NetworkPeer, { ip, pod }: Peer, home: string): boolean => {
  const { ipBlock, namespaceSelector, podSelector } = rule
  if (ipBlock !== undefined) return inBlock(ip, ipBlock.cidr) && !(ipBlock.except ?? []).some((one) => inBlock(ip, one))
  if (pod === undefined) return false
  const isNear =
    namespaceSelector === undefined
      ? pod.namespace === home
      : matches(namespaceSelector, Store.get(world.store, "namespaces", "", pod.namespace)?.metadata.labels)
  return isNear && matches(podSelector, pod.labels)
}

interface Wire {
  readonly port: number
  readonly protocol: "TCP" | "UDP"
}

const isPort = ({ endPort, port, protocol = "TCP" }: NetworkPolicyPort, wire: Wire, to: Peer): boolean => {
  if (protocol !== wire.protocol) return false
  if (port === undefined) return true
  const from = typeof port === "number" ? port : to.ports[port]
  return from !== undefined && wire.port >= from && wire.port <= (endPort ?? from)
}

type Direction = "Egress" | "Ingress"

const directionsOf = ({ spec }: NetworkPolicy): ReadonlyArray<Direction> =>
  spec.policyTypes ?? (spec.egress === undefined ? ["Ingress"] : ["Ingress", "Egress"])

/** What one side's policies say of the other. */
const passes = (world: Pick<World, "store">, direction: Direction, self: Peer, other: Peer, wire: Wire): boolean => {
  const { pod } = self
  if (pod === undefined) return true
  const policies = Store.list(world.store, resource, pod.namespace)
    .map(asNetworkPolicy)
    .filter((one) => directionsOf(one).includes(direction) && matches(one.spec.podSelector, pod.labels))
  if (policies.length === 0) return true
  const to = direction === "Ingress" ? self : other
  return policies.some(({ spec }) =>
    (direction === "Ingress" ? (spec.ingress ?? []) : (spec.egress ?? [])).some((rule) => {
      const peers = (direction === "Ingress" ? rule.from : rule.to) ?? []
      const { ports = [] } = rule
      return (
        (peers.length === 0 || peers.some((one) => isPeer(world, one, other, pod.namespace))) &&
        (ports.length === 0 || ports.some((one) => isPort(one, wire, to)))
      )
    })
  )
}

/** Whether packets get from here to there. A pod always reaches itself. */
export const allows = (world: Pick<World, "store">, from: Peer, to: Peer, wire: Wire): boolean =>
  (from.pod !== undefined && from.pod.uid === to.pod?.uid) ||
  (passes(world, "Egress", from, to, wire) && passes(world, "Ingress", to, from, wire))

/** Whoever answers there. */
export const nameServerAt = (address: string): Peer =>
  address === Names.clusterDns ? nameServer : { ip: address, pod: undefined, ports: {} }

/** Whether the pod gets to the name server at this address. */
export const letsAsk = (world: Pick<World, "store">, from: Peer, address: string): boolean =>
  allows(world, from, nameServerAt(address), { port: 53, protocol: "UDP" })
