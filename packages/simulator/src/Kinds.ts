/**
 * The kinds that controllers read, typed by the fields they use.
 */
import type { KubeObject, ObjectMeta } from "@aiopslab/core/Kubernetes"
import { narrowed } from "./Narrowed.ts"

export type Labels = Readonly<Record<string, string>>

export interface LabelSelector {
  readonly matchLabels?: Labels
  readonly matchExpressions?: ReadonlyArray<unknown>
}

export interface Condition {
  readonly type: string
  readonly status: "True" | "False" | "Unknown"
  readonly reason?: string
  readonly message?: string
  readonly lastTransitionTime?: string | null
  readonly lastUpdateTime?: string
  readonly lastProbeTime?: string | null
  readonly lastHeartbeatTime?: string
  readonly observedGeneration?: number
}

export interface KeyRef {
  readonly name?: string
  readonly key: string
  readonly optional?: boolean
}

export interface ResourceFieldRef {
  readonly containerName?: string
  readonly resource: string
  readonly divisor?: string
}

export interface EnvVar {
  readonly name: string
  readonly value?: string
  readonly valueFrom?: {
    readonly configMapKeyRef?: KeyRef
    readonly secretKeyRef?: KeyRef
    readonly fieldRef?: { readonly fieldPath: string }
    readonly resourceFieldRef?: ResourceFieldRef
  }
}

export interface EnvSource {
  readonly prefix?: string
  readonly configMapRef?: { readonly name?: string; readonly optional?: boolean }
  readonly secretRef?: { readonly name?: string; readonly optional?: boolean }
}

export interface HttpGet {
  readonly path?: string
  readonly port: number | string
  readonly host?: string
  readonly scheme?: string
  readonly httpHeaders?: ReadonlyArray<{ readonly name: string; readonly value: string }>
}

export interface TcpSocket {
  readonly port: number | string
  readonly host?: string
}

export interface Probe {
  readonly httpGet?: HttpGet
  readonly tcpSocket?: TcpSocket
  readonly exec?: { readonly command?: ReadonlyArray<string> }
  readonly grpc?: { readonly port: number; readonly service?: string }
  readonly initialDelaySeconds?: number
  readonly timeoutSeconds?: number
  readonly periodSeconds?: number
  readonly successThreshold?: number
  readonly failureThreshold?: number
  readonly terminationGracePeriodSeconds?: number
}

/** What a hook of a container's life does. */
export interface LifecycleHandler {
  readonly exec?: { readonly command?: ReadonlyArray<string> }
  readonly httpGet?: HttpGet
  readonly sleep?: { readonly seconds: number }
}

export interface SecurityContext {
  readonly runAsNonRoot?: boolean
  readonly runAsUser?: number
  /** Of containers only. */
  readonly readOnlyRootFilesystem?: boolean
}

export interface ContainerSpec {
  readonly name: string
  readonly image: string
  readonly stdin?: boolean
  readonly stdinOnce?: boolean
  readonly tty?: boolean
  readonly imagePullPolicy?: string
  readonly command?: ReadonlyArray<string>
  readonly args?: ReadonlyArray<string>
  readonly env?: ReadonlyArray<EnvVar>
  readonly envFrom?: ReadonlyArray<EnvSource>
  readonly ports?: ReadonlyArray<{
    readonly name?: string
    readonly containerPort: number
    readonly hostPort?: number
    readonly hostIP?: string
    readonly protocol?: string
  }>
  readonly resources?: { readonly requests?: Labels; readonly limits?: Labels }
  readonly volumeMounts?: ReadonlyArray<{
    readonly name: string
    readonly mountPath: string
    readonly subPath?: string
    readonly readOnly?: boolean
  }>
  readonly startupProbe?: Probe
  readonly readinessProbe?: Probe
  readonly livenessProbe?: Probe
  readonly lifecycle?: { readonly postStart?: LifecycleHandler; readonly preStop?: LifecycleHandler }
  /** Of an init container that goes on beside the others. */
  readonly restartPolicy?: "Always"
  readonly securityContext?: SecurityContext
  readonly terminationMessagePath?: string
  readonly terminationMessagePolicy?: "File" | "FallbackToLogsOnError"
}

export interface Item {
  readonly key: string
  readonly path: string
}

/** A ConfigMap or a Secret among a projected volume's sources. */
export interface ObjectSource {
  readonly name?: string
  readonly optional?: boolean
  readonly items?: ReadonlyArray<Item>
}

export interface DownwardItem {
  readonly path: string
  readonly fieldRef?: { readonly fieldPath: string }
  readonly resourceFieldRef?: ResourceFieldRef
}

