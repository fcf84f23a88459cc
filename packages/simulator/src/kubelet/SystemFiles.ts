/** The files that every container gets from its kubelet and its runtime (pkg/kubelet/kubelet_pods.go, pkg/kubelet/network/dns). */
import type { Pod } from "../Kinds.ts"
import * as Names from "./Names.ts"

/** What a container is called: a name longer than a host's may be is cut. */
export const hostname = (pod: Pod): string =>
  pod.spec.hostNetwork === true ? (pod.spec.nodeName ?? "") : (pod.spec.hostname ?? pod.metadata.name).slice(0, 63).replace(/[-.]+$/u, "")

const hosts = (pod: Pod, ip: string): string => {
  const name = hostname(pod)
  const { hostAliases = [], hostNetwork, subdomain } = pod.spec
  const full = subdomain === undefined ? [] : [`${name}.${subdomain}.${pod.metadata.namespace ?? ""}.svc.cluster.local`]
  const lines = [
    hostNetwork === true ? "# Kubernetes-managed hosts file (host network)." : "# Kubernetes-managed hosts file.",
    "127.0.0.1\tlocalhost",
    "::1\tlocalhost ip6-localhost ip6-loopback",
    "fe00::0\tip6-localnet",
    "fe00::0\tip6-mcastprefix",
    "fe00::1\tip6-allnodes",
    "fe00::2\tip6-allrouters",
    [ip, ...full, name].join("\t"),
    ...(hostAliases.length === 0 ? [] : ["", "# Entries added by HostAliases."]),
    ...hostAliases.map((alias) => [alias.ip, ...(alias.hostnames ?? [])].join("\t"))
  ]
  return `${lines.join("\n")}\n`
}

const node = { nameservers: [Names.nodeDns], searches: [], options: [{ name: "ndots", value: "0" }] }

const cluster = (namespace: string) => ({
  nameservers: [Names.clusterDns],
  searches: Names.searches(namespace),
  options: [{ name: "ndots", value: String(Names.ndots) }]
})

const nothing = { nameservers: [], searches: [], options: [] }

const policyOf = ({ metadata: { namespace = "" }, spec: { dnsPolicy = "ClusterFirst", hostNetwork } }: Pod) => {
  if (dnsPolicy === "None") return nothing
  return dnsPolicy === "Default" || (dnsPolicy === "ClusterFirst" && hostNetwork === true) ? node : cluster(namespace)
}

/** What the pod asks for comes after what its policy gives it; of its options, instead. */
const resolver = (pod: Pod): string => {
  const { nameservers, options, searches } = policyOf(pod)
  const asked = { ...nothing, ...pod.spec.dnsConfig }
  const search = [...new Set<string>([...searches, ...asked.searches])]
  const merged = new Map<string, string | undefined>([...options, ...asked.options].map(({ name, value }) => [name, value]))
  return [
    ...(search.length === 0 ? [] : [`search ${search.join(" ")}\n`]),
    ...[...new Set<string>([...nameservers, ...asked.nameservers])].map((server) => `nameserver ${server}\n`),
    ...(merged.size === 0
      ? []
      : [`options ${Array.from(merged, ([name, value = ""]) => (value === "" ? name : `${name}:${value}`)).join(" ")}\n`])
  ].join("")
}

export const of = (pod: Pod, ip: string): Readonly<Record<string, string>> => ({
  "/etc/hosts": hosts(pod, ip),
  "/etc/hostname": `${hostname(pod)}\n`,
  "/etc/resolv.conf": resolver(pod)
})
