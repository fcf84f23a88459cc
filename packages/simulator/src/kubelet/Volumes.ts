/** The files that a kubelet writes into a pod's own volumes: of ConfigMaps and Secrets, of what the pod knows of itself, of its token. */
import type { DownwardItem, ObjectSource, Pod, Projection, VolumeSpec } from "../Kinds.ts"
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import type { TokenRequest } from "@aiopslab/kubernetes/trust/Trust"
import { tokenLifetime } from "../admission/ServiceAccount.ts"
import { equal } from "@aiopslab/kubernetes/Equal"
import * as Draw from "../Draw.ts"
import type { Turn } from "../Turn.ts"
import { emptyVolume } from "../World.ts"
import * as Downward from "./Downward.ts"

type Written = Readonly<Record<string, string>>

/** Keys of `World.volumes`: a directory of a node, or of a pod. */
export const hostDirectory = (node: string, path: string): string => `${node}:${path}`
export const podDirectory = (podUid: string, volume: string): string => `${podUid}/${volume}`

type ObjectResource = "configmaps" | "secrets"

const decoded = (resource: ObjectResource, value: string): string =>
  resource === "secrets" ? Buffer.from(value, "base64").toString("utf8") : value

const dataOf = (turn: Turn, pod: Pod, resource: ObjectResource, name: string): Written | undefined => {
  const found = turn.get(resource, pod.metadata.namespace ?? "", name)
  if (found === undefined) return undefined
  const out: Record<string, string> = {}
  for (const [key, value] of Object.entries(found["data"] ?? {})) if (typeof value === "string") out[key] = decoded(resource, value)
  if (resource === "configmaps") {
    for (const [key, value] of Object.entries(found["binaryData"] ?? {})) {
      if (typeof value === "string") out[key] = Buffer.from(value, "base64").toString("utf8")
    }
  }
  return out
}

const objectFiles = (turn: Turn, pod: Pod, resource: ObjectResource, name: string, { items }: ObjectSource): Written => {
  const data = dataOf(turn, pod, resource, name) ?? {}
  if (items === undefined) return data
  return Object.fromEntries(items.flatMap(({ key, path }) => (data[key] === undefined ? [] : [[path, data[key]] as const])))
}

const downwardFiles = (turn: Turn, pod: Pod, items: ReadonlyArray<DownwardItem> | undefined): Written =>
  Object.fromEntries(
    (items ?? []).map(({ fieldRef, path, resourceFieldRef }) => {
      if (fieldRef !== undefined) return [path, Downward.field(pod, pod.status.podIP ?? "", pod.status.hostIP ?? "", fieldRef.fieldPath)]
      if (resourceFieldRef === undefined) return [path, ""]
      const container = [...(pod.spec.initContainers ?? []), ...pod.spec.containers].find(
        ({ name }) => name === resourceFieldRef.containerName
      )
      return [path, Downward.resource(turn, pod, container, resourceFieldRef)]
    })
  )

const projected = (turn: Turn, pod: Pod, { configMap, downwardAPI, secret, serviceAccountToken }: Projection): Written => {
  if (configMap !== undefined) {
    const files = objectFiles(turn, pod, "configmaps", configMap.name ?? "", configMap)
    // the certificate of a server without one
    return configMap.name === rootCertificate && Object.keys(files).length === 0 ? { "ca.crt": "" } : files
  }
  if (secret !== undefined) return objectFiles(turn, pod, "secrets", secret.name ?? "", secret)
  if (downwardAPI !== undefined) return downwardFiles(turn, pod, downwardAPI.items)
  return serviceAccountToken === undefined ? {} : tokenFile(turn, pod, serviceAccountToken.path)
}

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

/** Signed when somebody looks: a signature takes longer than the rest of a pod's start. */
const tokenFile = (turn: Turn, pod: Pod, path: string): Written => {
  const { trust } = turn.setting
  const request = tokenRequest(turn, pod)
  return Object.defineProperty({}, path, { enumerable: true, get: () => trust.token(request) })
}

/** All files of some sources; what is worked out when it is read stays so. */
const together = (sources: ReadonlyArray<Written>): Written =>
  sources.reduce((all, one) => Object.defineProperties(all, Object.getOwnPropertyDescriptors(one)), {})