export interface Projection {
  readonly configMap?: ObjectSource
  readonly secret?: ObjectSource
  readonly downwardAPI?: { readonly items?: ReadonlyArray<DownwardItem> }
  readonly serviceAccountToken?: { readonly path: string }
}

export interface VolumeSpec {
  readonly name: string
  readonly configMap?: ObjectSource
  readonly secret?: { readonly secretName?: string; readonly optional?: boolean; readonly items?: ReadonlyArray<Item> }
  readonly persistentVolumeClaim?: { readonly claimName: string }
  readonly hostPath?: { readonly path: string; readonly type?: string }
  readonly ephemeral?: { readonly volumeClaimTemplate?: { readonly metadata?: Partial<ObjectMeta>; readonly spec: unknown } }
  readonly emptyDir?: { readonly medium?: string; readonly sizeLimit?: string }
  readonly projected?: { readonly sources?: ReadonlyArray<Projection> }
  readonly downwardAPI?: { readonly items?: ReadonlyArray<DownwardItem> }
}

export interface Toleration {
  readonly key?: string
  readonly operator?: string
  readonly value?: string
  readonly effect?: string
  readonly tolerationSeconds?: number
}

export interface Taint {
  readonly key: string
  readonly value?: string
  readonly effect: string
  readonly timeAdded?: string
}

type NodeRequirements = ReadonlyArray<{ readonly key: string; readonly operator: Operator; readonly values?: ReadonlyArray<string> }>
type Operator = "DoesNotExist" | "Exists" | "Gt" | "In" | "Lt" | "NotIn"

export interface NodeSelectorTerm {
  readonly matchExpressions?: NodeRequirements
  readonly matchFields?: NodeRequirements
}

export interface PodAffinityTerm {
  readonly topologyKey: string
  readonly labelSelector?: LabelSelector
  readonly namespaces?: ReadonlyArray<string>
  readonly namespaceSelector?: LabelSelector
  readonly matchLabelKeys?: ReadonlyArray<string>
  readonly mismatchLabelKeys?: ReadonlyArray<string>
}

export interface PodAffinity {
  readonly requiredDuringSchedulingIgnoredDuringExecution?: ReadonlyArray<PodAffinityTerm>
  readonly preferredDuringSchedulingIgnoredDuringExecution?: ReadonlyArray<{
    readonly weight: number
    readonly podAffinityTerm: PodAffinityTerm
  }>
}

export interface SpreadConstraint {
  readonly maxSkew: number
  readonly topologyKey: string
  readonly whenUnsatisfiable: "DoNotSchedule" | "ScheduleAnyway"
  readonly labelSelector?: LabelSelector
  readonly matchLabelKeys?: ReadonlyArray<string>
  readonly minDomains?: number
  readonly nodeAffinityPolicy?: "Honor" | "Ignore"
  readonly nodeTaintsPolicy?: "Honor" | "Ignore"
}

export interface PodSpec {
  readonly containers: ReadonlyArray<ContainerSpec>
  readonly initContainers?: ReadonlyArray<ContainerSpec>
  readonly volumes?: ReadonlyArray<VolumeSpec>
  readonly nodeName?: string
  readonly nodeSelector?: Labels
  readonly affinity?: {
    readonly nodeAffinity?: {
      readonly requiredDuringSchedulingIgnoredDuringExecution?: { readonly nodeSelectorTerms?: ReadonlyArray<NodeSelectorTerm> }
      readonly preferredDuringSchedulingIgnoredDuringExecution?: ReadonlyArray<{
        readonly weight: number
        readonly preference: NodeSelectorTerm
      }>
    }
    readonly podAffinity?: PodAffinity
    readonly podAntiAffinity?: PodAffinity
  }
  readonly topologySpreadConstraints?: ReadonlyArray<SpreadConstraint>
  readonly readinessGates?: ReadonlyArray<{ readonly conditionType: string }>
  readonly schedulingGates?: ReadonlyArray<{ readonly name: string }>
  readonly tolerations?: ReadonlyArray<Toleration>
  readonly restartPolicy?: "Always" | "OnFailure" | "Never"
  readonly ephemeralContainers?: ReadonlyArray<ContainerSpec>
  readonly terminationGracePeriodSeconds?: number
  readonly activeDeadlineSeconds?: number
  readonly securityContext?: SecurityContext
  readonly serviceAccountName?: string
  readonly automountServiceAccountToken?: boolean
  readonly hostname?: string
  readonly subdomain?: string
  readonly dnsPolicy?: string
  readonly dnsConfig?: {
    readonly nameservers?: ReadonlyArray<string>
    readonly searches?: ReadonlyArray<string>
    readonly options?: ReadonlyArray<{ readonly name: string; readonly value?: string }>
  }
  readonly hostNetwork?: boolean
  readonly hostPID?: boolean
  readonly hostIPC?: boolean
  readonly hostAliases?: ReadonlyArray<{ readonly ip: string; readonly hostnames?: ReadonlyArray<string> }>
  readonly enableServiceLinks?: boolean
  readonly schedulerName?: string
  readonly priority?: number
  readonly priorityClassName?: string
  readonly preemptionPolicy?: string
  readonly overhead?: Labels
  readonly resources?: { readonly requests?: Labels; readonly limits?: Labels }
}

