/** Binds claims to volumes, provisions those of class `standard`, and releases volumes whose claim is gone: pkg/controller/volume/persistentvolume. */
import * as Quantity from "@aiopslab/kubernetes/Quantity"
import * as Selector from "@aiopslab/kubernetes/Selector"
import * as Store from "@aiopslab/kubernetes/Store"
import { kubeTime } from "@aiopslab/kubernetes/Time"
import * as Result from "effect/Result"
import type { Controller } from "../Controller.ts"
import { keyOf, parseKey } from "../Controller.ts"
import { bits } from "../Draw.ts"
import * as Events from "../Events.ts"
import type { Claim, PersistentVolume } from "../Kinds.ts"
import { asClaim, asNode, asPod, asVolume } from "../Kinds.ts"
import { anyTerm } from "../scheduler/NodeAffinity.ts"
import type { Turn } from "../Turn.ts"
import * as Owned from "./Owned.ts"

const name = "volume"
const claims = "persistentvolumeclaims"
const volumes = "persistentvolumes"
const classes = "storageclasses.storage.k8s.io"
const component = "persistentvolume-controller"
export const selectedNode = "volume.kubernetes.io/selected-node"
const provisioner = "rancher.io/local-path"
/** Making a directory on the node. */
const provisionMillis = [1_500, 3_000] as const

/** All claims are looked at again this often, and those that wait say so again. */
const resyncMillis = 15_000

const resyncLater = (turn: Turn, of: Claim): void => {
  const phase = bits(turn.seed, "resync of claims", 0) % resyncMillis
  const at = turn.now + resyncMillis - ((turn.now - phase) % resyncMillis)
  turn.schedule(at, { _tag: "Requeue", controller: name, key: `again:${keyOf(of)}/${of.metadata.uid ?? ""}` })
}

const resync = (turn: Turn, [namespace = "", claimName = "", uid = ""]: ReadonlyArray<string>): void => {
  const found = turn.get(claims, namespace, claimName)
  if (found === undefined || found.metadata.uid !== uid || found.metadata.deletionTimestamp !== undefined) return
  const of = asClaim(found)
  if (of.spec.volumeName !== undefined) return
  claim(turn, of, "resync")
  resyncLater(turn, of)
}

/** Keys are `claim:NS/NAME`, `again:NS/NAME/UID` and `volume:/NAME`. */
export const volumeBinding: Controller = {
  name,
  resources: [claims, volumes, classes, "pods"],
  observe: (turn, { object, previous, resource, type }) => {
    switch (resource) {
      case claims:
        if (previous === undefined && type !== "DELETED") resyncLater(turn, asClaim(object))
        turn.enqueue(name, `claim:${keyOf(object)}`)
        if (type === "DELETED") {
          const bound = asClaim(object).spec.volumeName
          if (bound !== undefined) turn.enqueue(name, `volume:/${bound}`)
        }
        return
      case volumes:
        turn.enqueue(name, `volume:${keyOf(object)}`)
        return enqueuePending(turn)
      case classes:
        return enqueuePending(turn)
      default:
        // a claim in deletion waits for its last pod
        if (type === "DELETED" || Owned.isFinished(asPod(object))) {
          for (const volume of asPod(object).spec.volumes ?? []) {
            if (volume.persistentVolumeClaim !== undefined) {
              turn.enqueue(name, `claim:${object.metadata.namespace ?? ""}/${volume.persistentVolumeClaim.claimName}`)
            }
          }
        }
    }
  },
  reconcile: (turn, key) => {
    const colon = key.indexOf(":")
    if (key.startsWith("again")) return resync(turn, key.slice(colon + 1).split("/"))
    const [namespace, object] = parseKey(key.slice(colon + 1))
    if (key.startsWith("claim")) {
      const found = turn.get(claims, namespace, object)
      if (found !== undefined) claim(turn, asClaim(found), "news")
    } else {
      const found = turn.get(volumes, "", object)
      if (found !== undefined) volume(turn, asVolume(found))
    }
  }
}

const enqueuePending = (turn: Turn): void => {
  for (const one of Store.list(turn.store, claims)) if (asClaim(one).status.phase !== "Bound") turn.enqueue(name, `claim:${keyOf(one)}`)
}

