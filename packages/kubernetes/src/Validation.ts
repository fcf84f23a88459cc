/**
 * What is wrong with an object, field by field, in the words of kube-apiserver 1.34. One table by resource id; kinds not named are
 * checked in their metadata alone. Objects written by controllers of this process are not validated.
 */
import type { Validate } from "./Registry.ts"
import * as Rbac from "./validation/access/Rbac.ts"
import * as SigningRequest from "./validation/access/SigningRequest.ts"
import * as Cluster from "./validation/core/Cluster.ts"
import * as Configuration from "./validation/core/Configuration.ts"
import * as CoreStatus from "./validation/core/Status.ts"
import * as Quota from "./validation/core/Quota.ts"
import * as Definition from "./validation/definition/Definition.ts"
import * as Device from "./validation/device/Claim.ts"
import * as DeviceSlice from "./validation/device/Slice.ts"
import * as Admission from "./validation/extension/Admission.ts"
import * as ApiService from "./validation/extension/ApiService.ts"
import * as FlowControl from "./validation/extension/FlowControl.ts"
import { conditions, typed } from "./validation/Conditions.ts"
import * as Metadata from "./validation/Metadata.ts"
import * as Address from "./validation/network/Address.ts"
import * as EndpointSlice from "./validation/network/EndpointSlice.ts"
import * as Ingress from "./validation/network/Ingress.ts"
import { networkPolicy } from "./validation/network/NetworkPolicy.ts"
import * as Policy from "./validation/policy/Cluster.ts"
import * as Event from "./validation/policy/Event.ts"
import { podAutoscaler, podAutoscalerStatus } from "./validation/policy/PodAutoscaler.ts"
import { Report } from "./validation/Report.ts"
import type { Checks, Rule } from "./validation/Rule.ts"
import {
  apart,
  changed,
  changedPlain,
  createThenUpdate,
  dnsLabel,
  named,
  namedPlain,
  pathSegment,
  serviceName,
  subdomain,
  updateThenCreate
} from "./validation/Rule.ts"
import { service, serviceUpdate } from "./validation/service/Service.ts"
import * as Storage from "./validation/storage/Classes.ts"
import * as Volume from "./validation/storage/Volume.ts"
import { workloads } from "./validation/workload/Kinds.ts"

/** An update is checked as a new object is, twice, then for what may change. */
const twice = (name: Parameters<typeof named>[0], create: ReadonlyArray<Rule>, update: ReadonlyArray<Rule> = []): Checks => {
  const whole = [named(name), ...create]
  return { create: whole, update: [...whole, ...whole, changed, ...update] }
}

/** An update is checked as a new object is. */
const always = (rule: Rule): Checks => ({ create: [named(subdomain), rule], update: [named(subdomain), rule] })

/** The same, of groups that don't look at a finalizer's domain. */
const wholly = (rule: Rule): Checks => ({ create: [namedPlain(subdomain), rule], update: [namedPlain(subdomain), rule] })

/** Events as the newer version has them are stored as the older one's, and checked in their own way. */
const newerEvents = "events.events.k8s.io"

