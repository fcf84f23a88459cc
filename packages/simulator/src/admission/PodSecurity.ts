/** The Pod Security Standards that a namespace's labels enforce, and warn of: k8s.io/pod-security-admission. */
import type { KubeObject, KubeStatus } from "@aiopslab/core/Kubernetes"
import { at, record } from "@aiopslab/kubernetes/Json"
import type { Admit, Advise } from "@aiopslab/kubernetes/Registry"
import type { Resource } from "@aiopslab/kubernetes/Scheme"
import * as Status from "@aiopslab/kubernetes/Status"
import * as Store from "@aiopslab/kubernetes/Store"
import * as Result from "effect/Result"
import type { ContainerSpec, Pod } from "../Kinds.ts"
import { asPod } from "../Kinds.ts"
import * as PodSecurityChecks from "./PodSecurityChecks.ts"

type Mode = "audit" | "enforce" | "warn"

const labelOf = (mode: Mode): string => `pod-security.kubernetes.io/${mode}`

const levels = ["privileged", "baseline", "restricted"] as const
type Level = (typeof levels)[number]

interface Policy {
  readonly level: Level
  readonly version: string
}

const named = (text: string | undefined): Level | undefined => levels.find((level) => level === text)

const policyOf = (namespace: KubeObject | undefined, mode: Mode): Policy | undefined => {
  const { labels } = namespace?.metadata ?? {}
  const level = named(labels?.[labelOf(mode)])
  return level === undefined ? undefined : { level, version: labels?.[`${labelOf(mode)}-version`] ?? "latest" }
}

const violations = (pod: Pod, { level }: Policy): ReadonlyArray<string> =>
  level === "privileged" ? [] : PodSecurityChecks.violations(pod, level)

const violated = ({ level, version }: Policy, found: ReadonlyArray<string>): string =>
  `PodSecurity "${level}:${version}": ${found.join(", ")}`

const imagesOf = (pods: ReadonlyArray<ContainerSpec> | undefined): string => (pods ?? []).map(({ image }) => image).join(" ")

/** Other changes of a pod are of no interest. */
const isNews = (pod: Pod, previous: KubeObject | undefined): boolean => {
  if (previous === undefined) return true
  const before = asPod(previous)
  return (["initContainers", "containers", "ephemeralContainers"] as const).some(
    (key) => imagesOf(pod.spec[key]) !== imagesOf(before.spec[key])
  )
}

export const podSecurity: Admit = (object, previous, resource, store) => {
  if (resource.id === "namespaces") return labelled(object, previous, resource)
  if (resource.id !== "pods") return Result.succeed(object)
  const policy = policyOf(Store.get(store, "namespaces", "", object.metadata.namespace ?? ""), "enforce")
  const pod = asPod(object)
  if (policy === undefined || !isNews(pod, previous)) return Result.succeed(object)
  const found = violations(pod, policy)
  return found.length === 0
    ? Result.succeed(object)
    : Result.fail(Status.forbidden(resource, object.metadata.name, `violates ${violated(policy, found)}`))
}

/** Labels that mean nothing are no labels; those that were there stay. */
const labelled = (object: KubeObject, previous: KubeObject | undefined, resource: Resource): Result.Result<KubeObject, KubeStatus> => {
  const causes = (["enforce", "audit", "warn"] as const).flatMap((mode) => {
    const label = labelOf(mode)
    const value = object.metadata.labels?.[label]
    if (value === undefined || named(value) !== undefined || value === previous?.metadata.labels?.[label]) return []
    const message = `Invalid value: ${JSON.stringify(value)}: must be one of ${levels.join(", ")}`
    return [{ reason: "FieldValueInvalid" as const, message, field: `metadata.labels[${label}]` }]
  })
  return causes.length === 0 ? Result.succeed(object) : Result.fail(Status.invalid(resource, object.metadata.name, causes))
}

/** Where the pods of other objects are described. */
const templates: Readonly<Record<string, ReadonlyArray<string>>> = {
  podtemplates: ["template"],
  replicationcontrollers: ["spec", "template"],
  "replicasets.apps": ["spec", "template"],
  "deployments.apps": ["spec", "template"],
  "statefulsets.apps": ["spec", "template"],
  "daemonsets.apps": ["spec", "template"],
  "jobs.batch": ["spec", "template"],
  "cronjobs.batch": ["spec", "jobTemplate", "spec", "template"]
}

const podIn = (object: KubeObject, path: ReadonlyArray<string>): Pod => {
  const template = record(at(object, ...path))
  return asPod({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { ...record(template["metadata"]), name: object.metadata.name },
    spec: { containers: [], ...record(template["spec"]) }
  })
}

/** A namespace that warns of nothing by itself warns of what it will enforce. */
export const advise: Advise = (object, previous, resource, store) => {
  if (resource.id === "namespaces") return previous === undefined ? [] : ofPods(object, previous, store)
  const path = templates[resource.id]
  if (path === undefined && resource.id !== "pods") return []
  const namespace = Store.get(store, "namespaces", "", object.metadata.namespace ?? "")
  const policy = policyOf(namespace, "warn") ?? policyOf(namespace, "enforce")
  const pod = path === undefined ? asPod(object) : podIn(object, path)
  if (policy === undefined || (path === undefined && !isNews(pod, previous))) return []
  const found = violations(pod, policy)
  return found.length === 0 ? [] : [`would violate ${violated(policy, found)}`]
}

/** The pods that are there already are told of when more is enforced than before, grouped by what is wrong with them. */
const ofPods = ({ metadata: { labels, name } }: KubeObject, previous: KubeObject, store: Store.Store): ReadonlyArray<string> => {
  const [now, before] = [Store.get(store, "namespaces", "", name), previous].map((one) => policyOf(one, "enforce"))
  if (now === undefined || labels === previous.metadata.labels) return []
  const isStricter = levels.indexOf(now.level) > levels.indexOf(before?.level ?? "privileged")
  if (!isStricter && now.version === (before?.version ?? "latest")) return []
  const groups = new Map<string, ReadonlyArray<string>>()
  for (const one of Store.list(store, "pods", name)) {
    const why = violations(asPod(one), now)
      .map((text) => text.replace(/ \(.*$/u, ""))
      .join(", ")
    if (why !== "") groups.set(why, [...(groups.get(why) ?? []), one.metadata.name])
  }
  const lines = [...groups].map(([why, [first = "", ...others]]) => {
    const more = others.length === 0 ? "" : ` (and ${others.length} other pod${others.length === 1 ? "" : "s"})`
    return `${first}${more}: ${why}`
  })
  return lines.length === 0
    ? []
    : [`existing pods in namespace "${name}" violate the new PodSecurity enforce level "${now.level}:${now.version}"`, ...lines.sort()]
}
