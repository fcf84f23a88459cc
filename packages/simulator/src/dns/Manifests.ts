/** The cluster's DNS as `kind create cluster` leaves it: kubeadm's manifests with Kind's Corefile. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { clusterDns } from "../kubelet/Names.ts"
import { image } from "./CoreDns.ts"

const namespace = "kube-system"
const labels = { "k8s-app": "kube-dns" }

export const corefile = `.:53 {
    errors
    health {
       lameduck 5s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
       ttl 30
    }
    prometheus :9153
    forward . /etc/resolv.conf {
       max_concurrent 1000
    }
    cache 30 {
       disable success cluster.local
       disable denial cluster.local
    }
    loop
    reload
    loadbalance
}
`

const rbac = "rbac.authorization.k8s.io"
const listed = ["list", "watch"]

const access: ReadonlyArray<KubeObject> = [
  { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "coredns", namespace } },
  {
    apiVersion: `${rbac}/v1`,
    kind: "ClusterRole",
    metadata: { name: "system:coredns" },
    rules: [
      { apiGroups: [""], resources: ["endpoints", "services", "pods", "namespaces"], verbs: listed },
      { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: listed }
    ]
  },
  {
    apiVersion: `${rbac}/v1`,
    kind: "ClusterRoleBinding",
    metadata: { name: "system:coredns" },
    roleRef: { apiGroup: rbac, kind: "ClusterRole", name: "system:coredns" },
    subjects: [{ kind: "ServiceAccount", name: "coredns", namespace }]
  }
]

const spread = {
  podAntiAffinity: {
    preferredDuringSchedulingIgnoredDuringExecution: [
      {
        weight: 100,
        podAffinityTerm: {
          labelSelector: { matchExpressions: [{ key: "k8s-app", operator: "In", values: ["kube-dns"] }] },
          topologyKey: "kubernetes.io/hostname"
        }
      }
    ]
  }
}

const container = {
  name: "coredns",
  image,
  imagePullPolicy: "IfNotPresent",
  args: ["-conf", "/etc/coredns/Corefile"],
  resources: { limits: { memory: "170Mi" }, requests: { cpu: "100m", memory: "70Mi" } },
  ports: [
    { containerPort: 53, name: "dns", protocol: "UDP" },
    { containerPort: 53, name: "dns-tcp", protocol: "TCP" },
    { containerPort: 9153, name: "metrics", protocol: "TCP" },
    { containerPort: 8080, name: "liveness-probe", protocol: "TCP" },
    { containerPort: 8181, name: "readiness-probe", protocol: "TCP" }
  ],
  livenessProbe: {
    httpGet: { path: "/health", port: "liveness-probe", scheme: "HTTP" },
    initialDelaySeconds: 60,
    timeoutSeconds: 5,
    successThreshold: 1,
    failureThreshold: 5
  },
  readinessProbe: { httpGet: { path: "/ready", port: "readiness-probe", scheme: "HTTP" } },
  securityContext: {
    allowPrivilegeEscalation: false,
    capabilities: { add: ["NET_BIND_SERVICE"], drop: ["ALL"] },
    readOnlyRootFilesystem: true
  },
  volumeMounts: [{ name: "config-volume", mountPath: "/etc/coredns", readOnly: true }]
}

const deployment: KubeObject = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "coredns", namespace, labels },
  spec: {
    replicas: 2,
    strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 1 } },
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: {
        priorityClassName: "system-cluster-critical",
        serviceAccountName: "coredns",
        affinity: spread,
        tolerations: [
          { key: "CriticalAddonsOnly", operator: "Exists" },
          { key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" }
        ],
        nodeSelector: { "kubernetes.io/os": "linux" },
        containers: [container],
        dnsPolicy: "Default",
        volumes: [{ name: "config-volume", configMap: { name: "coredns", items: [{ key: "Corefile", path: "Corefile" }] } }]
      }
    }
  }
}

const service: KubeObject = {
  apiVersion: "v1",
  kind: "Service",
  metadata: {
    name: "kube-dns",
    namespace,
    labels: { ...labels, "kubernetes.io/cluster-service": "true", "kubernetes.io/name": "CoreDNS" },
    annotations: { "prometheus.io/port": "9153", "prometheus.io/scrape": "true" }
  },
  spec: {
    selector: labels,
    clusterIP: clusterDns,
    ports: [
      { name: "dns", port: 53, protocol: "UDP", targetPort: 53 },
      { name: "dns-tcp", port: 53, protocol: "TCP", targetPort: 53 },
      { name: "metrics", port: 9153, protocol: "TCP", targetPort: 9153 }
    ]
  }
}

export const manifests: ReadonlyArray<KubeObject> = [
  { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "coredns", namespace }, data: { Corefile: corefile } },
  ...access,
  service,
  deployment
]
