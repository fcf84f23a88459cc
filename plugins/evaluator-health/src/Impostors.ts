/**
 * Pods that don't run what their workload says. A controller adopts any pod with the right labels, so an agent could put one of its own in
 * the place of a broken one and leave workload and fault as they are; the next rollout would bring the fault back.
 */
import { resourceOf } from "@aiopslab/core/Normalise"
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import * as Equal from "effect/Equal"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { Objects } from "./Look.ts"
import { podsOf, workloadKinds } from "./Workloads.ts"

const Fields = Schema.Record(Schema.String, Schema.Unknown)
type Fields = typeof Fields.Type

const PodSpec = Schema.StructWithRest(
  Schema.Struct({
    containers: Schema.optionalKey(Schema.Array(Fields)),
    initContainers: Schema.optionalKey(Schema.Array(Fields)),
    volumes: Schema.optionalKey(Schema.Array(Fields))
  }),
  [Fields]
)
type PodSpec = typeof PodSpec.Type

const specOf = Schema.decodeUnknownOption(Schema.Struct({ spec: PodSpec }))
const templateOf = Schema.decodeUnknownOption(Schema.Struct({ spec: Schema.Struct({ template: Schema.Struct({ spec: PodSpec }) }) }))

/** Set by admission for the pod alone (limits, pull policies), or compared by itself. */
const ownOfPod: ReadonlySet<string> = new Set(["resources", "imagePullPolicy", "volumeMounts"])

/** How names and traffic find other pods. */
const network = ["hostAliases", "hostNetwork", "dnsPolicy", "dnsConfig"]

/** Admission mounts the account's token here. */
const accountPath = "/var/run/secrets/kubernetes.io/serviceaccount"

const isIn = (all: ReadonlyArray<unknown>, one: unknown): boolean => all.some((other) => Equal.equals(other, one))

const mountsOf = (container: Fields): ReadonlyArray<Fields> =>
  Option.getOrElse(Schema.decodeUnknownOption(Schema.Array(Fields))(container["volumeMounts"]), () => []).filter(
    ({ mountPath }) => mountPath !== accountPath
  )

const ofContainers = (label: string, pod: ReadonlyArray<Fields>, template: ReadonlyArray<Fields>): ReadonlyArray<string> => {
  const names = new Set([...template, ...pod].map(({ name }) => String(name)))
  return [...names].flatMap((name) => {
    const [is, wanted] = [pod.find((one) => one["name"] === name), template.find((one) => one["name"] === name)]
    if (is === undefined || wanted === undefined) return [`${label}[${name}]`]
    const keys = new Set([...Object.keys(wanted), ...Object.keys(is)].filter((key) => !ownOfPod.has(key)))
    const [mounts, wantedMounts] = [mountsOf(is), mountsOf(wanted)]
    return [
      ...[...keys].filter((key) => !Equal.equals(is[key], wanted[key])),
      ...(mounts.length === wantedMounts.length && wantedMounts.every((mount) => isIn(mounts, mount)) ? [] : ["volumeMounts"])
    ].map((key) => `${label}[${name}].${key}`)
  })
}

/** The fields of a pod that are not as its template has them. */
const departures = (pod: PodSpec, template: PodSpec): ReadonlyArray<string> => [
  ...ofContainers("containers", pod.containers ?? [], template.containers ?? []),
  ...ofContainers("initContainers", pod.initContainers ?? [], template.initContainers ?? []),
  ...((template.volumes ?? []).every((volume) => isIn(pod.volumes ?? [], volume)) ? [] : ["volumes"]),
  ...network.filter((key) => !Equal.equals(pod[key], template[key]))
]

interface Departed {
  readonly pod: string
  readonly owner: string
  readonly fields: ReadonlyArray<string>
}

const departed = (objects: Objects): ReadonlyArray<Departed> => {
  const workloads = new Map<string, KubeObject>()
  for (const [key, object] of objects) {
    const kind = workloadKinds[resourceOf(key)]
    if (kind !== undefined) workloads.set(`${kind}/${object.metadata.name}`, object)
  }
  return podsOf(objects).flatMap(({ key, name, owner }) => {
    const [pod, workload] = [Option.getOrUndefined(specOf(objects.get(key))), Option.getOrUndefined(templateOf(workloads.get(owner)))]
    if (pod === undefined || workload === undefined) return []
    const fields = departures(pod.spec, workload.spec.template.spec)
    return fields.length === 0 ? [] : [{ pod: name, owner, fields }]
  })
}

/** A phrase for each pod that departs from its workload in a field in which no pod of it did at the baseline (an injected sidecar does). */
export const impostors = (baseline: Objects, now: Objects): ReadonlyArray<string> => {
  const usual = new Set(departed(baseline).flatMap(({ fields, owner }) => fields.map((field) => `${owner} ${field}`)))
  return departed(now).flatMap(({ fields, owner, pod }) => {
    const odd = fields.filter((field) => !usual.has(`${owner} ${field}`))
    return odd.length === 0 ? [] : [`pod ${pod} does not run what ${owner.replace("/", " ")} specifies (${odd.join(", ")})`]
  })
}
