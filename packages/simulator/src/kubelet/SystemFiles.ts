/** The files that every container gets from its kubelet and its runtime (pkg/kubelet/kubelet_pods.go, pkg/kubelet/network/dns). */
import type { Pod } from "../Kinds.ts"

/** What a container is called: a name longer than a host's may be is cut. */
export const hostname = (pod: Pod): string =>
  pod.spec.hostNetwork === true ? (pod.spec.nodeName ?? "") : (pod.spec.hostname ?? pod.metadata.name).slice(0, 63).replace(/[-.]+$/u, "")

/** The address of the cluster's DNS. */
export const nameserver = "10.96.0.10"

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

const resolver = (pod: Pod): string =>
  [
    `search ${pod.metadata.namespace ?? ""}.svc.cluster.local svc.cluster.local cluster.local`,
    `nameserver ${nameserver}`,
    "options ndots:5\n"
  ].join("\n")

export const of = (pod: Pod, ip: string): Readonly<Record<string, string>> => ({
  "/etc/hosts": hosts(pod, ip),
  "/etc/hostname": `${hostname(pod)}\n`,
  "/etc/resolv.conf": resolver(pod)
})
