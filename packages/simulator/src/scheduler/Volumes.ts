/** What a pod's claims say about where it can run: pkg/scheduler/framework/plugins/volumebinding, volumezone, volumerestrictions. */
import * as Store from "@aiopslab/kubernetes/Store"
import { matchFor, selectedNode, waitsForConsumer } from "../controllers/Volumes.ts"
import type { Claim, Pod } from "../Kinds.ts"
import { asClaim, asPod, asVolume } from "../Kinds.ts"
import type { Turn } from "../Turn.ts"
import * as NodeAffinity from "./NodeAffinity.ts"
import type { NodeState } from "./NodeState.ts"

const claimNames = (pod: Pod): ReadonlyArray<string> =>
  (pod.spec.volumes ?? []).flatMap(({ ephemeral, name, persistentVolumeClaim }) =>
    persistentVolumeClaim === undefined
      ? ephemeral === undefined
        ? []
        : [`${pod.metadata.name}-${name}`]
      : [persistentVolumeClaim.claimName]
  )

/** The pod's claims, or why it can't be scheduled anywhere. */
export const claimsOf = (turn: Turn, pod: Pod): ReadonlyArray<Claim> | string => {
  const out: Array<Claim> = []
  const { namespace = "" } = pod.metadata
  for (const name of claimNames(pod)) {
    const found = turn.get("persistentvolumeclaims", namespace, name)
    if (found === undefined) return `persistentvolumeclaim "${name}" not found`
    const claim = asClaim(found)
    if (claim.status.phase === "Lost")
      return `persistentvolumeclaim "${name}" bound to non-existent persistentvolume "${claim.spec.volumeName ?? ""}"`
    if (claim.metadata.deletionTimestamp !== undefined) return `persistentvolumeclaim "${name}" is being deleted`
    if (claim.status.phase !== "Bound" && !waitsForConsumer(turn, claim)) return "pod has unbound immediate PersistentVolumeClaims"
    out.push(claim)
  }
  return out
}

const zones = ["topology.kubernetes.io/zone", "topology.kubernetes.io/region", "failure-domain.beta.kubernetes.io/zone"]

/** The pods that already have a claim which only one may have. */
export const exclusive = (turn: Turn, pod: Pod, claims: ReadonlyArray<Claim>): boolean => {
  const names = claims.filter(({ spec }) => spec.accessModes?.includes("ReadWriteOncePod") === true).map(({ metadata }) => metadata.name)
  return (
    names.length > 0 &&
    Store.list(turn.store, "pods", pod.metadata.namespace ?? "").some(
      (one) =>
        one.metadata.uid !== pod.metadata.uid &&
        asPod(one).spec.nodeName !== undefined &&
        claimNames(asPod(one)).some((name) => names.includes(name))
    )
  )
}

export const refusal = (turn: Turn, { node }: NodeState, claims: ReadonlyArray<Claim>): string | undefined => {
  for (const claim of claims) {
    if (claim.spec.volumeName === undefined) {
      const chosen = claim.metadata.annotations?.[selectedNode]
      if (chosen !== undefined && chosen !== node.metadata.name) return "node(s) didn't find available persistent volumes to bind"
      const free = matchFor(turn, claim, (volume) => NodeAffinity.anyTerm(node, volume.spec.nodeAffinity?.required?.nodeSelectorTerms))
      const className = claim.spec.storageClassName ?? ""
      const provisioner = turn.get("storageclasses.storage.k8s.io", "", className)?.["provisioner"]
      if (free === undefined && (provisioner === undefined || provisioner === "kubernetes.io/no-provisioner"))
        return "node(s) didn't find available persistent volumes to bind"
      continue
    }
    const found = turn.get("persistentvolumes", "", claim.spec.volumeName)
    if (found === undefined) return "node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)"
    const volume = asVolume(found)
    if (!NodeAffinity.anyTerm(node, volume.spec.nodeAffinity?.required?.nodeSelectorTerms))
      return "node(s) didn't match PersistentVolume's node affinity"
    const { labels = {} } = volume.metadata
    for (const key of zones) {
      if (labels[key] !== undefined && !labels[key].split("__").includes(node.metadata.labels?.[key] ?? ""))
        return "node(s) had no available volume zone"
    }
  }
  return undefined
}
