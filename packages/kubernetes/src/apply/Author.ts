/** Under which name a write is in managedFields. */
import type { Identity } from "@aiopslab/core/Kubernetes"
import { isPrintable } from "./GoText.ts"

/** Of what a request does not name. */
export const unknown = "unknown"

/** The components of a cluster that write without a request, by their users. */
const components: ReadonlyArray<readonly [userBeginsWith: string, manager: string]> = [
  ["system:kube-controller-manager", "kube-controller-manager"],
  ["system:node:", "kubelet"],
  ["system:kube-scheduler", "kube-scheduler"],
  ["system:apiserver", "kube-apiserver"],
  ["system:serviceaccount:kube-system:", "kube-controller-manager"]
]

export const ofIdentity = ({ user }: Identity): string => components.find(([prefix]) => user.startsWith(prefix))?.[1] ?? unknown

/** Bytes of a manager's name. */
export const maxLength = 128

/** The characters that Go does not call printable, with their places in bytes. */
export const unprintable = (name: string): ReadonlyArray<readonly [character: string, at: number]> => {
  const out: Array<readonly [string, number]> = []
  let at = 0
  for (const character of name) {
    if (!isPrintable(character)) out.push([character, at])
    at += Buffer.byteLength(character)
  }
  return out
}

/** What stands before the first slash of the user agent: `kubectl` of `kubectl/v1.34.4 (linux/amd64)`. */
export const ofUserAgent = (userAgent: string): string => {
  let out = ""
  for (const character of userAgent.split("/")[0] ?? "") {
    if (!isPrintable(character)) continue
    if (Buffer.byteLength(out) + Buffer.byteLength(character) > maxLength) break
    out += character
  }
  return out
}
