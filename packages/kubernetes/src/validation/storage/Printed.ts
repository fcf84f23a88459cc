/** Specs as Go's internal types print: every field, in the order of its declaration, under its Go name. */
import { array, at, isRecord, record } from "../../Json.ts"
import { inOrder, ordered } from "../Report.ts"
import { text } from "../Value.ts"

/** JSON with an indent of one, its keys as given. */
export const indented = (value: unknown): string => JSON.stringify(ordered(value), null, 1)

const upper: Readonly<Record<string, string>> = {
  fsType: "FSType",
  pdName: "PDName",
  pdID: "PdID",
  iqn: "IQN",
  iscsiInterface: "ISCSIInterface",
  endpoints: "EndpointsName",
  monitors: "CephMonitors",
  image: "RBDImage",
  pool: "RBDPool",
  user: "RadosUser",
  diskURI: "DataDiskURI",
  chapAuthDiscovery: "DiscoveryCHAPAuth",
  chapAuthSession: "SessionCHAPAuth",
  wwids: "WWIDs",
  sslEnabled: "SSLEnabled"
}

const goName = (key: string): string => upper[key] ?? `${key.charAt(0).toUpperCase()}${key.slice(1)}`

const none = null

/** The fields of the types that are in use, with what is printed where they are absent. */
const fields: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  hostPath: { path: "", type: none },
  nfs: { server: "", path: "", readOnly: false },
  local: { path: "", fsType: none },
  csi: {
    driver: "",
    volumeHandle: "",
    readOnly: false,
    fsType: "",
    volumeAttributes: none,
    controllerPublishSecretRef: none,
    nodeStageSecretRef: none,
    nodePublishSecretRef: none,
    controllerExpandSecretRef: none,
    nodeExpandSecretRef: none
  }
}

const struct = (key: string, value: unknown): unknown => {
  if (!isRecord(value)) return none
  const known = fields[key]
  const keys = known === undefined ? Object.keys(value) : Object.keys(known)
  return inOrder(
    Object.fromEntries(
      keys.map((name) => [goName(name), name.endsWith("SecretRef") ? secret(value[name]) : (value[name] ?? known?.[name])])
    )
  )
}

const secret = (value: unknown): unknown =>
  isRecord(value) ? inOrder({ Name: text(value["name"]), Namespace: text(value["namespace"]) }) : none

/** In the order of the Go struct, which is another than that in which they are validated. */
const sources: ReadonlyArray<readonly [string, string]> = [
  ["GCEPersistentDisk", "gcePersistentDisk"],
  ["AWSElasticBlockStore", "awsElasticBlockStore"],
  ["HostPath", "hostPath"],
  ["Glusterfs", "glusterfs"],
  ["NFS", "nfs"],
  ["RBD", "rbd"],
  ["Quobyte", "quobyte"],
  ["ISCSI", "iscsi"],
  ["FlexVolume", "flexVolume"],
  ["Cinder", "cinder"],
  ["CephFS", "cephfs"],
  ["FC", "fc"],
  ["Flocker", "flocker"],
  ["AzureFile", "azureFile"],
  ["VsphereVolume", "vsphereVolume"],
  ["AzureDisk", "azureDisk"],
  ["PhotonPersistentDisk", "photonPersistentDisk"],
  ["PortworxVolume", "portworxVolume"],
  ["ScaleIO", "scaleIO"],
  ["Local", "local"],
  ["StorageOS", "storageos"],
  ["CSI", "csi"]
]

export const sourceJson = (spec: Readonly<Record<string, unknown>>): unknown =>
  inOrder(Object.fromEntries(sources.map(([name, key]) => [name, struct(key, spec[key])])))

const reference = (value: unknown, more: "namespaced" | "local"): unknown => {
  if (!isRecord(value)) return none
  const own = { APIGroup: value["apiGroup"] ?? none, Kind: text(value["kind"]), Name: text(value["name"]) }
  return inOrder(more === "local" ? own : { ...own, Namespace: value["namespace"] ?? none })
}

const selector = (value: unknown): unknown => {
  if (!isRecord(value)) return none
  const { matchExpressions, matchLabels } = value
  return inOrder({
    matchLabels,
    matchExpressions:
      matchExpressions === undefined
        ? undefined
        : array(matchExpressions).map((one) => inOrder({ key: at(one, "key"), operator: at(one, "operator"), values: at(one, "values") }))
  })
}

export const claimJson = (spec: Readonly<Record<string, unknown>>): unknown => {
  const { limits = none, requests = none } = record(spec["resources"])
  return inOrder({
    AccessModes: spec["accessModes"] ?? none,
    Selector: selector(spec["selector"]),
    Resources: inOrder({ Limits: limits, Requests: requests }),
    VolumeName: text(spec["volumeName"]),
    StorageClassName: spec["storageClassName"] ?? none,
    VolumeMode: spec["volumeMode"] ?? none,
    DataSource: reference(spec["dataSource"], "local"),
    DataSourceRef: reference(spec["dataSourceRef"], "namespaced"),
    VolumeAttributesClassName: spec["volumeAttributesClassName"] ?? none
  })
}
