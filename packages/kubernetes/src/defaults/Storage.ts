/** Defaults of volumes and of the kinds of storage.k8s.io. */
import { without } from "../Json.ts"
import { dropping } from "./Disabled.ts"
import type { Fill } from "./Fill.ts"
import { all, empty, ensured, field, missing } from "./Fill.ts"
import { rounded } from "./Pod.ts"

export const persistentVolume: Fill = ensured(
  "spec",
  all(
    empty({ persistentVolumeReclaimPolicy: "Retain" }),
    missing({ volumeMode: "Filesystem" }),
    field("capacity", rounded),
    field("hostPath", missing({ type: "" })),
    field("iscsi", empty({ iscsiInterface: "default" })),
    field("rbd", empty({ pool: "rbd", user: "admin", keyring: "/etc/ceph/keyring" })),
    field("scaleIO", empty({ storageMode: "ThinProvisioned", fsType: "xfs" })),
    field("azureDisk", missing({ cachingMode: "ReadWrite", fsType: "ext4", readOnly: false, kind: "Shared" }))
  )
)

export const storageClass: Fill = missing({ reclaimPolicy: "Delete", volumeBindingMode: "Immediate" })

export const csiDriver: Fill = ensured(
  "spec",
  all(
    missing({
      attachRequired: true,
      podInfoOnMount: false,
      storageCapacity: false,
      fsGroupPolicy: "ReadWriteOnceWithFSType",
      requiresRepublish: false,
      seLinuxMount: false
    }),
    empty({ volumeLifecycleModes: ["Persistent"] }),
    // a feature that is off
    dropping((spec) => without(spec, "nodeAllocatableUpdatePeriodSeconds"))
  )
)

export const csiNode: Fill = ensured("spec", missing({ drivers: null }))
