/** A cluster as `kind create cluster` leaves it: nodes, namespaces, the API's own Service and the storage class `standard`. */
import type { Playbook } from "@aiopslab/core/ClusterProvider"
import { virtualEpoch } from "@aiopslab/core/Cluster"
import { planeNamespace } from "@aiopslab/core/Workload"
import { initialStore } from "@aiopslab/kubernetes/Bootstrap"
import { kubeTime } from "@aiopslab/kubernetes/Time"
import { isDefaultClass } from "./admission/DefaultStorageClass.ts"
import * as Trust from "@aiopslab/kubernetes/trust/Trust"
import { change } from "./Advance.ts"
import * as ApiEndpoints from "./controllers/ApiEndpoints.ts"
import { enqueueAll } from "./controllers/ClusterRoles.ts"
import * as Heartbeats from "./heartbeats/Heartbeats.ts"
import { kernelVersion } from "@aiopslab/shell/Kernel"
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

const boot = (turn: Turn): void => {
  turn.store = initialStore(turn.now, turn.context)
  enqueueAll(turn)
  for (const name of namespaces) turn.create("namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name } })
  for (const spec of turn.setting.nodes) node(turn, spec)
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
  for (const { name } of turn.setting.nodes) Heartbeats.beginNode(turn, name)
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
  const playbook = { ...options.playbook, behaviours: [...options.playbook.behaviours, pause] }
  const { certificate, now = virtualEpoch, seed, tokenSeed } = options
  const trust = Trust.make({
    seed,
    begin: now,
    ...(certificate === undefined ? {} : { certificate }),
    ...(tokenSeed === undefined ? {} : { tokenSeed })
  })
  const start = empty({ playbook, nodes: nodesOf(options.workers), trust }, seed, now)
  return change(start, boot)[1]
}
