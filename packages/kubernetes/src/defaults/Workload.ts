/** Defaults of apps and batch. Observed on kube-apiserver 1.34. */
import { at, isRecord, record, without } from "../Json.ts"
import type { Fill } from "./Fill.ts"
import { all, computed, each, empty, ensured, field, isEmpty, missing, when } from "./Fill.ts"
import { claimSpec, templateSpec } from "./Pod.ts"

/** Structs that Go always has. */
const template: Fill = ensured("template", all(missing({ metadata: {} }), ensured("spec", templateSpec)))

const rollingUpdate = (values: Readonly<Record<string, unknown>>): Fill =>
  all(
    empty({ type: "RollingUpdate" }),
    when((strategy) => strategy["type"] === "RollingUpdate", ensured("rollingUpdate", missing(values)))
  )

export const deployment: Fill = ensured(
  "spec",
  all(
    template,
    missing({ replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 }),
    ensured("strategy", rollingUpdate({ maxUnavailable: "25%", maxSurge: "25%" }))
  )
)

export const replicaSet: Fill = ensured("spec", all(template, missing({ replicas: 1 })))

/** How many pods may be missing at once is a feature that is off. */
const unlimited: Fill = field("rollingUpdate", (value) => without(value, "maxUnavailable"))

const setStrategy: Fill = all(
  (value) => (isEmpty(value["type"]) ? { rollingUpdate: {}, ...value, type: "RollingUpdate" } : value),
  when((value) => value["type"] === "RollingUpdate", field("rollingUpdate", missing({ partition: 0 }))),
  unlimited
)

export const statefulSet: Fill = ensured(
  "spec",
  all(
    template,
    missing({ replicas: 1, revisionHistoryLimit: 10 }),
    empty({ podManagementPolicy: "OrderedReady" }),
    ensured("updateStrategy", setStrategy),
    ensured("persistentVolumeClaimRetentionPolicy", empty({ whenDeleted: "Retain", whenScaled: "Retain" })),
    each(
      "volumeClaimTemplates",
      all(
        empty({ apiVersion: "v1", kind: "PersistentVolumeClaim" }),
        ensured("status", empty({ phase: "Pending" })),
        ensured("spec", claimSpec)
      )
    )
  )
)

export const daemonSet: Fill = ensured(
  "spec",
  all(template, missing({ revisionHistoryLimit: 10 }), ensured("updateStrategy", rollingUpdate({ maxUnavailable: 1, maxSurge: 0 })))
)

const failurePolicy: Fill = field("podFailurePolicy", each("rules", each("onPodConditions", empty({ status: "True" }))))

const isNone = (value: unknown): boolean => Object.keys(record(value)).length === 0

/** Those of the template, when the object has none of its own. */
const templateLabels: Fill = (object) => {
  const labels = at(object, "spec", "template", "metadata", "labels")
  const metadata = record(object["metadata"])
  return isRecord(labels) && isNone(metadata["labels"]) ? { ...object, metadata: { ...metadata, labels } } : object
}

const templateSelector: Fill = field("spec", (spec) => {
  const labels = at(spec, "template", "metadata", "labels")
  return isRecord(labels) && isNone(spec["selector"]) ? { ...spec, selector: labels } : spec
})

export const job: Fill = all(
  ensured(
    "spec",
    all(
      template,
      // neither given: one pod, once; completions alone: one at a time
      when((spec) => spec["completions"] === undefined && spec["parallelism"] === undefined, missing({ completions: 1 })),
      computed("backoffLimit", (spec) => (spec["backoffLimitPerIndex"] === undefined ? 6 : 2_147_483_647)),
      missing({ parallelism: 1, completionMode: "NonIndexed", suspend: false, manualSelector: false }),
      computed("podReplacementPolicy", (spec) => (spec["podFailurePolicy"] === undefined ? "TerminatingOrFailed" : "Failed")),
      failurePolicy
    )
  ),
  templateLabels
)

export const cronJob: Fill = ensured(
  "spec",
  all(
    empty({ concurrencyPolicy: "Allow" }),
    missing({ suspend: false, successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 1 }),
    ensured("jobTemplate", all(missing({ metadata: {} }), ensured("spec", all(template, failurePolicy))))
  )
)

/** Without a template there is none. */
export const replicationController: Fill = all(
  ensured("spec", all(field("template", all(missing({ metadata: {} }), ensured("spec", templateSpec))), missing({ replicas: 1 }))),
  templateSelector,
  templateLabels
)
