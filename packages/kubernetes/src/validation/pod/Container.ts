/** Containers, init containers and ephemeral containers. */
import type { JsonRecord } from "../../Json.ts"
import { isRecord, records } from "../../Json.ts"
import type { Check } from "../Check.ts"
import { choice, isLabel, required, requiredFormat, text } from "../Check.ts"
import type { Report } from "../Report.ts"
import type { PodContext } from "./Context.ts"
import { environment } from "./Env.ts"
import { volumeDevices, volumeMounts } from "./Mounts.ts"
import { hostPortConflicts, ports } from "./Ports.ts"
import { lifecycle, probes } from "./Probe.ts"
import { containerResources } from "./Resources.ts"
import { containerSecurity } from "./SecurityContext.ts"

const name = requiredFormat("name", isLabel)
const image = required("image")
const messagePolicy = choice("terminationMessagePolicy", ["File", "FallbackToLogsOnError"])
const pullPolicy = choice("imagePullPolicy", ["Always", "IfNotPresent", "Never"])

const resizable = ["cpu", "memory"]
const resizePolicies = ["NotRequired", "RestartContainer"]

const resizePolicy = (container: JsonRecord, path: string, restartPolicy: string, report: Report): void => {
  const seen = new Set<string>()
  const here = `${path}.resizePolicy`
  for (const [i, one] of records(container["resizePolicy"]).entries()) {
    const resource = text(one, "resourceName")
    const policy = text(one, "restartPolicy")
    if (seen.has(resource)) report.duplicate(`${here}[${i}]`, resource)
    seen.add(resource)
    if (resource === "") report.required(here)
    else if (!resizable.includes(resource)) report.notSupported(here, resource, resizable)
    if (policy === "") report.required(here)
    else if (!resizePolicies.includes(policy)) report.notSupported(here, policy, resizePolicies)
    if (restartPolicy === "Never" && policy !== "NotRequired") {
      report.invalid(here, policy, "must be 'NotRequired' when `restartPolicy` is 'Never'")
    }
  }
}

const common = (container: JsonRecord, path: string, context: PodContext, report: Report): void => {
  name(container, path, report)
  image(container, path, report)
  messagePolicy(container, path, report)
  ports(container, path, report)
  environment(container, path, report)
  volumeMounts(container, context.volumes, path, report)
  volumeDevices(container, context.volumes, path, report)
  pullPolicy(container, path, report)
  containerResources(container["resources"], context.claims, `${path}.resources`, report)
  resizePolicy(container, path, context.restartPolicy, report)
  containerSecurity(container["securityContext"], `${path}.securityContext`, context.users, report)
}

export const containers = (context: PodContext, path: string, report: Report): void => {
  const list = records(context.spec["containers"])
  if (list.length === 0) return report.required(path)
  const names = new Set<string>()
  let index = 0
  for (const container of list) {
    const here = `${path}[${index++}]`
    common(container, here, context, report)
    const own = text(container, "name")
    if (names.has(own)) report.duplicate(`${here}.name`, own)
    names.add(own)
    lifecycle(container, here, context.grace, report)
    probes(container, here, context.grace, report)
  }
  hostPortConflicts(list, path, report)
}

const ofSidecars = ["lifecycle", "livenessProbe", "readinessProbe", "startupProbe"]

export const initContainers = (context: PodContext, path: string, report: Report): void => {
  if (context.spec["initContainers"] === undefined) return
  const names = new Set(records(context.spec["containers"]).map((one) => text(one, "name")))
  for (const [i, container] of records(context.spec["initContainers"]).entries()) {
    const here = `${path}[${i}]`
    common(container, here, context, report)
    const own = text(container, "name")
    if (names.has(own)) report.duplicate(`${here}.name`, own)
    else if (own !== "") names.add(own)
    hostPortConflicts([container], path, report)
    if (container["restartPolicy"] === "Always") {
      lifecycle(container, here, context.grace, report)
      probes(container, here, context.grace, report)
    } else {
      for (const field of ofSidecars) {
        if (isRecord(container[field])) {
          report.forbidden(`${here}.${field}`, "may not be set for init containers without restartPolicy=Always")
        }
      }
    }
  }
}

const notOfEphemeral = [
  "ports",
  "resources",
  "resizePolicy",
  "restartPolicy",
  "livenessProbe",
  "readinessProbe",
  "startupProbe",
  "lifecycle"
]

/** Empty resources are Go's zero value, an empty list is not. */
const isSet = (field: string, value: unknown): boolean =>
  value !== undefined && !(field === "resources" && isRecord(value) && Object.keys(value).length === 0)

/** A pod's own image may not be padded. */
export const imageSpaces: Check = (container, path, report) => {
  const own = text(container, "image")
  if (own.trim() !== own) report.invalid(`${path}.image`, own, "must not have leading or trailing whitespace")
}

export const ephemeralContainers = (context: PodContext, path: string, report: Report): void => {
  if (context.spec["ephemeralContainers"] === undefined) return
  const others = new Set(
    [...records(context.spec["containers"]), ...records(context.spec["initContainers"])].map((one) => text(one, "name"))
  )
  const names = new Set(others)
  for (const [i, container] of records(context.spec["ephemeralContainers"]).entries()) {
    const here = `${path}[${i}]`
    common(container, here, context, report)
    imageSpaces(container, here, report)
    const own = text(container, "name")
    if (names.has(own)) report.duplicate(`${here}.name`, own)
    names.add(own)
    const target = text(container, "targetContainerName")
    if (target !== "" && !others.has(target)) report.notFound(`${here}.targetContainerName`, target)
    for (const field of notOfEphemeral) {
      if (isSet(field, container[field])) report.forbidden(`${here}.${field}`, "cannot be set for an Ephemeral Container")
    }
    for (const [j, mount] of records(container["volumeMounts"]).entries()) {
      for (const field of ["subPath", "subPathExpr"]) {
        if (text(mount, field) !== "") {
          report.forbidden(`${here}.volumeMounts[${j}].${field}`, "cannot be set for an Ephemeral Container")
        }
      }
    }
  }
}
