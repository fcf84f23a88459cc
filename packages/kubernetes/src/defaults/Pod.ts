/** Defaults of pods and pod templates, which OpenAPI does not hold. Observed on kube-apiserver 1.34. */
import type { JsonRecord } from "../Json.ts"
import { record, string } from "../Json.ts"
import type { Fill } from "./Fill.ts"
import { all, computed, each, ensured, field, missing, when } from "./Fill.ts"

/** `Always` for an image without a tag or with `latest`, unless a digest pins it. */
const pullPolicy = (container: JsonRecord): string => {
  const image = string(container["image"]) ?? ""
  if (image.includes("@")) return "IfNotPresent"
  const name = image.slice(image.lastIndexOf("/") + 1)
  const colon = name.indexOf(":")
  return colon === -1 || name.slice(colon + 1) === "latest" ? "Always" : "IfNotPresent"
}

const httpGet = missing({ path: "/", scheme: "HTTP" })

const probe = all(
  missing({ timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 }),
  field("httpGet", httpGet),
  field("grpc", missing({ service: "" }))
)

const handler = field("httpGet", httpGet)

const fieldRef = field("fieldRef", missing({ apiVersion: "v1" }))
const resourceFieldRef = field("resourceFieldRef", missing({ divisor: "0" }))

/** A limit without a request requests as much. */
const requests: Fill = (resources) => {
  const limits = record(resources["limits"])
  const names = Object.keys(limits)
  if (names.length === 0) return resources
  const known = record(resources["requests"])
  return names.every((name) => name in known) ? resources : { ...resources, requests: { ...limits, ...known } }
}

const containerResources = (fill: Fill): Fill => ensured("resources", fill)

const container = (resources: Fill): Fill =>
  all(
    containerResources(resources),
    missing({ terminationMessagePath: "/dev/termination-log", terminationMessagePolicy: "File" }),
    computed("imagePullPolicy", pullPolicy),
    each("ports", missing({ protocol: "TCP" })),
    each("env", field("valueFrom", all(fieldRef, resourceFieldRef))),
    field("livenessProbe", probe),
    field("readinessProbe", probe),
    field("startupProbe", probe),
    field("lifecycle", all(field("postStart", handler), field("preStop", handler)))
  )

const sources: ReadonlyArray<string> = [
  "awsElasticBlockStore",
  "azureDisk",
  "azureFile",
  "cephfs",
  "cinder",
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "fc",
  "flexVolume",
  "flocker",
  "gcePersistentDisk",
  "gitRepo",
  "glusterfs",
  "hostPath",
  "image",
  "iscsi",
  "nfs",
  "persistentVolumeClaim",
  "photonPersistentDisk",
  "portworxVolume",
  "projected",
  "quobyte",
  "rbd",
  "scaleIO",
  "secret",
  "storageos",
  "vsphereVolume"
]

const mode = missing({ defaultMode: 420 })

/** Of `volumeClaimTemplate` and PersistentVolumeClaim. */
export const claimSpec: Fill = missing({ volumeMode: "Filesystem" })

const volume = all(
  when((value) => !sources.some((source) => value[source] !== undefined), missing({ emptyDir: {} })),
  field("hostPath", missing({ type: "" })),
  field("secret", mode),
  field("configMap", mode),
  field("downwardAPI", all(mode, each("items", all(fieldRef, resourceFieldRef)))),
  field(
    "projected",
    all(
      mode,
      each(
        "sources",
        all(
          field("serviceAccountToken", missing({ expirationSeconds: 3600 })),
          field("downwardAPI", each("items", all(fieldRef, resourceFieldRef)))
        )
      )
    )
  ),
  field("ephemeral", field("volumeClaimTemplate", field("spec", claimSpec)))
)

/** Ports of the host's network are the host's. */
const hostPorts = when(
  (spec) => spec["hostNetwork"] === true,
  each(
    "containers",
    each(
      "ports",
      computed("hostPort", (port) => port["containerPort"])
    )
  )
)

/** `serviceAccount` is the deprecated name of `serviceAccountName`; the server keeps both. */
const accountAlias: Fill = all(
  computed("serviceAccountName", (spec) => spec["serviceAccount"]),
  computed("serviceAccount", (spec) => spec["serviceAccountName"])
)

const spec = (resources: Fill): Fill => {
  const one = container(resources)
  return all(
    each("containers", one),
    each("initContainers", one),
    each("volumes", volume),
    missing({
      restartPolicy: "Always",
      terminationGracePeriodSeconds: 30,
      dnsPolicy: "ClusterFirst",
      securityContext: {},
      schedulerName: "default-scheduler"
    }),
    hostPorts,
    accountAlias
  )
}

/** Of `spec.template.spec`: requests stay as they were written. */
export const templateSpec: Fill = spec((resources) => resources)

/** What DefaultTolerationSeconds, an admission plugin, adds unless the key is tolerated already. */
const taints: ReadonlyArray<string> = ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"]
const tolerations: Fill = (value) => {
  const known = Array.isArray(value["tolerations"]) ? value["tolerations"].map(record) : []
  const tolerated = (key: string): boolean =>
    known.some((one) => (one["key"] === key || one["key"] === undefined) && (one["effect"] ?? "NoExecute") === "NoExecute")
  const added = taints
    .filter((key) => !tolerated(key))
    .map((key) => ({
      key,
      operator: "Exists",
      effect: "NoExecute",
      tolerationSeconds: 300
    }))
  return added.length === 0 ? value : { ...value, tolerations: [...known, ...added] }
}

/** Of a pod: what a template has, and what admission adds to a pod. */
export const podSpec: Fill = all(
  spec(requests),
  tolerations,
  missing({ priority: 0, enableServiceLinks: true, preemptionPolicy: "PreemptLowerPriority" })
)