const inUse = (turn: Turn, { metadata }: Claim): boolean =>
  Store.list(turn.store, "pods", metadata.namespace ?? "")
    .map(asPod)
    .some(
      (pod) => !Owned.isFinished(pod) && pod.spec.volumes?.some((one) => one.persistentVolumeClaim?.claimName === metadata.name) === true
    )

/** Nobody in this cluster makes volumes larger. */
const expand = (turn: Turn, of: Claim): void => {
  const { capacity, phase: current } = of.status
  if (current !== "Bound" || Quantity.compare(of.spec.resources?.requests?.["storage"] ?? "0", capacity?.["storage"] ?? "0") <= 0) return
  if (classOf(turn, of)?.["allowVolumeExpansion"] !== true) return
  const message = "waiting for an external controller to expand this PVC"
  Events.record(turn, of, { component: "volume_expand" }, "Normal", "ExternalExpanding", message)
}

type Occasion = "news" | "resync"

const claim = (turn: Turn, of: Claim, occasion: Occasion): void => {
  if (of.metadata.deletionTimestamp !== undefined) {
    if (!inUse(turn, of)) letGo(turn, claims, of, "kubernetes.io/pvc-protection")
    return
  }
  expand(turn, of)
  if (of.spec.volumeName !== undefined) return follow(turn, of, of.spec.volumeName)
  const found = match(turn, of)
  if (found === undefined) provision(turn, of, occasion)
  else if (waits(turn, of) && found.spec.claimRef === undefined && of.metadata.annotations?.[selectedNode] === undefined) waiting(turn, of)
  else bind(turn, of, found)
}

/** The claim names its volume already. */
const follow = (turn: Turn, of: Claim, volumeName: string): void => {
  const found = turn.get(volumes, "", volumeName)
  if (found === undefined) {
    if (of.status.phase !== "Bound") return
    turn.put(claims, { ...of, status: { phase: "Lost" } })
    const message = "Bound claim has lost its PersistentVolume. Data on the volume is lost!"
    Events.record(turn, of, { component }, "Warning", "ClaimLost", message)
    return
  }
  const { claimRef } = asVolume(found).spec
  if (
    claimRef === undefined ||
    (claimRef.namespace === of.metadata.namespace && claimRef.name === of.metadata.name && (claimRef.uid ?? "") === "")
  ) {
    return bind(turn, of, asVolume(found))
  }
  if (claimRef.uid === of.metadata.uid && of.status.phase !== "Bound") bind(turn, of, asVolume(found))
}

const covers = (has: ReadonlyArray<string> | undefined, wants: ReadonlyArray<string> | undefined): boolean =>
  (wants ?? []).every((mode) => has?.includes(mode) === true)

/** The smallest volume that a claim can have, of those that a node takes. */
export const matchFor = (turn: Turn, of: Claim, takes: (volume: PersistentVolume) => boolean): PersistentVolume | undefined => {
  const wanted = of.spec.resources?.requests?.["storage"] ?? "0"
  let best: PersistentVolume | undefined
  for (const one of Store.list(turn.store, volumes)) {
    const candidate = asVolume(one)
    const { spec } = candidate
    const { claimRef } = spec
    const meant = claimRef?.namespace === of.metadata.namespace && claimRef?.name === of.metadata.name
    if (claimRef !== undefined && !(meant && (claimRef.uid === undefined || claimRef.uid === "" || claimRef.uid === of.metadata.uid)))
      continue
    if (candidate.metadata.deletionTimestamp !== undefined || !takes(candidate)) continue
    if (!meant && candidate.status.phase !== "Available") continue
    if ((spec.storageClassName ?? "") !== (of.spec.storageClassName ?? "")) continue
    if ((spec.volumeMode ?? "Filesystem") !== (of.spec.volumeMode ?? "Filesystem")) continue
    if (!covers(spec.accessModes, of.spec.accessModes) || Quantity.compare(spec.capacity?.["storage"] ?? "0", wanted) < 0) continue
    if (of.spec.selector !== undefined && !Selector.matches(Selector.fromLabelSelector(of.spec.selector), candidate.metadata.labels))
      continue
    if (meant) return candidate
    if (best === undefined || Quantity.compare(spec.capacity?.["storage"] ?? "0", best.spec.capacity?.["storage"] ?? "0") < 0)
      best = candidate
  }
  return best
}

