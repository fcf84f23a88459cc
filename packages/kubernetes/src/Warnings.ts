/**
 * What the server warns of although it does what it was asked: `Warning` headers, `KubeReply.warnings`. One table by resource id, of
 * functions of the object as it is stored; `previous` is absent on creation.
 */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { at, number, record, records } from "./Json.ts"
import { isLabel } from "./validation/Check.ts"
import { claimWarnings } from "./warnings/Claim.ts"
import * as Core from "./warnings/Core.ts"
import * as Network from "./warnings/Network.ts"
import { podWarnings } from "./warnings/Pod.ts"
import * as Storage from "./warnings/Storage.ts"

type Warn = (object: KubeObject, previous: KubeObject | undefined) => ReadonlyArray<string>

const none: ReadonlyArray<string> = []

/** Names that can't be a host's. */
const names =
  (where: string): Warn =>
  ({ metadata: { name } }, previous) => {
    const reasons = previous === undefined ? isLabel(name) : none
    if (reasons.length === 0) return none
    return [
      `metadata.name: this is used in ${where}, which can result in surprising behavior; a DNS label is recommended: [${reasons.join(" ")}]`
    ]
  }

const podNames = names("Pod names and hostnames")

/** The template, unless an update leaves the spec as it was. */
const template =
  (...path: ReadonlyArray<string>): Warn =>
  (object, previous) =>
    previous === undefined || object.metadata.generation !== previous.metadata.generation
      ? podWarnings(at(object, ...path), path.join("."))
      : none

const both =
  (...warns: ReadonlyArray<Warn>): Warn =>
  (object, previous) =>
    warns.flatMap((warn) => warn(object, previous))

const ofTemplate = template("spec", "template")

const manyCompletions = 100_000
const manyPods = 10_000

const job =
  (...path: ReadonlyArray<string>): Warn =>
  (object, previous) => {
    const spec = record(at(object, ...path))
    const many = (number(spec["completions"]) ?? 0) > manyCompletions && (number(spec["parallelism"]) ?? 0) > manyPods
    const changed = previous === undefined || object.metadata.generation !== previous.metadata.generation
    const why =
      "In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail"
    return [
      ...(changed && many && spec["completionMode"] === "Indexed" ? [`${path.join(".")}: ${why}`] : []),
      ...template(...path, "template")(object, previous)
    ]
  }

const schedule: Warn = (object, previous) =>
  previous !== undefined && String(at(object, "spec", "schedule")).includes("TZ")
    ? [
        "cannot use TZ or CRON_TZ in spec.spec.schedule, use timeZone instead, see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details"
      ]
    : none

/** The path has one part more on updates, as the server has it. */
const claims: Warn = (object, previous) =>
  records(at(object, "spec", "volumeClaimTemplates")).flatMap((claim, i) =>
    claimWarnings(record(claim["spec"]), `spec.volumeClaimTemplates[${i}]${previous === undefined ? "" : ".Spec"}`)
  )

const history: Warn = (object) =>
  (number(at(object, "spec", "revisionHistoryLimit")) ?? 0) < 0
    ? ["spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended"]
    : none

const pod: Warn = (object, previous) => (previous === undefined ? podWarnings(object, "") : none)

/** The server takes the old template for the new one. */
const controller: Warn = (object, previous) => {
  if (previous === undefined) return ofTemplate(object, previous)
  return object.metadata.generation === previous.metadata.generation ? none : podWarnings(at(previous, "spec", "template"), "spec.template")
}

const kinds: Readonly<Record<string, Warn>> = {
  pods: both(names("the Pod's hostname"), pod),
  podtemplates: template("template"),
  replicationcontrollers: both(podNames, controller),
  "deployments.apps": both(podNames, ofTemplate),
  "replicasets.apps": both(podNames, ofTemplate),
  "statefulsets.apps": both(ofTemplate, claims, history),
  "daemonsets.apps": (object, previous) =>
    previous !== undefined && at(object, "spec", "template") === at(previous, "spec", "template")
      ? none
      : podWarnings(at(object, "spec", "template"), "spec.template"),
  "jobs.batch": both(podNames, job("spec")),
  "cronjobs.batch": both(podNames, job("spec", "jobTemplate", "spec"), schedule),
  services: Network.service,
  endpoints: Network.endpoints,
  secrets: Core.secret,
  serviceaccounts: Core.serviceAccount,
  nodes: Core.node,
  persistentvolumes: Storage.volume,
  persistentvolumeclaims: Storage.claim,
  "storageclasses.storage.k8s.io": Storage.storageClass,
  "csistoragecapacities.storage.k8s.io": Storage.csiStorageCapacity,
  "ingresses.networking.k8s.io": Network.ingress,
  "networkpolicies.networking.k8s.io": Network.networkPolicy,
  "endpointslices.discovery.k8s.io": Network.endpointSlice,
  "runtimeclasses.node.k8s.io": Core.runtimeClass
}

export const warnings = (resource: string, object: KubeObject, previous: KubeObject | undefined): ReadonlyArray<string> =>
  kinds[resource]?.(object, previous) ?? none
