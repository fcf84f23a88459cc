import type { KubeObject } from "@aiopslab/core/Kubernetes"

/** A hostPath volume of 1 Gi with a claim that only fits it: both name the storage class `<name>-storage`, which has no provisioner. */
export const volume = (namespace: string, name: string): ReadonlyArray<KubeObject> => [
  {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name: `${name}-pv` },
    spec: {
      accessModes: ["ReadWriteOnce"],
      capacity: { storage: "1Gi" },
      hostPath: { path: `/data/volumes/${name}-pv`, type: "DirectoryOrCreate" },
      storageClassName: `${name}-storage`,
      volumeMode: "Filesystem"
    }
  },
  {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name: `${name}-pvc`, namespace },
    spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } }, storageClassName: `${name}-storage` }
  }
]