/** By resource id. */
const kinds: Readonly<Record<string, Checks>> = {
  ...workloads,
  services: { ...apart(serviceName, [service], [serviceUpdate, service]), status: [changed, CoreStatus.serviceStatus] },
  endpoints: updateThenCreate(subdomain, [Cluster.endpoints]),
  namespaces: { ...createThenUpdate(dnsLabel, [Cluster.namespace]), status: [changed, CoreStatus.namespaceStatus] },
  nodes: { ...createThenUpdate(subdomain, [Cluster.node], [Cluster.nodeUpdate]), status: [changed, CoreStatus.nodeStatus] },
  configmaps: {
    create: [named(subdomain), Configuration.configMap],
    update: [changed, Configuration.configMapUpdate, named(subdomain), Configuration.configMap]
  },
  secrets: updateThenCreate(subdomain, [Configuration.secret], [Configuration.secretUpdate]),
  serviceaccounts: updateThenCreate(subdomain, []),
  limitranges: always(Quota.limitRange),
  resourcequotas: {
    ...apart(subdomain, [Quota.resourceQuota], [Quota.resourceQuota, Quota.resourceQuotaUpdate]),
    status: [changed, Quota.resourceQuotaStatus]
  },
  events: Event.checks,
  [newerEvents]: Event.strictChecks,
  persistentvolumes: {
    create: [named(subdomain), Volume.volume],
    update: [named(subdomain), Volume.volume, named(subdomain), Volume.volume, Volume.volumeUpdate]
  },
  persistentvolumeclaims: {
    create: [named(subdomain), Volume.claim],
    update: [named(subdomain), Volume.claim, changed, named(subdomain), Volume.claim, Volume.claimUpdate],
    status: [changed, CoreStatus.claimStatus]
  },
  "horizontalpodautoscalers.autoscaling": { ...apart(subdomain, [podAutoscaler], [podAutoscaler]), status: [changed, podAutoscalerStatus] },
  "poddisruptionbudgets.policy": {
    create: [Policy.disruptionBudget],
    update: [Policy.disruptionBudget],
    status: [conditions, Policy.disruptionBudgetStatus]
  },
  "networkpolicies.networking.k8s.io": {
    create: [named(subdomain), networkPolicy],
    update: [named(subdomain), networkPolicy, changed, networkPolicy]
  },
  "ingresses.networking.k8s.io": {
    create: [named(subdomain), Ingress.ingress, Ingress.ingressCreate],
    update: [changed, named(subdomain), Ingress.ingress],
    status: [changed, Ingress.ingressStatus]
  },
  "ingressclasses.networking.k8s.io": updateThenCreate(subdomain, [Ingress.ingressClass], [Ingress.ingressClassUpdate]),
  "ipaddresses.networking.k8s.io": createThenUpdate(Address.addressName, [Address.ipAddress], [Address.ipAddressUpdate]),
  "servicecidrs.networking.k8s.io": apart(subdomain, [Address.serviceCidr], [Address.serviceCidrUpdate]),
  "endpointslices.discovery.k8s.io": {
    create: [named(subdomain), EndpointSlice.endpointSlice],
    update: [named(subdomain), EndpointSlice.endpointSlice, EndpointSlice.endpointSliceUpdate]
  },
  "storageclasses.storage.k8s.io": createThenUpdate(subdomain, [Storage.storageClass], [Storage.storageClassUpdate]),
  "volumeattachments.storage.k8s.io": {
    create: [named(subdomain), Storage.attachment, Storage.attachmentCreate],
    update: [named(subdomain), Storage.attachment, named(subdomain), Storage.attachment, Storage.attachmentUpdate],
    status: [Storage.attachmentStatus, Storage.attachmentStatus]
  },
  "volumeattributesclasses.storage.k8s.io": {
    create: [named(subdomain), Storage.attributesClass],
    update: [named(subdomain), Storage.attributesClass, changed, Storage.attributesClassUpdate, named(subdomain), Storage.attributesClass]
  },
  "csidrivers.storage.k8s.io": apart(subdomain, [Storage.csiDriver], [Storage.csiDriver, Storage.csiDriverUpdate]),
  "csinodes.storage.k8s.io": {
    create: [named(subdomain), Storage.csiNode],
    update: [named(subdomain), Storage.csiNode, named(subdomain), Storage.csiNode, Storage.csiNodeUpdate]
  },
  "csistoragecapacities.storage.k8s.io": createThenUpdate(subdomain, [Storage.csiStorageCapacity], [Storage.csiStorageCapacityUpdate]),
  "roles.rbac.authorization.k8s.io": twice(pathSegment, [Rbac.role]),
  "clusterroles.rbac.authorization.k8s.io": twice(pathSegment, [Rbac.clusterRole]),
  "rolebindings.rbac.authorization.k8s.io": twice(pathSegment, [Rbac.binding("namespace")], [Rbac.bindingUpdate]),
  "clusterrolebindings.rbac.authorization.k8s.io": twice(pathSegment, [Rbac.binding("cluster")], [Rbac.bindingUpdate]),
  "certificatesigningrequests.certificates.k8s.io": SigningRequest.checks,
  "priorityclasses.scheduling.k8s.io": apart(subdomain, [Policy.priorityClass], [Policy.priorityClassUpdate]),
  "runtimeclasses.node.k8s.io": {
    create: [namedPlain(subdomain), Policy.runtimeClass],
    update: [namedPlain(subdomain), Policy.runtimeClass, changedPlain, Policy.runtimeClassUpdate]
  },
  "leases.coordination.k8s.io": {
    create: [namedPlain(subdomain), Policy.lease],
    update: [changedPlain, Policy.lease]
  },
  "mutatingwebhookconfigurations.admissionregistration.k8s.io": wholly(Admission.webhooks),
  "validatingwebhookconfigurations.admissionregistration.k8s.io": wholly(Admission.webhooks),
  "validatingadmissionpolicies.admissionregistration.k8s.io": { ...wholly(Admission.policy), status: [Admission.policyStatus, conditions] },
  "validatingadmissionpolicybindings.admissionregistration.k8s.io": wholly(Admission.policyBinding),
  "flowschemas.flowcontrol.apiserver.k8s.io": { ...always(FlowControl.flowSchema), status: [typed] },
  "prioritylevelconfigurations.flowcontrol.apiserver.k8s.io": { ...always(FlowControl.priorityLevel), status: [typed] },
  "customresourcedefinitions.apiextensions.k8s.io": Definition.checks,
  "deviceclasses.resource.k8s.io": createThenUpdate(subdomain, [Device.deviceClass], [Device.deviceClass]),
  "resourceclaims.resource.k8s.io": {
    create: [named(subdomain), Device.claim],
    update: [named(subdomain), Device.claim, changed, Device.claimFixed, Device.claim],
    status: [changed, Device.claimStatus]
  },
  "resourceclaimtemplates.resource.k8s.io": {
    create: [named(subdomain), Device.claimTemplate],
    update: [named(subdomain), Device.claimTemplate, changed, Device.claimTemplateFixed, Device.claimTemplate]
  },
  "resourceslices.resource.k8s.io": apart(subdomain, [DeviceSlice.slice], [DeviceSlice.slice]),
  "apiservices.apiregistration.k8s.io": {
    create: [ApiService.named, ApiService.apiService],
    update: [changedPlain, ApiService.named, ApiService.apiService]
  }
}

const metadataAlone = apart(subdomain, [], [])
const schemaless = apart(pathSegment, [], [])

export const validate: Validate = (object, previous, resource) => {
  const report = new Report()
  const key = resource.id === "events" && resource.group !== "" ? newerEvents : resource.id
  const checks = kinds[key] ?? (resource.type === undefined && resource.custom === undefined ? schemaless : metadataAlone)
  if (previous !== undefined) Metadata.commonUpdate(object, previous, report)
  for (const rule of previous === undefined ? checks.create : checks.update) rule(object, previous, report)
  if (previous === undefined && !report.failed) Metadata.common(object, report)
  return report.causes
}

/** Of a write of the status alone. */
export const validateStatus: Validate = (object, previous, resource) => {
  const report = new Report()
  if (previous !== undefined) Metadata.commonUpdate(object, previous, report)
  for (const rule of kinds[resource.id]?.status ?? []) rule(object, previous, report)
  return report.causes
}