export interface PodStatus {
  readonly phase?: string
  readonly reason?: string
  readonly message?: string
  readonly conditions?: ReadonlyArray<Condition>
  readonly nominatedNodeName?: string
  readonly containerStatuses?: ReadonlyArray<{ readonly name: string; readonly ready: boolean; readonly restartCount: number }>
  readonly initContainerStatuses?: ReadonlyArray<{ readonly name: string; readonly ready: boolean; readonly restartCount: number }>
  readonly podIP?: string
  readonly hostIP?: string
  readonly startTime?: string
  readonly qosClass?: string
}

export interface Pod extends KubeObject {
  readonly spec: PodSpec
  readonly status: PodStatus
}
export const asPod: (object: KubeObject) => Pod = narrowed

export interface PodTemplate {
  readonly metadata?: Partial<ObjectMeta>
  readonly spec: PodSpec
}

export interface ReplicaSet extends KubeObject {
  readonly spec: {
    readonly replicas?: number
    readonly minReadySeconds?: number
    readonly selector: LabelSelector
    readonly template: PodTemplate
  }
  readonly status: {
    readonly replicas?: number
    readonly fullyLabeledReplicas?: number
    readonly readyReplicas?: number
    readonly availableReplicas?: number
    readonly terminatingReplicas?: number
    readonly observedGeneration?: number
    readonly conditions?: ReadonlyArray<Condition>
  }
}
export const asReplicaSet: (object: KubeObject) => ReplicaSet = narrowed

export interface Deployment extends KubeObject {
  readonly spec: {
    readonly replicas?: number
    readonly minReadySeconds?: number
    readonly paused?: boolean
    readonly revisionHistoryLimit?: number
    readonly progressDeadlineSeconds?: number
    readonly selector: LabelSelector
    readonly template: PodTemplate
    readonly strategy?: {
      readonly type?: "RollingUpdate" | "Recreate"
      readonly rollingUpdate?: { readonly maxSurge?: number | string; readonly maxUnavailable?: number | string }
    }
  }
  readonly status: {
    readonly replicas?: number
    readonly updatedReplicas?: number
    readonly readyReplicas?: number
    readonly availableReplicas?: number
    readonly unavailableReplicas?: number
    readonly terminatingReplicas?: number
    readonly observedGeneration?: number
    readonly collisionCount?: number
    readonly conditions?: ReadonlyArray<Condition>
  }
}
export const asDeployment: (object: KubeObject) => Deployment = narrowed

export interface StatefulSet extends KubeObject {
  readonly spec: {
    readonly replicas?: number
    readonly serviceName?: string
    readonly podManagementPolicy?: "OrderedReady" | "Parallel"
    readonly selector: LabelSelector
    readonly template: PodTemplate
    readonly volumeClaimTemplates?: ReadonlyArray<KubeObject>
    readonly minReadySeconds?: number
    readonly ordinals?: { readonly start?: number }
    readonly persistentVolumeClaimRetentionPolicy?: { readonly whenDeleted?: string; readonly whenScaled?: string }
    readonly updateStrategy?: { readonly type?: string; readonly rollingUpdate?: { readonly partition?: number } }
  }
  readonly status: { readonly currentRevision?: string; readonly updateRevision?: string; readonly [key: string]: unknown }
}
export const asStatefulSet: (object: KubeObject) => StatefulSet = narrowed

export interface DaemonSet extends KubeObject {
  readonly spec: {
    readonly selector: LabelSelector
    readonly template: PodTemplate
    readonly minReadySeconds?: number
    readonly updateStrategy?: {
      readonly type?: string
      readonly rollingUpdate?: { readonly maxSurge?: number | string; readonly maxUnavailable?: number | string }
    }
  }
  readonly status: { readonly [key: string]: unknown }
}
export const asDaemonSet: (object: KubeObject) => DaemonSet = narrowed

