/** What the server makes of a new pod beyond defaults: its priority, selectors completed by its labels, profiles out of annotations. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import type { JsonRecord } from "../Json.ts"
import { array, at, isRecord, number, record, records, string, strings, without } from "../Json.ts"
import * as Store from "../Store.ts"
import { kubeTime } from "../Time.ts"
import { appArmor } from "../validation/pod/Annotations.ts"

const classes = "priorityclasses.scheduling.k8s.io"

/** The class that a pod names, or the one for all that name none. */
const classOf = (spec: JsonRecord, store: Store.Store): KubeObject | undefined => {
  const name = string(spec["priorityClassName"]) ?? ""
  if (name !== "") return Store.get(store, classes, "", name)
  return Store.list(store, classes, "")
    .filter((one) => one["globalDefault"] === true)
    .sort((a, b) => (number(a["value"]) ?? 0) - (number(b["value"]) ?? 0))[0]
}

const withPriority = (spec: JsonRecord, store: Store.Store): JsonRecord => {
  const found = classOf(spec, store)
  const name = string(spec["priorityClassName"]) ?? found?.metadata.name ?? ""
  const wanted: JsonRecord = {
    ...(name === "" ? {} : { priorityClassName: name }),
    priority: spec["priority"] ?? number(found?.["value"]) ?? 0,
    preemptionPolicy: spec["preemptionPolicy"] ?? found?.["preemptionPolicy"] ?? "PreemptLowerPriority"
  }
  return Object.entries(wanted).every(([key, value]) => spec[key] === value) ? spec : { ...spec, ...wanted }
}

/** What DefaultTolerationSeconds, an admission plugin, adds unless the key is tolerated already. */
const taints: ReadonlyArray<string> = ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"]

const withTolerations = (spec: JsonRecord): JsonRecord => {
  const known = records(spec["tolerations"])
  const isTolerated = (key: string): boolean =>
    known.some((one) => [key, undefined, ""].includes(string(one["key"])) && [undefined, "", "NoExecute"].includes(string(one["effect"])))
  const added = taints
    .filter((key) => !isTolerated(key))
    .map((key) => ({ key, operator: "Exists", effect: "NoExecute", tolerationSeconds: 300 }))
  return added.length === 0 ? spec : { ...spec, tolerations: [...known, ...added] }
}

type Labels = Readonly<Record<string, string>>

/** Keys become expressions with the pod's own values. */
const completed = (term: JsonRecord, labels: Labels): JsonRecord => {
  const selector = term["labelSelector"]
  const match = strings(term["matchLabelKeys"])
  const mismatch = strings(term["mismatchLabelKeys"])
  if (match.length + mismatch.length === 0 || !isRecord(selector)) return term
  const expressions = (keys: ReadonlyArray<string>, operator: string) =>
    keys.flatMap((key) => (labels[key] === undefined ? [] : [{ key, operator, values: [labels[key]] }]))
  const added = [...expressions(match, "In"), ...expressions(mismatch, "NotIn")]
  if (added.length === 0) return term
  return { ...term, labelSelector: { ...selector, matchExpressions: [...array(selector["matchExpressions"]), ...added] } }
}

const required = "requiredDuringSchedulingIgnoredDuringExecution"
const preferred = "preferredDuringSchedulingIgnoredDuringExecution"

const affinity = (value: JsonRecord, labels: Labels): JsonRecord => ({
  ...value,
  ...(value[required] === undefined ? {} : { [required]: records(value[required]).map((term) => completed(term, labels)) }),
  ...(value[preferred] === undefined
    ? {}
    : {
        [preferred]: records(value[preferred]).map((one) => ({
          ...one,
          podAffinityTerm: completed(record(one["podAffinityTerm"]), labels)
        }))
      })
})

const withSelectors = (spec: JsonRecord, labels: Labels): JsonRecord => {
  const out: Record<string, unknown> = { ...spec }
  const own = spec["affinity"]
  if (isRecord(own)) {
    const next: Record<string, unknown> = { ...own }
    for (const kind of ["podAffinity", "podAntiAffinity"]) if (isRecord(own[kind])) next[kind] = affinity(own[kind], labels)
    out["affinity"] = next
  }
  if (spec["topologySpreadConstraints"] !== undefined) {
    out["topologySpreadConstraints"] = records(spec["topologySpreadConstraints"]).map((one) => completed(one, labels))
  }
  return out
}

