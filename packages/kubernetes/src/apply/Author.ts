/** Under which name a write is in managedFields. */
import type { Identity } from "@aiopslab/core/Kubernetes"

/** Of what a request does not name. */
export const unknown = "unknown"

/** The components of a cluster that write without a request, by their users. */
const components: ReadonlyArray<readonly [user: RegExp, manager: string]> = [
  [/^system:apiserver$/, "kube-apiserver"],
  [/^system:kube-scheduler$/, "kube-scheduler"],
  [/^system:kube-controller-manager$/, "kube-controller-manager"],
  [/^system:serviceaccount:kube-system:/, "kube-controller-manager"],
  [/^system:node:/, "kubelet"]
]

export const ofIdentity = ({ user }: Identity): string => components.find(([pattern]) => pattern.test(user))?.[1] ?? unknown

/** Bytes of a manager's name. */
export const maxLength = 128

const isPrintable = (character: string): boolean => character === " " || /^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u.test(character)

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