export interface Job extends KubeObject {
  readonly spec: {
    readonly parallelism?: number
    readonly completions?: number
    readonly backoffLimit?: number
    readonly activeDeadlineSeconds?: number
    readonly ttlSecondsAfterFinished?: number
    readonly suspend?: boolean
    readonly managedBy?: string
    readonly completionMode?: "Indexed" | "NonIndexed"
    readonly backoffLimitPerIndex?: number
    readonly maxFailedIndexes?: number
    readonly podReplacementPolicy?: "Failed" | "TerminatingOrFailed"
    readonly podFailurePolicy?: {
      readonly rules: ReadonlyArray<{
        readonly action: "Count" | "FailIndex" | "FailJob" | "Ignore"
        readonly onExitCodes?: {
          readonly containerName?: string
          readonly operator: "In" | "NotIn"
          readonly values: ReadonlyArray<number>
        }
        readonly onPodConditions?: ReadonlyArray<{ readonly type: string; readonly status?: string }>
      }>
    }
    readonly successPolicy?: {
      readonly rules: ReadonlyArray<{ readonly succeededIndexes?: string; readonly succeededCount?: number }>
    }
    readonly selector?: LabelSelector
    readonly template: PodTemplate
  }
  readonly status: {
    readonly active?: number
    readonly succeeded?: number
    readonly failed?: number
    readonly startTime?: string
    readonly conditions?: ReadonlyArray<Condition>
    readonly [key: string]: unknown
  }
}
export const asJob: (object: KubeObject) => Job = narrowed

export interface ServicePort {
  readonly name?: string
  readonly port: number
  readonly targetPort?: number | string
  readonly protocol?: string
}

export interface Service extends KubeObject {
  readonly spec: {
    readonly clusterIP?: string
    readonly selector?: Labels
    readonly ports?: ReadonlyArray<ServicePort>
    readonly type?: string
    readonly publishNotReadyAddresses?: boolean
    readonly sessionAffinity?: string
    readonly internalTrafficPolicy?: string
    readonly externalName?: string
  }
}
export const asService: (object: KubeObject) => Service = narrowed

export interface EndpointAddress {
  readonly ip: string
  readonly hostname?: string
  readonly nodeName?: string
  readonly targetRef?: { readonly kind: string; readonly name: string; readonly namespace: string; readonly uid: string }
}

export interface EndpointSubset {
  readonly addresses?: ReadonlyArray<EndpointAddress>
  readonly notReadyAddresses?: ReadonlyArray<EndpointAddress>
  readonly ports?: ReadonlyArray<{ readonly name?: string; readonly port: number; readonly protocol?: string }>
}

export interface Endpoints extends KubeObject {
  readonly subsets?: ReadonlyArray<EndpointSubset>
}
export const asEndpoints: (object: KubeObject) => Endpoints = narrowed

export interface Node extends KubeObject {
  readonly spec: {
    readonly taints?: ReadonlyArray<Taint>
    readonly unschedulable?: boolean
  }
  readonly status: {
    readonly allocatable?: Labels
    readonly conditions?: ReadonlyArray<Condition>
    readonly addresses?: ReadonlyArray<{ readonly type: string; readonly address: string }>
  }
}
export const asNode: (object: KubeObject) => Node = narrowed

export interface Claim extends KubeObject {
  readonly spec: {
    readonly accessModes?: ReadonlyArray<string>
    readonly storageClassName?: string
    readonly volumeName?: string
    readonly volumeMode?: string
    readonly selector?: LabelSelector
    readonly resources?: { readonly requests?: Labels }
  }
  readonly status: { readonly phase?: string; readonly capacity?: Labels }
}
export const asClaim: (object: KubeObject) => Claim = narrowed

export interface PersistentVolume extends KubeObject {
  readonly spec: {
    readonly accessModes?: ReadonlyArray<string>
    readonly capacity?: Labels
    readonly storageClassName?: string
    readonly volumeMode?: string
    readonly persistentVolumeReclaimPolicy?: string
    readonly hostPath?: { readonly path: string }
    readonly local?: { readonly path: string }
    readonly claimRef?: { readonly namespace?: string; readonly name?: string; readonly uid?: string }
    readonly nodeAffinity?: { readonly required?: { readonly nodeSelectorTerms?: ReadonlyArray<NodeSelectorTerm> } }
  }
  readonly status: { readonly phase?: string }
}
export const asVolume: (object: KubeObject) => PersistentVolume = narrowed

/** Of whichever kind the container is. */
export const specOf = ({ spec }: Pod, container: string): ContainerSpec | undefined =>
  [...(spec.initContainers ?? []), ...spec.containers, ...(spec.ephemeralContainers ?? [])].find(({ name }) => name === container)