const profileOf = (annotation: string): JsonRecord | undefined => {
  if (annotation === "unconfined") return { type: "Unconfined" }
  if (annotation === "runtime/default") return { type: "RuntimeDefault" }
  const name = annotation.startsWith("localhost/") ? annotation.slice("localhost/".length) : ""
  return name === "" || name.trim() !== name ? undefined : { type: "Localhost", localhostProfile: name }
}

const sameProfile = (a: JsonRecord, b: unknown): boolean =>
  a["type"] === at(b, "type") && a["localhostProfile"] === at(b, "localhostProfile")

const withProfiles = (spec: JsonRecord, annotations: Labels): JsonRecord => {
  if (!Object.keys(annotations).some((key) => key.startsWith(appArmor)) || at(spec, "os", "name") === "windows") return spec
  const out: Record<string, unknown> = { ...spec }
  for (const list of ["initContainers", "containers"]) {
    if (spec[list] === undefined) continue
    out[list] = records(spec[list]).map((container) => {
      const annotation = annotations[`${appArmor}${string(container["name"]) ?? ""}`]
      const profile = annotation === undefined ? undefined : profileOf(annotation)
      const security = record(container["securityContext"])
      if (profile === undefined || isRecord(security["appArmorProfile"])) return container
      if (sameProfile(profile, at(spec, "securityContext", "appArmorProfile"))) return container
      return { ...container, securityContext: { ...security, appArmorProfile: profile } }
    })
  }
  return out
}

export const preparePod = (pod: KubeObject, store: Store.Store): KubeObject => {
  const before = record(pod["spec"])
  let spec = withTolerations(withPriority(before, store))
  if (spec["affinity"] !== undefined || spec["topologySpreadConstraints"] !== undefined) {
    spec = withSelectors(spec, pod.metadata.labels ?? {})
  }
  if (pod.metadata.annotations !== undefined) spec = withProfiles(spec, pod.metadata.annotations)
  return spec === before ? pod : { ...pod, spec }
}

const decided = ["priority", "preemptionPolicy"]

/** What admission decided stays when an update leaves it out. */
export const carryPod = (next: KubeObject, previous: KubeObject): KubeObject => {
  if (next["spec"] === previous["spec"]) return next
  const before = record(previous["spec"])
  const own = record(next["spec"])
  const lost = decided.filter((key) => own[key] === undefined && before[key] !== undefined)
  const spec = withTolerations(lost.length === 0 ? own : { ...own, ...Object.fromEntries(lost.map((key) => [key, before[key]])) })
  return spec === own ? next : { ...next, spec }
}

/** A pod behind gates is not looked at by the scheduler, and says so. */
export const gated = (pod: KubeObject, now: number): JsonRecord =>
  records(at(pod, "spec", "schedulingGates")).length === 0
    ? {}
    : {
        conditions: [
          {
            type: "PodScheduled",
            status: "False",
            lastProbeTime: null,
            lastTransitionTime: kubeTime(now),
            reason: "SchedulingGated",
            message: "Scheduling is blocked due to non-empty scheduling gates"
          }
        ]
      }

const statusLists = ["containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses"]

/** The class stays; the health of devices is a feature that is off. */
export const carryPodStatus = (next: KubeObject, previous: KubeObject): KubeObject => {
  const status = record(next["status"])
  const out: Record<string, unknown> = { ...status }
  const quality = at(previous, "status", "qosClass")
  if ((status["qosClass"] ?? "") === "" && quality !== undefined) out["qosClass"] = quality
  for (const list of statusLists) {
    const given = records(status[list])
    if (given.some((one) => one["allocatedResourcesStatus"] !== undefined)) {
      out[list] = given.map((one) => without(one, "allocatedResourcesStatus"))
    }
  }
  return { ...next, status: withAddresses(out) }
}

/** The first of the addresses has a name of its own, which wins. */
const withAddresses = (status: JsonRecord): JsonRecord => {
  const { podIP: _, podIPs: __, ...rest } = status
  const one = string(status["podIP"]) ?? ""
  const list = records(status["podIPs"])
  const podIPs = one !== "" && list[0]?.["ip"] !== one ? [{ ip: one }] : list
  const first = string(podIPs[0]?.["ip"]) ?? ""
  return { ...rest, ...(first === "" ? {} : { podIP: first }), ...(podIPs.length === 0 ? {} : { podIPs }) }
}

/** The number of pods on their way out is a feature that is off. */
export const withoutTerminating = (next: KubeObject): KubeObject =>
  at(next, "status", "terminatingReplicas") === undefined
    ? next
    : { ...next, status: without(record(next["status"]), "terminatingReplicas") }