const match = (turn: Turn, of: Claim): PersistentVolume | undefined => {
  const node = of.metadata.annotations?.[selectedNode]
  const found = node === undefined ? undefined : turn.get("nodes", "", node)
  return matchFor(
    turn,
    of,
    (volume) => found === undefined || anyTerm(asNode(found), volume.spec.nodeAffinity?.required?.nodeSelectorTerms)
  )
}

const classOf = (turn: Turn, of: Claim) =>
  (of.spec.storageClassName ?? "") === "" ? undefined : turn.get(classes, "", of.spec.storageClassName ?? "")

const waits = (turn: Turn, of: Claim): boolean => classOf(turn, of)?.["volumeBindingMode"] === "WaitForFirstConsumer"

/** Whether a claim binds only once a pod that uses it has a node. */
export const waitsForConsumer = waits

const waiting = (turn: Turn, of: Claim): void =>
  Events.record(turn, of, { component }, "Normal", "WaitForFirstConsumer", "waiting for first consumer to be created before binding")

const bind = (turn: Turn, of: Claim, to: PersistentVolume): void => {
  const controller = { "pv.kubernetes.io/bound-by-controller": "yes" }
  turn.put(volumes, {
    ...to,
    metadata: to.spec.claimRef === undefined ? { ...to.metadata, annotations: { ...to.metadata.annotations, ...controller } } : to.metadata,
    spec: {
      ...to.spec,
      claimRef: {
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        namespace: of.metadata.namespace ?? "",
        name: of.metadata.name,
        uid: of.metadata.uid,
        resourceVersion: of.metadata["resourceVersion"]
      }
    },
    status: { phase: "Bound", lastPhaseTransitionTime: kubeTime(turn.now) }
  })
  turn.put(claims, {
    ...of,
    metadata: {
      ...of.metadata,
      annotations: {
        ...of.metadata.annotations,
        "pv.kubernetes.io/bind-completed": "yes",
        ...(of.spec.volumeName === undefined ? controller : {})
      }
    },
    spec: { ...of.spec, volumeName: to.metadata.name },
    status: { phase: "Bound", accessModes: to.spec.accessModes ?? [], capacity: to.spec.capacity ?? {} }
  })
}

const provision = (turn: Turn, of: Claim, occasion: Occasion): void => {
  const className = of.spec.storageClassName ?? ""
  if (className === "") {
    return Events.record(
      turn,
      of,
      { component },
      "Normal",
      "FailedBinding",
      "no persistent volumes available for this claim and no storage class is set"
    )
  }
  const found = classOf(turn, of)
  if (found === undefined) {
    return Events.record(turn, of, { component }, "Warning", "ProvisioningFailed", `storageclass.storage.k8s.io "${className}" not found`)
  }
  const node = of.metadata.annotations?.[selectedNode]
  if (waits(turn, of) && node === undefined) return waiting(turn, of)
  const asked = String(found["provisioner"])
  if (asked.startsWith("kubernetes.io/")) return
  const begun = of.metadata.annotations?.["volume.kubernetes.io/storage-provisioner"] === asked
  if (begun && occasion === "news") return
  Events.record(
    turn,
    of,
    { component },
    "Normal",
    "ExternalProvisioning",
    `Waiting for a volume to be created either by the external provisioner '${asked}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`
  )
  if (begun) return
  const annotations = { "volume.beta.kubernetes.io/storage-provisioner": asked, "volume.kubernetes.io/storage-provisioner": asked }
  turn.put(claims, { ...of, metadata: { ...of.metadata, annotations: { ...of.metadata.annotations, ...annotations } } })
  if (asked !== provisioner) return
  const source = { component: `${provisioner}_local-path-provisioner` }
  Events.record(turn, of, source, "Normal", "Provisioning", `External provisioner is provisioning volume for claim "${keyOf(of)}"`)
  turn.schedule(turn.now + turn.millis("provision", ...provisionMillis), { _tag: "Requeue", controller: "provisioner", key: keyOf(of) })
}

