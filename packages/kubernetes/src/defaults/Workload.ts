/** Defaults of apps and batch. Observed on kube-apiserver 1.34. */
import type { Fill } from "./Fill.ts"
import { all, computed, each, ensured, field, missing, when } from "./Fill.ts"
import { claimSpec, templateSpec } from "./Pod.ts"

const template: Fill = field("template", field("spec", templateSpec))

const rollingUpdate = (values: Readonly<Record<string, unknown>>): Fill =>
  all(
    missing({ type: "RollingUpdate" }),
    when((strategy) => strategy["type"] === "RollingUpdate", ensured("rollingUpdate", missing(values)))
  )

export const deployment: Fill = field(
  "spec",
  all(
    template,
    missing({ replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 }),
    ensured("strategy", rollingUpdate({ maxUnavailable: "25%", maxSurge: "25%" }))
  )
)

export const replicaSet: Fill = field("spec", all(template, missing({ replicas: 1 })))

export const statefulSet: Fill = field(
  "spec",
  all(
    template,
    missing({ replicas: 1, podManagementPolicy: "OrderedReady", revisionHistoryLimit: 10 }),
    ensured("updateStrategy", rollingUpdate({ partition: 0 })),
    ensured("persistentVolumeClaimRetentionPolicy", missing({ whenDeleted: "Retain", whenScaled: "Retain" })),
    each(
      "volumeClaimTemplates",
      all(missing({ apiVersion: "v1", kind: "PersistentVolumeClaim", status: { phase: "Pending" } }), field("spec", claimSpec))
    )
  )
)

export const daemonSet: Fill = field(
  "spec",
  all(template, missing({ revisionHistoryLimit: 10 }), ensured("updateStrategy", rollingUpdate({ maxUnavailable: 1, maxSurge: 0 })))
)

export const job: Fill = field(
  "spec",
  all(
    template,
    // neither given: one pod, once; completions alone: one at a time
    when((spec) => spec["completions"] === undefined && spec["parallelism"] === undefined, missing({ completions: 1 })),
    missing({
      parallelism: 1,
      backoffLimit: 6,
      completionMode: "NonIndexed",
      suspend: false,
      manualSelector: false
    }),
    computed("podReplacementPolicy", (spec) => (spec["podFailurePolicy"] === undefined ? "TerminatingOrFailed" : "Failed"))
  )
)

export const cronJob: Fill = field(
  "spec",
  all(
    missing({ concurrencyPolicy: "Allow", suspend: false, successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 1 }),
    field("jobTemplate", all(missing({ metadata: {} }), field("spec", template)))
  )
)

export const replicationController: Fill = field("spec", all(template, missing({ replicas: 1 })))

export const podAutoscaler: Fill = field(
  "spec",
  missing({
    minReplicas: 1,
    metrics: [{ type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 80 } } }]
  })
)
