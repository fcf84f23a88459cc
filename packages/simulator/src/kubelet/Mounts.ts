/** A pod's volumes: what is missing to mount them, and where they show in a container. */
import type { Mount } from "../Container.ts"
import type { ContainerSpec, Pod, VolumeSpec } from "../Kinds.ts"
import { asClaim, asVolume } from "../Kinds.ts"
import type { Turn } from "../Turn.ts"
import { emptyVolume } from "../World.ts"
import * as HostPath from "./HostPath.ts"
import * as Volumes from "./Volumes.ts"

/** The kubelet's word for the first volume that can't be mounted. */
export const failure = (turn: Turn, pod: Pod): string | undefined => {
  for (const volume of pod.spec.volumes ?? []) {
    const why =
      volume.hostPath === undefined ? Volumes.missing(turn, pod, volume) : HostPath.missing(turn, pod.spec.nodeName ?? "", volume.hostPath)
    if (why !== undefined) return `MountVolume.SetUp failed for volume "${volume.name}" : ${why}`
  }
  return undefined
}

/** Where a volume's content is, by its key in `World.volumes`. */
const keyOf = (turn: Turn, pod: Pod, { hostPath, name, persistentVolumeClaim }: VolumeSpec): string => {
  const node = pod.spec.nodeName ?? ""
  if (hostPath !== undefined) return Volumes.hostDirectory(node, hostPath.path)
  if (persistentVolumeClaim === undefined) return Volumes.podDirectory(pod.metadata.uid ?? "", name)
  const claim = turn.get("persistentvolumeclaims", pod.metadata.namespace ?? "", persistentVolumeClaim.claimName)
  const bound = claim === undefined ? undefined : turn.get("persistentvolumes", "", asClaim(claim).spec.volumeName ?? "")
  const spec = bound === undefined ? undefined : asVolume(bound).spec
  const path = spec?.hostPath?.path ?? spec?.local?.path ?? `/pv/${bound?.metadata.name ?? persistentVolumeClaim.claimName}`
  return Volumes.hostDirectory(node, path)
}

/** Files below a path, by the rest of theirs; a file itself by the empty one. */
const below = (files: Readonly<Record<string, string | undefined>>, subPath: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(files).flatMap(([path, text]) => {
      if (text === undefined) return []
      if (path === subPath) return [["", text]]
      return path.startsWith(`${subPath}/`) ? [[path.slice(subPath.length + 1), text]] : []
    })
  )

const sourceOf = (turn: Turn, pod: Pod, volume: VolumeSpec, subPath: string, readOnly: "yes" | "no"): Mount["source"] => {
  const key = keyOf(turn, pod, volume)
  const isWritten = Volumes.filesOf(turn, pod, volume) !== undefined
  if (isWritten && subPath !== "") return { _tag: "Fixed", files: below((turn.volumes[key] ?? emptyVolume).files, subPath) }
  return { _tag: "Volume", volume: key, subPath, writable: isWritten || readOnly === "yes" ? "no" : "yes" }
}

export const of = (turn: Turn, pod: Pod, container: ContainerSpec): ReadonlyArray<Mount> =>
  (container.volumeMounts ?? []).flatMap(({ mountPath, name, readOnly, subPath = "" }) => {
    const volume = pod.spec.volumes?.find((one) => one.name === name)
    if (volume === undefined) return []
    return [{ path: mountPath.replace(/(?<=.)\/$/u, ""), source: sourceOf(turn, pod, volume, subPath, readOnly === true ? "yes" : "no") }]
  })
