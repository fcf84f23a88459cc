/** The spec of pods and pod templates, in the order of the real server. */
import type { JsonRecord } from "../../Json.ts"
import { at, isRecord, number, record, records, string } from "../../Json.ts"
import type { Check } from "../Check.ts"
import { all, choice, format, formatIfPresent, inRange, isLabel, isSubdomain, text } from "../Check.ts"
import { labels } from "../Metadata.ts"
import type { Report } from "../Report.ts"
import { affinity, spread } from "./Affinity.ts"
import { mirror } from "./Annotations.ts"
import { containers, ephemeralContainers, initContainers } from "./Container.ts"
import type { PodContext } from "./Context.ts"
import { hostNetworkPorts } from "./Ports.ts"
import { containerResources, podResources } from "./Resources.ts"
import { dns, hostAliases, ownUsers, readinessGates, resourceClaims, schedulingGates, tolerations } from "./Scheduling.ts"
import { podSecurity } from "./SecurityContext.ts"
import { volumes } from "./Volumes.ts"
import { hostProcess, operatingSystem } from "./Windows.ts"

const policies: Check = all(
  choice("restartPolicy", ["Always", "OnFailure", "Never"]),
  choice("dnsPolicy", ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"])
)

const names: Check = all(
  format("serviceAccountName", isSubdomain),
  format("nodeName", isSubdomain),
  inRange("activeDeadlineSeconds", 1, 2_147_483_647),
  format("hostname", isLabel),
  format("subdomain", isLabel)
)

const preemption = choice("preemptionPolicy", ["PreemptLowerPriority", "Never"])

const classes: Check = all(
  format("priorityClassName", isSubdomain),
  formatIfPresent("runtimeClassName", isSubdomain),
  (spec, path, report) => {
    if (spec["preemptionPolicy"] !== undefined) preemption(spec, path, report)
  }
)

/** Whose spec it is. */
export interface Owner {
  readonly kind: PodContext["kind"]
  readonly name: string
  readonly annotations: Readonly<Record<string, string>>
}

export const template: Owner = { kind: "template", name: "", annotations: {} }

export const podSpec = (value: unknown, owner: Owner, path: string, report: Report): void => {
  const spec = record(value)
  const grace = number(spec["terminationGracePeriodSeconds"])
  if (grace === undefined) report.required(`${path}.terminationGracePeriodSeconds`)
  const context: PodContext = {
    ...owner,
    spec,
    volumes: volumes(spec, owner.name, `${path}.volumes`, report),
    claims: claimNames(spec),
    grace,
    restartPolicy: text(spec, "restartPolicy"),
    os: string(at(spec, "os", "name")),
    users: spec["hostUsers"] === false ? "own" : "host"
  }
  resourceClaims(spec, owner.kind === "pod" && mirror in owner.annotations ? "mirror" : "pod", path, report)
  containers(context, `${path}.containers`, report)
  initContainers(context, `${path}.initContainers`, report)
  ephemeralContainers(context, `${path}.ephemeralContainers`, report)
  podResources(spec, context.claims, context.os, path, report)
  hostNetworkPorts(spec, owner.kind, path, report)
  policies(spec, path, report)
  labels(spec["nodeSelector"], `${path}.nodeSelector`, report)
  podSecurity(spec, path, report)
  if (isRecord(spec["affinity"])) affinity(spec["affinity"], `${path}.affinity`, report)
  dns(spec, path, report)
  readinessGates(spec, path, report)
  schedulingGates(spec, path, report)
  spread(records(spec["topologySpreadConstraints"]), `${path}.topologySpreadConstraints`, report)
  hostProcess(spec, path, report)
  ownUsers(spec, path, report)
  names(spec, path, report)
  tolerations(records(spec["tolerations"]), `${path}.tolerations`, report)
  hostAliases(spec, path, report)
  classes(spec, path, report)
  if (spec["overhead"] !== undefined) containerResources({ limits: spec["overhead"] }, [], `${path}.overhead`, report)
  operatingSystem(spec, path, report)
}

const none: ReadonlyArray<string> = []

const claimNames = (spec: JsonRecord): ReadonlyArray<string> =>
  spec["resourceClaims"] === undefined
    ? none
    : [...new Set(records(spec["resourceClaims"]).map((claim) => text(claim, "name")))].filter((name) => name !== "").sort()
