/** What a pod may know of itself, in variables and files (pkg/fieldpath, pkg/api/v1/resource). */
import * as Quantity from "@aiopslab/kubernetes/Quantity"
import type { ContainerSpec, Pod, ResourceFieldRef } from "../Kinds.ts"
import { asNode } from "../Kinds.ts"
import type { Turn } from "../Turn.ts"

/** As Go's `%q` writes plain text. */
const lines = (of: Readonly<Record<string, string>> | undefined): string =>
  Object.entries(of ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join("\n")

export const field = (pod: Pod, ip: string, nodeIp: string, path: string): string => {
  const { metadata, spec } = pod
  const subscript = /^metadata\.(?<what>labels|annotations)\['(?<key>.*)'\]$/u.exec(path)?.groups
  if (subscript !== undefined) return metadata[subscript["what"] === "labels" ? "labels" : "annotations"]?.[subscript["key"] ?? ""] ?? ""
  switch (path) {
    case "metadata.name":
      return metadata.name
    case "metadata.namespace":
      return metadata.namespace ?? ""
    case "metadata.uid":
      return metadata.uid ?? ""
    case "metadata.labels":
      return lines(metadata.labels)
    case "metadata.annotations":
      return lines(metadata.annotations)
    case "spec.nodeName":
      return spec.nodeName ?? ""
    case "spec.serviceAccountName":
      return spec.serviceAccountName ?? ""
    case "status.podIP":
    case "status.podIPs":
      return ip
    case "status.hostIP":
    case "status.hostIPs":
      return nodeIp
    default:
      return ""
  }
}

/** In units of the divisor, rounded up. A limit that a container doesn't have is what its node has. */
export const resource = (
  turn: Turn,
  pod: Pod,
  container: ContainerSpec | undefined,
  { divisor, resource: path }: ResourceFieldRef
): string => {
  const [kind = "", ...rest] = path.split(".")
  const name = rest.join(".")
  const own = kind === "limits" ? container?.resources?.limits?.[name] : container?.resources?.requests?.[name]
  const node = kind === "limits" && own === undefined ? turn.get("nodes", "", pod.spec.nodeName ?? "") : undefined
  const quantity = own ?? (node === undefined ? "0" : (asNode(node).status.allocatable?.[name] ?? "0"))
  const unit = divisor === undefined || divisor === "0" ? "1" : divisor
  return String(Math.ceil(Quantity.milliValue(quantity) / Quantity.milliValue(unit)))
}