/** The local-path provisioner, when it is done. */
export const localPath: Controller = {
  name: "provisioner",
  resources: [],
  observe: () => undefined,
  reconcile: (turn, key) => {
    const found = turn.get(claims, ...parseKey(key))
    if (found === undefined || found.metadata.deletionTimestamp !== undefined) return
    const of = asClaim(found)
    if (of.spec.volumeName !== undefined) return
    const node = of.metadata.annotations?.[selectedNode] ?? turn.setting.nodes.find(({ role }) => role === "worker")?.name ?? ""
    const volumeName = `pvc-${of.metadata.uid ?? ""}`
    const created = turn.create(volumes, {
      apiVersion: "v1",
      kind: "PersistentVolume",
      metadata: { name: volumeName, annotations: { "pv.kubernetes.io/provisioned-by": provisioner } },
      spec: {
        capacity: { storage: of.spec.resources?.requests?.["storage"] ?? "0" },
        accessModes: of.spec.accessModes ?? [],
        persistentVolumeReclaimPolicy: "Delete",
        storageClassName: of.spec.storageClassName ?? "",
        volumeMode: "Filesystem",
        hostPath: {
          path: `/var/local-path-provisioner/${volumeName}_${of.metadata.namespace ?? ""}_${of.metadata.name}`,
          type: "DirectoryOrCreate"
        },
        claimRef: {
          apiVersion: "v1",
          kind: "PersistentVolumeClaim",
          namespace: of.metadata.namespace ?? "",
          name: of.metadata.name,
          uid: of.metadata.uid
        },
        nodeAffinity: {
          required: { nodeSelectorTerms: [{ matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: [node] }] }] }
        }
      }
    })
    if (Result.isSuccess(created)) {
      Events.record(
        turn,
        of,
        { component: `${provisioner}_local-path-provisioner` },
        "Normal",
        "ProvisioningSucceeded",
        `Successfully provisioned volume ${volumeName}`
      )
    }
  }
}

const volume = (turn: Turn, of: PersistentVolume): void => {
  const { claimRef } = of.spec
  const bound = claimRef === undefined ? undefined : turn.get(claims, claimRef.namespace ?? "", claimRef.name ?? "")
  const alive = bound !== undefined && ((claimRef?.uid ?? "") === "" || bound.metadata.uid === claimRef?.uid)
  if (of.metadata.deletionTimestamp !== undefined) {
    if (!(alive && of.status.phase === "Bound")) letGo(turn, volumes, of, "kubernetes.io/pv-protection")
    return
  }
  if (claimRef === undefined || (claimRef.uid ?? "") === "") return phase(turn, of, "Available")
  if (alive) return
  if (of.status.phase === "Failed") return
  if (of.spec.persistentVolumeReclaimPolicy !== "Delete") return phase(turn, of, "Released")
  const path = of.spec.hostPath?.path
  const provisioned = of.metadata.annotations?.["pv.kubernetes.io/provisioned-by"] === provisioner
  if (!provisioned && path?.startsWith("/tmp/") !== true) {
    const message =
      path === undefined
        ? `error getting deleter volume plugin for volume "${of.metadata.name}": no deletable volume plugin matched`
        : `host_path deleter only supports /tmp/.+ but received provided ${path}`
    turn.put(volumes, { ...of, status: { phase: "Failed", message, lastPhaseTransitionTime: kubeTime(turn.now) } })
    return Events.record(turn, of, { component }, "Warning", "VolumeFailedDelete", message)
  }
  turn.remove(volumes, "", of.metadata.name)
  turn.volumes = Object.fromEntries(Object.entries(turn.volumes).filter(([key]) => path === undefined || !key.endsWith(`:${path}`)))
}

const phase = (turn: Turn, of: PersistentVolume, next: "Available" | "Released"): void => {
  if (of.status.phase === next || (next === "Available" && of.status.phase === "Bound")) return
  turn.put(volumes, { ...of, status: { phase: next, lastPhaseTransitionTime: kubeTime(turn.now) } })
}

const letGo = (turn: Turn, resource: string, of: Claim | PersistentVolume, finalizer: string): void => {
  const { finalizers = [], ...metadata } = of.metadata
  if (!finalizers.includes(finalizer)) return
  const left = finalizers.filter((one) => one !== finalizer)
  turn.update(resource, { ...of, metadata: left.length === 0 ? metadata : { ...metadata, finalizers: left } })
}