const rootCertificate = "kube-root-ca.crt"

/** `undefined`: none that the kubelet writes. */
export const filesOf = (
  turn: Turn,
  pod: Pod,
  { configMap, downwardAPI, projected: projection, secret }: VolumeSpec
): Written | undefined => {
  if (configMap !== undefined) return objectFiles(turn, pod, "configmaps", configMap.name ?? "", configMap)
  if (secret !== undefined) return objectFiles(turn, pod, "secrets", secret.secretName ?? "", secret)
  if (downwardAPI !== undefined) return downwardFiles(turn, pod, downwardAPI.items)
  if (projection === undefined) return undefined
  return together((projection.sources ?? []).map((source) => projected(turn, pod, source)))
}

/** Without what is only worked out when somebody looks: a pod's token stays. */
const valuesOf = (files: Readonly<Record<string, string | undefined>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(Object.getOwnPropertyDescriptors(files)).map(([path, { value }]) => [path, value]))

/** All else that a volume may show of its pod never changes. */
const mayChange = ({ fieldRef }: DownwardItem): boolean =>
  fieldRef === undefined || !["metadata.name", "metadata.namespace", "metadata.uid"].includes(fieldRef.fieldPath)

/** Whether the pod is something else by now than what was written of it. */
export const isStale = (turn: Turn, pod: Pod, volume: VolumeSpec): boolean => {
  const { downwardAPI, projected: projection } = volume
  const ofPod = [downwardAPI, ...(projection?.sources ?? []).map((source) => source.downwardAPI)]
  if (!ofPod.some((one) => one?.items?.some(mayChange) === true)) return false
  const files = filesOf(turn, pod, volume)
  if (files === undefined) return false
  const written = turn.volumes[podDirectory(pod.metadata.uid ?? "", volume.name)]?.files
  return written === undefined || !equal(valuesOf(files), valuesOf(written))
}

/** Writes all of them as the objects are now. */
export const write = (turn: Turn, pod: Pod): void => {
  for (const volume of pod.spec.volumes ?? []) {
    const files = filesOf(turn, pod, volume)
    if (files === undefined) continue
    turn.volumes = { ...turn.volumes, [podDirectory(pod.metadata.uid ?? "", volume.name)]: { ...emptyVolume, files } }
    turn.relevant = true
  }
}

/** Whether a volume shows an object. */
export const shows = (pod: Pod, resource: string, name: string): boolean =>
  (pod.spec.volumes ?? []).some(({ configMap, projected: projection, secret }) =>
    resource === "configmaps"
      ? configMap?.name === name || projection?.sources?.some((one) => one.configMap?.name === name) === true
      : secret?.secretName === name || projection?.sources?.some((one) => one.secret?.name === name) === true
  )

const words = { configmaps: "configmap", secrets: "secret" } as const

const absent = (turn: Turn, pod: Pod, resource: ObjectResource, name: string, { items, optional }: ObjectSource): string | undefined => {
  if (optional === true || name === rootCertificate) return undefined
  const data = dataOf(turn, pod, resource, name)
  if (data === undefined) return `${words[resource]} "${name}" not found`
  const key = items?.find((item) => data[item.key] === undefined)?.key
  return key === undefined ? undefined : `references non-existent ${resource === "secrets" ? "secret" : "config"} key: ${key}`
}

/** The kubelet's word for what is missing. */
export const missing = (turn: Turn, pod: Pod, { configMap, projected: projection, secret }: VolumeSpec): string | undefined => {
  if (configMap !== undefined) return absent(turn, pod, "configmaps", configMap.name ?? "", configMap)
  if (secret !== undefined) return absent(turn, pod, "secrets", secret.secretName ?? "", secret)
  for (const source of projection?.sources ?? []) {
    const why =
      source.configMap !== undefined
        ? absent(turn, pod, "configmaps", source.configMap.name ?? "", source.configMap)
        : source.secret === undefined
          ? undefined
          : absent(turn, pod, "secrets", source.secret.name ?? "", source.secret)
    if (why !== undefined) return why
  }
  return undefined
}
