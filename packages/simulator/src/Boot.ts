/** A cluster as `kind create cluster` leaves it: nodes, namespaces, the API's own Service and the storage class `standard`. */
import type { Playbook } from "@aiopslab/core/Playbook"
import { virtualEpoch } from "@aiopslab/core/Cluster"
import { admin } from "@aiopslab/core/Kubernetes"
import { planeNamespace } from "@aiopslab/core/Workload"
import { initialStore } from "@aiopslab/kubernetes/Bootstrap"
import { resourceOf } from "@aiopslab/kubernetes/Scheme"
import { kubeTime } from "@aiopslab/kubernetes/Time"
import { isDefaultClass } from "./admission/DefaultStorageClass.ts"
import * as Trust from "@aiopslab/kubernetes/trust/Trust"
import * as Result from "effect/Result"
import { registry } from "./Admission.ts"
import { advance, change } from "./Advance.ts"
import * as ApiEndpoints from "./controllers/ApiEndpoints.ts"
import { enqueueAll } from "./controllers/ClusterRoles.ts"
import { coreDns, image } from "./dns/CoreDns.ts"
import * as Dns from "./dns/Manifests.ts"
import * as Heartbeats from "./heartbeats/Heartbeats.ts"
import { kernelVersion } from "@aiopslab/shell/Kernel"
import { loaded } from "./kubelet/Images.ts"
import { pause } from "./Pause.ts"
import type { Turn } from "./Turn.ts"
import * as Writers from "./Writers.ts"
import type { NodeSpec, World } from "./World.ts"
import { empty } from "./World.ts"

export const kubeletVersion = "v1.34.4"

/** The nodes of a cluster with this many workers: `kind-control-plane`, `kind-worker`, `kind-worker2`, … */
export const nodesOf = (workers: number): ReadonlyArray<NodeSpec> => [
  { name: "kind-control-plane", role: "control-plane", ip: "172.18.0.2", podNet: "10.244.0" },
  ...Array.from({ length: workers }, (_, i): NodeSpec => ({
    name: i === 0 ? "kind-worker" : `kind-worker${i + 1}`,
    role: "worker",
    ip: `172.18.0.${i + 3}`,
    podNet: `10.244.${i + 1}`
  }))
]

const capacity = { cpu: "8", "ephemeral-storage": "102625208Ki", "hugepages-2Mi": "0", memory: "16777216Ki", pods: "110" }

export const ready = "Ready"

/** Of a node that is well. */
export const conditions = (now: string) =>
  [
    ["MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"],
    ["DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"],
    ["PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"],
    [ready, "True", "KubeletReady", "kubelet is posting ready status"]
  ].map(([type, status, reason, message]) => ({ type, status, lastHeartbeatTime: now, lastTransitionTime: now, reason, message }))

const node = (turn: Turn, spec: NodeSpec): void => {
  const now = kubeTime(turn.now)
  const master = spec.role === "control-plane"
  const object = {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name: spec.name,
      uid: turn.context.uid(),
      creationTimestamp: now,
      labels: {
        "beta.kubernetes.io/arch": "amd64",
        "beta.kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        "kubernetes.io/hostname": spec.name,
        "kubernetes.io/os": "linux",
        ...(master ? { "node-role.kubernetes.io/control-plane": "" } : {})
      },
      annotations: { "node.alpha.kubernetes.io/ttl": "0", "volumes.kubernetes.io/controller-managed-attach-detach": "true" }
    },
    spec: {
      podCIDR: `${spec.podNet}.0/24`,
      podCIDRs: [`${spec.podNet}.0/24`],
      providerID: `kind://docker/kind/${spec.name}`,
      ...(master ? { taints: [{ effect: "NoSchedule", key: "node-role.kubernetes.io/control-plane" }] } : {})
    },
    status: {
      addresses: [
        { address: spec.ip, type: "InternalIP" },
        { address: spec.name, type: "Hostname" }
      ],
      allocatable: capacity,
      capacity,
      conditions: conditions(now),
      daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
      nodeInfo: {
        architecture: "amd64",
        bootID: turn.context.uid(),
        containerRuntimeVersion: "containerd://2.2.0",
        kernelVersion,
        kubeProxyVersion: "",
        kubeletVersion,
        machineID: turn.hex("machine", 4),
        operatingSystem: "linux",
        osImage: "Debian GNU/Linux 12 (bookworm)",
        systemUUID: turn.context.uid()
      }
    }
  }
  turn.put("nodes", object, Writers.kubelet)
}

