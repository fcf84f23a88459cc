/** Kinds that say what is to become of others: bounds, budgets, schedules, revisions. See Kinds.ts. */
import type { KubeObject, ObjectMeta } from "@aiopslab/core/Kubernetes"
import type { Condition, LabelSelector, Labels, PodTemplate } from "./Kinds.ts"
import { narrowed } from "./Narrowed.ts"

export interface LimitRangeItem {
  readonly type: string
  readonly default?: Labels
  readonly defaultRequest?: Labels
  readonly min?: Labels
  readonly max?: Labels
  readonly maxLimitRequestRatio?: Labels
}

export interface LimitRange extends KubeObject {
  readonly spec: { readonly limits?: ReadonlyArray<LimitRangeItem> }
}
export const asLimitRange: (object: KubeObject) => LimitRange = narrowed

export interface ResourceQuota extends KubeObject {
  readonly spec: { readonly hard?: Labels; readonly scopes?: ReadonlyArray<string>; readonly scopeSelector?: unknown }
  readonly status: { readonly hard?: Labels; readonly used?: Labels }
}
export const asQuota: (object: KubeObject) => ResourceQuota = narrowed

export interface CronJob extends KubeObject {
  readonly spec: {
    readonly schedule: string
    readonly timeZone?: string
    readonly startingDeadlineSeconds?: number
    readonly concurrencyPolicy?: "Allow" | "Forbid" | "Replace"
    readonly suspend?: boolean
    readonly successfulJobsHistoryLimit?: number
    readonly failedJobsHistoryLimit?: number
    readonly jobTemplate: { readonly metadata?: Partial<ObjectMeta>; readonly spec: unknown }
  }
  readonly status: {
    readonly active?: ReadonlyArray<ObjectReference>
    readonly lastScheduleTime?: string
    readonly lastSuccessfulTime?: string
  }
}
export const asCronJob: (object: KubeObject) => CronJob = narrowed

export interface ObjectReference {
  readonly apiVersion?: string
  readonly kind?: string
  readonly namespace?: string
  readonly name?: string
  readonly uid?: string
  readonly resourceVersion?: string
}

export interface DisruptionBudget extends KubeObject {
  readonly spec: {
    readonly minAvailable?: number | string
    readonly maxUnavailable?: number | string
    readonly selector?: LabelSelector
  }
  readonly status: {
    readonly conditions?: ReadonlyArray<Condition>
    readonly disruptedPods?: Readonly<Record<string, string>>
    readonly [key: string]: unknown
  }
}
export const asBudget: (object: KubeObject) => DisruptionBudget = narrowed

export interface ControllerRevision extends KubeObject {
  readonly data: { readonly spec: { readonly template: PodTemplate & { readonly $patch?: string } } }
  readonly revision: number
}
export const asRevision: (object: KubeObject) => ControllerRevision = narrowed

interface MetricSource {
  readonly name: string
  readonly target: { readonly averageUtilization?: number; readonly averageValue?: string }
}

interface NamedMetric {
  readonly metric: { readonly name: string }
}

export interface MetricSpec {
  readonly type: string
  readonly resource?: MetricSource
  readonly containerResource?: MetricSource & { readonly container: string }
  readonly pods?: NamedMetric
  readonly object?: NamedMetric
  readonly external?: NamedMetric
}

export interface ScalingRules {
  readonly stabilizationWindowSeconds?: number
  readonly selectPolicy?: string
  readonly policies?: ReadonlyArray<{ readonly type: string; readonly value: number; readonly periodSeconds: number }>
}

export interface Autoscaler extends KubeObject {
  readonly spec: {
    readonly scaleTargetRef: { readonly kind: string; readonly name: string; readonly apiVersion?: string }
    readonly minReplicas?: number
    readonly maxReplicas: number
    readonly metrics?: ReadonlyArray<MetricSpec>
    readonly behavior?: { readonly scaleUp?: ScalingRules; readonly scaleDown?: ScalingRules }
  }
  readonly status: {
    readonly lastScaleTime?: string
    readonly currentMetrics?: unknown
    readonly conditions?: ReadonlyArray<Condition>
  }
}
export const asAutoscaler: (object: KubeObject) => Autoscaler = narrowed

export interface NetworkPeer {
  readonly podSelector?: LabelSelector
  readonly namespaceSelector?: LabelSelector
  readonly ipBlock?: { readonly cidr: string; readonly except?: ReadonlyArray<string> }
}

export interface NetworkPolicyPort {
  readonly protocol?: string
  readonly port?: number | string
  readonly endPort?: number
}

interface NetworkRule {
  readonly from?: ReadonlyArray<NetworkPeer>
  readonly to?: ReadonlyArray<NetworkPeer>
  readonly ports?: ReadonlyArray<NetworkPolicyPort>
}

export interface NetworkPolicy extends KubeObject {
  readonly spec: {
    readonly podSelector?: LabelSelector
    readonly policyTypes?: ReadonlyArray<"Egress" | "Ingress">
    readonly ingress?: ReadonlyArray<NetworkRule>
    readonly egress?: ReadonlyArray<NetworkRule>
  }
}
export const asNetworkPolicy: (object: KubeObject) => NetworkPolicy = narrowed
