/** Defaults of pods and pod templates, which OpenAPI does not hold. Observed on kube-apiserver 1.34. */
import type { JsonRecord } from "../Json.ts"
import { isRecord, number, record, string } from "../Json.ts"
import * as Quantity from "../Quantity.ts"
import { aggregate, isHugePages } from "../validation/pod/Resources.ts"
import { withoutDisabled } from "./Disabled.ts"
import type { Fill } from "./Fill.ts"
import { all, each, empty, ensured, field, isEmpty, missing, when } from "./Fill.ts"

const word = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*"
const reference = new RegExp(
  `^(?<name>(?:[A-Za-z0-9.-]+(?::[0-9]+)?/)?${word}(?:/${word})*)(?::(?<tag>\\w[\\w.-]{0,127}))?(?<digest>@[A-Za-z][\\w+.-]*:[0-9a-fA-F]{32,})?$`
)

const longestPath = 255

/** Without the registry; names of one word are the library's. */
const pathOf = (name: string): string => {
  const [first = "", ...rest] = name.split("/")
  return rest.length === 0 ? `library/${name}` : /[.:]/.test(first) || first === "localhost" ? rest.join("/") : name
}

/** `Always` for an image without a tag or with `latest`, unless a digest pins it. What is no name of an image is not looked for. */
const pullPolicy = (container: JsonRecord): string => {
  const found = reference.exec(string(container["image"]) ?? "")?.groups
  if (found === undefined || pathOf(found["name"] ?? "").length > longestPath) return "IfNotPresent"
  const tag = found["tag"] ?? (found["digest"] === undefined ? "latest" : "")
  return tag === "latest" ? "Always" : "IfNotPresent"
}

const httpGet = empty({ path: "/", scheme: "HTTP" })

const probe = all(
  empty({ timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 }),
  field("httpGet", httpGet),
  field("grpc", missing({ service: "" }))
)

const handler = field("httpGet", httpGet)

const fieldRef = field("fieldRef", empty({ apiVersion: "v1" }))
const resourceFieldRef = field("resourceFieldRef", missing({ divisor: "0" }))

/** Amounts below a thousandth count as one. */
export const rounded: Fill = (amounts) => {
  let out: Record<string, unknown> | undefined
  for (const [name, amount] of Object.entries(amounts)) {
    if (typeof amount !== "string" || !/[nu]$/.test(amount)) continue
    ;(out ??= { ...amounts })[name] = Quantity.canonical(`${Quantity.milliValue(amount)}m`)
  }
  return out ?? amounts
}

const amounts: Fill = all(field("limits", rounded), field("requests", rounded))

/** A limit without a request requests as much. */
const requests: Fill = (resources) => {
  const limits = record(resources["limits"])
  const names = Object.keys(limits)
  if (names.length === 0) return resources
  const known = record(resources["requests"])
  return names.every((name) => name in known) ? resources : { ...resources, requests: { ...limits, ...known } }
}

const container = (resources: Fill): Fill =>
  all(
    ensured("resources", all(resources, amounts)),
    empty({ terminationMessagePath: "/dev/termination-log", terminationMessagePolicy: "File" }),
    (value) => (isEmpty(value["imagePullPolicy"]) ? { ...value, imagePullPolicy: pullPolicy(value) } : value),
    each("ports", empty({ protocol: "TCP" })),
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
export const claimSpec: Fill = all(missing({ volumeMode: "Filesystem" }), ensured("resources", amounts))

const volume = all(
  when((value) => !sources.some((source) => value[source] !== undefined), missing({ emptyDir: {} })),
  field("hostPath", missing({ type: "" })),
  field("secret", mode),
  field("configMap", mode),
  field("iscsi", empty({ iscsiInterface: "default" })),
  field("rbd", empty({ pool: "rbd", user: "admin", keyring: "/etc/ceph/keyring" })),
  field("azureDisk", missing({ cachingMode: "ReadWrite", fsType: "ext4", readOnly: false, kind: "Shared" })),
  field("scaleIO", empty({ storageMode: "ThinProvisioned", fsType: "xfs" })),
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
  field("ephemeral", field("volumeClaimTemplate", ensured("spec", claimSpec)))
)

const hostPort: Fill = (port) =>
  isEmpty(port["hostPort"]) && !isEmpty(port["containerPort"]) ? { ...port, hostPort: port["containerPort"] } : port

/** Ports of the host's network are the host's. */
const hostPorts = when(
  (spec) => spec["hostNetwork"] === true,
  all(each("containers", each("ports", hostPort)), each("initContainers", each("ports", hostPort)))
)

/** `serviceAccount` is the deprecated name of `serviceAccountName`; the server keeps both. */
const accountAlias: Fill = (spec) => {
  const { serviceAccount, serviceAccountName } = spec
  const name = isEmpty(serviceAccountName) ? serviceAccount : serviceAccountName
  return isEmpty(name) || (name === serviceAccount && name === serviceAccountName)
    ? spec
    : { ...spec, serviceAccountName: name, serviceAccount: name }
}

const spec = (resources: Fill): Fill => {
  const one = container(resources)
  return all(
    each("containers", one),
    each("initContainers", one),
    each(
      "ephemeralContainers",
      container((value) => value)
    ),
    each("volumes", volume),
    empty({ restartPolicy: "Always", dnsPolicy: "ClusterFirst", schedulerName: "default-scheduler" }),
    missing({ terminationGracePeriodSeconds: 30, securityContext: {} }),
    accountAlias,
    field("overhead", rounded),
    field("resources", amounts)
  )
}

/** Of `spec.template.spec`: requests stay as they were written. */
export const templateSpec: Fill = all(
  spec((resources) => resources),
  withoutDisabled
)

const supported = (name: string): boolean => name === "cpu" || name === "memory" || isHugePages(name)

const chosen = (amounts: Readonly<Record<string, string>>, keep: (name: string) => boolean): JsonRecord =>
  Object.fromEntries(Object.entries(amounts).filter(([name]) => keep(name)))

/** What a pod that limits itself as a whole requests, where it doesn't say. */
const together: Fill = (pod) => {
  const own = pod["resources"]
  if (!isRecord(own)) return pod
  const given = record(own["requests"])
  const limited = record(own["limits"])
  if (Object.keys(given).length + Object.keys(limited).length === 0) return pod
  const huge = chosen(aggregate(pod, "limits"), (name) => isHugePages(name) && !(name in given))
  const limits = { ...huge, ...limited }
  if (Object.keys(limits).length === 0) return pod
  const summed = chosen(aggregate(pod, "requests"), (name) => supported(name) && !isHugePages(name))
  const wanted = { ...Object.fromEntries(Object.entries(limits).filter(([name]) => supported(name))), ...summed, ...given }
  return { ...pod, resources: { ...own, limits, ...(Object.keys(wanted).length === 0 ? {} : { requests: wanted }) } }
}

/** Of a pod: what a template has, and more. */
export const podSpec: Fill = all(
  spec(requests),
  hostPorts,
  together,
  // of pods alone; templates keep what they say
  (value) => ((number(value["terminationGracePeriodSeconds"]) ?? 0) < 0 ? { ...value, terminationGracePeriodSeconds: 1 } : value),
  missing({ enableServiceLinks: true }),
  withoutDisabled
)
