/** The leases of a cluster's own processes: each node's kubelet, the API server, the elected controller manager and scheduler. */
import type { Identity, KubeObject } from "@aiopslab/core/Kubernetes"
import { at, record, string } from "@aiopslab/kubernetes/Json"
import { kubeTime, microTime } from "@aiopslab/kubernetes/Time"
import { bits } from "../Draw.ts"
import type { Turn } from "../Turn.ts"
import type { NodeSpec, World } from "../World.ts"
import * as Writers from "../Writers.ts"
import type { Rhythm } from "./Rhythm.ts"

export const leases = "leases.coordination.k8s.io"
const nodeNamespace = "kube-node-lease"
const systemNamespace = "kube-system"

export interface Held {
  readonly namespace: string
  readonly name: string
  readonly rhythm: Rhythm
  readonly holder: Identity
  /** The node whose kubelet holds it. */
  readonly node: string | undefined
  /** Who a new process is, of `$uid`. */
  readonly identity: string
  readonly seconds: number
  readonly labels?: Readonly<Record<string, string>>
}

/** `renewInterval` with a jitter of 4 %: k8s.io/component-helpers/apimachinery/lease */
const renewed = (name: string): Rhythm => ({ every: 10_200, sway: (time) => bits("lease", name, time) % 200 })

/** `--leader-elect-retry-period`, and what the request takes. */
const elected = (name: string): Rhythm => ({ every: 2_000, sway: (time) => bits("lease", name, time) % 20 })

const ofNode = ({ name }: NodeSpec): Held => ({
  namespace: nodeNamespace,
  name,
  rhythm: renewed(name),
  holder: Writers.kubelet,
  node: name,
  identity: name,
  seconds: 40
})

const ofLeader = (name: string, host: string, holder: Identity): Held => ({
  namespace: systemNamespace,
  name,
  rhythm: elected(name),
  holder,
  node: undefined,
  identity: `${host}_$uid`,
  seconds: 15
})

const ofServer = (name: string, host: string): Held => ({
  namespace: systemNamespace,
  name,
  rhythm: renewed(name),
  holder: Writers.apiserver,
  node: undefined,
  identity: `${name}_$uid`,
  seconds: 3600,
  labels: { "apiserver.kubernetes.io/identity": "kube-apiserver", "kubernetes.io/hostname": host }
})

const byNodes = new WeakMap<ReadonlyArray<NodeSpec>, ReadonlyArray<Held>>()

export const of = ({ setting: { nodes } }: Pick<World, "setting">): ReadonlyArray<Held> => {
  const known = byNodes.get(nodes)
  if (known !== undefined) return known
  const host = nodes.find(({ role }) => role === "control-plane")?.name ?? "kind-control-plane"
  const all = [
    ofServer("apiserver-aaaaaaaaaaaaaaaaaaaaaaaaaa", host),
    ofLeader("kube-controller-manager", host, Writers.controllers),
    ofLeader("kube-scheduler", host, Writers.scheduler),
    ...nodes.map(ofNode)
  ]
  byNodes.set(nodes, all)
  return all
}

/** Who holds a lease that is there already. */
export const identityOf = (turn: Turn, { name, namespace }: Held): string | undefined =>
  string(at(turn.get(leases, namespace, name), "spec", "holderIdentity"))

/** The lease as its holder has it after this renewal; undefined where it can't be had, as a node's without the node. */
export const held = (turn: Turn, of: Held, identity: string, time: number): KubeObject | undefined => {
  const found = turn.get(leases, of.namespace, of.name)
  const renewTime = microTime(time)
  const spec = { holderIdentity: identity, leaseDurationSeconds: of.seconds, renewTime }
  if (found !== undefined) return { ...found, spec: { ...record(found["spec"]), ...spec } }
  const node = of.node === undefined ? undefined : turn.get("nodes", "", of.node)
  if (of.node !== undefined && node === undefined) return undefined
  const isElected = of.node === undefined && of.labels === undefined
  return {
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    metadata: {
      name: of.name,
      namespace: of.namespace,
      uid: turn.context.uid(),
      creationTimestamp: kubeTime(time),
      ...(of.labels === undefined ? {} : { labels: of.labels }),
      ...(node === undefined
        ? {}
        : { ownerReferences: [{ apiVersion: "v1", kind: "Node", name: node.metadata.name, uid: node.metadata.uid ?? "" }] })
    },
    spec: isElected ? { ...spec, acquireTime: renewTime, leaseTransitions: 0 } : spec
  }
}