const namespaces = ["local-path-storage", planeNamespace]

const start = (turn: Turn): void => {
  turn.store = initialStore(turn.now, turn.context)
  enqueueAll(turn)
  for (const name of namespaces) turn.create("namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name } })
  turn.create("storageclasses.storage.k8s.io", {
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: { name: "standard", annotations: { [isDefaultClass]: "true" } },
    provisioner: "rancher.io/local-path",
    reclaimPolicy: "Delete",
    volumeBindingMode: "WaitForFirstConsumer"
  })
  ApiEndpoints.write(turn)
  Heartbeats.beginServer(turn)
}

/** Nodes of a role become part of the cluster. */
const join = (turn: Turn, role: NodeSpec["role"]): void => {
  for (const spec of turn.setting.nodes) {
    if (spec.role !== role) continue
    node(turn, spec)
    Heartbeats.beginNode(turn, spec.name)
  }
}

const install = (turn: Turn): void => {
  for (const object of Dns.manifests) {
    const resource = resourceOf(registry.scheme, object)
    if (resource === undefined) continue
    const made = registry.create(resource, object)(turn.store, { ...turn.contextOf(admin), manager: "kubeadm" })
    if (Result.isSuccess(made)) turn.store = made.success[1]
  }
}

/** How long the cluster has been up, milliseconds: by then nothing is left to happen in it. */
const ageMillis = 120_000
/** How much later the workers join: what the cluster itself runs is on the control plane by then. */
const joinMillis = 20_000

/** What happens while the cluster comes up draws from numbers of its own: what it runs doesn't shift those of who uses it. */
const aside = (world: World, stage: string, run: (world: World) => World): World => {
  const { draws, seed, uids } = world
  return { ...run({ ...world, seed: `${seed} ${stage}` }), seed, draws, uids }
}

/** A cluster without any application, settled. Equal arguments give equal worlds. */
export const booted = (options: {
  readonly playbook: Playbook
  readonly workers: number
  readonly seed: string
  readonly now?: number
  /** PEM, of the server that speaks for the cluster; without one the cluster has an authority of its own. */
  readonly certificate?: string
  /** From which the key of its tokens follows; of a cluster that others reach, nobody must know it. */
  readonly tokenSeed?: string
}): World => {
  const playbook = { ...options.playbook, behaviours: [...options.playbook.behaviours, pause, coreDns] }
  const { certificate, now = virtualEpoch, seed, tokenSeed } = options
  const begin = now - ageMillis
  const trust = Trust.make({
    seed,
    begin,
    ...(certificate === undefined ? {} : { certificate }),
    ...(tokenSeed === undefined ? {} : { tokenSeed })
  })
  const [, alone] = change(empty({ playbook, nodes: nodesOf(options.workers), trust }, seed, begin), (turn) => {
    start(turn)
    join(turn, "control-plane")
  })
  const served = aside(loaded(alone, image), "install", (world) => advance(change(world, install)[1], begin + joinMillis))
  const [, whole] = change(served, (turn) => join(turn, "worker"))
  const settled = aside(whole, "settle", (world) => advance(world, now))
  // traffic of before nobody asks for
  return { ...settled, epochs: settled.epochs === undefined ? undefined : { ...settled.epochs, from: now, before: undefined } }
}
