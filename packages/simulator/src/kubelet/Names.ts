/** Whom pods and nodes ask for names: the kubelet's `clusterDNS` and `clusterDomain`, and the name server that the nodes have. */

/** Also the address of the Service `kube-dns`. */
export const clusterDns = "10.96.0.10"

/** It knows none of the cluster's names. */
export const nodeDns = "172.18.0.1"

export const searches = (namespace: string): ReadonlyArray<string> => [
  `${namespace}.svc.cluster.local`,
  "svc.cluster.local",
  "cluster.local"
]

/** Names with fewer dots are looked for in what is searched first. */
export const ndots = 5
