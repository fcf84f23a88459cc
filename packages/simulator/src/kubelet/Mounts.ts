/** A pod's volumes: what is missing to mount them, and where they show in a container. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import type { TokenRequest } from "@aiopslab/kubernetes/trust/Trust"
import { tokenLifetime } from "../Admission.ts"
import type { Mount } from "../Container.ts"
import * as Draw from "../Draw.ts"
import type { ContainerSpec, Pod, VolumeSpec } from "../Kinds.ts"
import { asClaim, asVolume } from "../Kinds.ts"
import type { Turn } from "../Turn.ts"

/** The kubelet's word for the first volume that can't be mounted. */
export const failure = (turn: Turn, pod: Pod): string | undefined => {
  for (const volume of pod.spec.volumes ?? []) {
    const why = missing(turn, pod, volume)
    if (why !== undefined) return `MountVolume.SetUp failed for volume "${volume.name}" : ${why}`
  }
  return undefined
}

const missing = (turn: Turn, pod: Pod, volume: VolumeSpec): string | undefined => {
  const namespace = pod.metadata.namespace ?? ""
  const { configMap, secret } = volume
  if (configMap !== undefined && configMap.optional !== true)
    return absent(turn, "configmaps", "configmap", namespace, configMap.name ?? "", configMap.items)
  if (secret !== undefined && secret.optional !== true)
    return absent(turn, "secrets", "secret", namespace, secret.secretName ?? "", secret.items)
  return undefined
}

const absent = (
  turn: Turn,
  resource: "configmaps" | "secrets",
  word: string,
  namespace: string,
  name: string,
  items: ReadonlyArray<{ readonly key: string }> | undefined
): string | undefined => {
  const found = turn.get(resource, namespace, name)
  if (found === undefined) return `${word} "${name}" not found`
  const data: unknown = found["data"] ?? {}
  return items?.some(({ key }) => typeof data !== "object" || data === null || !(key in data)) === true
    ? `references non-existent ${word === "secret" ? "secret" : "config"} key: ${items.find(({ key }) => typeof data !== "object" || data === null || !(key in data))?.key ?? ""}`
    : undefined
}

const itemsOf = (items: ReadonlyArray<{ readonly key: string; readonly path: string }> | undefined) =>
  items === undefined ? undefined : Object.fromEntries(items.map(({ key, path }) => [key, path]))

/** Keys of `World.volumes`: a directory of a node, or of a pod. */
export const hostDirectory = (node: string, path: string): string => `${node}:${path}`
export const podDirectory = (podUid: string, volume: string): string => `${podUid}/${volume}`

const named = (object: KubeObject | undefined, name: string) => ({ name, uid: object?.metadata.uid ?? "" })

/** The kubelet asks once for each pod, when it comes. */
const tokenRequest = (turn: Turn, { metadata, spec }: Pod): TokenRequest => {
  const { name, namespace = "", uid = "" } = metadata
  const account = spec.serviceAccountName ?? "default"
  const node = spec.nodeName ?? ""
  return {
    namespace,
    account: named(turn.get("serviceaccounts", namespace, account), account),
    pod: { name, uid },
    node: named(turn.get("nodes", "", node), node),
    issuedAt: Date.parse(metadata.creationTimestamp ?? ""),
    lifetime: tokenLifetime,
    id: Draw.uuid(uid, 0)
  }
}

const sourceOf = (turn: Turn, pod: Pod, volume: VolumeSpec, subPath: string): Mount["source"] => {
  const node = pod.spec.nodeName ?? ""
  const namespace = pod.metadata.namespace ?? ""
  const { configMap, hostPath, persistentVolumeClaim, secret } = volume
  if (configMap !== undefined) {
    return { _tag: "Object", resource: "configmaps", name: configMap.name ?? "", items: itemsOf(configMap.items), subPath }
  }
  if (secret !== undefined)
    return { _tag: "Object", resource: "secrets", name: secret.secretName ?? "", items: itemsOf(secret.items), subPath }
  if (hostPath !== undefined) return { _tag: "Volume", volume: hostDirectory(node, hostPath.path), subPath }
  if (persistentVolumeClaim !== undefined) {
    const claim = turn.get("persistentvolumeclaims", namespace, persistentVolumeClaim.claimName)
    const bound = claim === undefined ? undefined : turn.get("persistentvolumes", "", asClaim(claim).spec.volumeName ?? "")
    const spec = bound === undefined ? undefined : asVolume(bound).spec
    const path = spec?.hostPath?.path ?? spec?.local?.path ?? `/pv/${bound?.metadata.name ?? persistentVolumeClaim.claimName}`
    return { _tag: "Volume", volume: hostDirectory(node, path), subPath }
  }
  if (volume.projected !== undefined) {
    return { _tag: "Account", request: tokenRequest(turn, pod) }
  }
  return { _tag: "Volume", volume: podDirectory(pod.metadata.uid ?? "", volume.name), subPath }
}

export const of = (turn: Turn, pod: Pod, container: ContainerSpec): ReadonlyArray<Mount> =>
  (container.volumeMounts ?? []).flatMap(({ mountPath, name, subPath = "" }) => {
    const volume = pod.spec.volumes?.find((one) => one.name === name)
    return volume === undefined ? [] : [{ path: mountPath.replace(/(?<=.)\/$/u, ""), source: sourceOf(turn, pod, volume, subPath) }]
  })
