/** The columns of nodes, namespaces, events, configuration and access control. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { at, print, record, records, string } from "../Json.ts"
import { age as since } from "../Time.ts"
import type { Column } from "./Column.ts"
import { age, boolean, condition, createdAt, integer, joined, name, path, size, text, wide } from "./Column.ts"

export const namespaces: ReadonlyArray<Column> = [name, text("Status", path("", "status", "phase")), age]

const nodeStatus = (node: KubeObject): string => {
  const ready = condition(node, "Ready")["status"]
  const word = ready === undefined ? "Unknown" : ready === "True" ? "Ready" : "NotReady"
  return at(node, "spec", "unschedulable") === true ? `${word},SchedulingDisabled` : word
}

const rolePrefix = "node-role.kubernetes.io/"

const roles = (node: KubeObject): string =>
  joined(
    Object.keys(node.metadata.labels ?? {})
      .filter((key) => key.startsWith(rolePrefix))
      .map((key) => key.slice(rolePrefix.length))
      .sort(),
    "<none>"
  )

const address =
  (type: string) =>
  (node: KubeObject): string =>
    string(records(at(node, "status", "addresses")).find((one) => one["type"] === type)?.["address"]) ?? "<none>"

export const nodes: ReadonlyArray<Column> = [
  name,
  text("Status", nodeStatus),
  text("Roles", roles),
  age,
  text("Version", path("", "status", "nodeInfo", "kubeletVersion")),
  wide("Internal-IP", address("InternalIP")),
  wide("External-IP", address("ExternalIP")),
  wide("OS-Image", path("<unknown>", "status", "nodeInfo", "osImage")),
  wide("Kernel-Version", path("<unknown>", "status", "nodeInfo", "kernelVersion")),
  wide("Container-Runtime", path("<unknown>", "status", "nodeInfo", "containerRuntimeVersion"))
]

const firstSeen = (event: KubeObject, now: number): string => since(event["firstTimestamp"] ?? event["eventTime"], now)

const lastSeen = (event: KubeObject, now: number): string => {
  const series = at(event, "series", "lastObservedTime")
  if (series !== undefined) return since(series, now)
  return (event["lastTimestamp"] ?? null) === null ? firstSeen(event, now) : since(event["lastTimestamp"], now)
}

const source = (event: KubeObject): string => {
  const { component, host } = record(event["source"])
  const [by, from] = print(component) === "" ? [event["reportingComponent"], event["reportingInstance"]] : [component, host]
  return print(from) === "" ? print(by) : `${print(by)}, ${print(from)}`
}

export const events: ReadonlyArray<Column> = [
  text("Last Seen", lastSeen),
  text("Type", path("", "type")),
  text("Reason", path("", "reason")),
  text("Object", (event) => {
    const { kind, name: object } = record(event["involvedObject"])
    const lower = (string(kind) ?? "").toLowerCase()
    return object === undefined ? lower : `${lower}/${print(object)}`
  }),
  wide("Subobject", path("", "involvedObject", "fieldPath")),
  wide("Source", source),
  text("Message", (event) => (string(event["message"]) ?? "").trim()),
  wide("First Seen", firstSeen),
  wide("Count", (event) => Number(at(event, "series", "count") ?? event["count"] ?? 1)),
  { ...name, priority: 1 }
]

export const configMaps: ReadonlyArray<Column> = [name, text("Data", (object) => size(object["data"]) + size(object["binaryData"])), age]

export const secrets: ReadonlyArray<Column> = [name, text("Type", path("", "type")), text("Data", (object) => size(object["data"])), age]

export const serviceAccounts: ReadonlyArray<Column> = [name, text("Secrets", (object) => size(object["secrets"])), age]

export const leases: ReadonlyArray<Column> = [name, text("Holder", path("", "spec", "holderIdentity")), age]

export const created: ReadonlyArray<Column> = [name, createdAt]

const subjects =
  (kind: string, show: (subject: Readonly<Record<string, unknown>>) => string) =>
  (object: KubeObject): string =>
    records(object["subjects"])
      .filter((subject) => subject["kind"] === kind)
      .map(show)
      .join(", ")

const plain = (subject: Readonly<Record<string, unknown>>): string => print(subject["name"])

export const bindings: ReadonlyArray<Column> = [
  name,
  text("Role", (object) => `${print(at(object, "roleRef", "kind"))}/${print(at(object, "roleRef", "name"))}`),
  age,
  wide("Users", subjects("User", plain)),
  wide("Groups", subjects("Group", plain)),
  wide(
    "ServiceAccounts",
    subjects("ServiceAccount", (subject) => `${print(subject["namespace"])}/${print(subject["name"])}`)
  )
]

const isLimit = (resource: string): boolean => resource.startsWith("limits.")

/** `pods: 3/10, …`, requests and limits apart. */
const quota =
  (part: "requests" | "limits") =>
  (object: KubeObject): string => {
    const hard = record(at(object, "status", "hard"))
    const used = record(at(object, "status", "used"))
    return Object.keys(hard)
      .filter((key) => isLimit(key) === (part === "limits"))
      .sort()
      .map((key) => `${key}: ${print(used[key] ?? "0")}/${print(hard[key])}`)
      .join(", ")
  }

export const quotas: ReadonlyArray<Column> = [name, text("Request", quota("requests")), text("Limit", quota("limits")), age]

export const priorityClasses: ReadonlyArray<Column> = [
  name,
  integer("Value", (object) => Number(object["value"] ?? 0)),
  boolean("Global-Default", (object) => object["globalDefault"] === true),
  age,
  text("PreemptionPolicy", path("", "preemptionPolicy"))
]

export const runtimeClasses: ReadonlyArray<Column> = [name, text("Handler", path("", "handler")), age]

export const podTemplates: ReadonlyArray<Column> = [
  name,
  text("Containers", (object) => joined(records(at(object, "template", "spec", "containers")).map(plain))),
  text("Images", (object) => joined(records(at(object, "template", "spec", "containers")).map((one) => print(one["image"])))),
  text("Pod Labels", (object) =>
    joined(
      Object.entries(record(at(object, "template", "metadata", "labels"))).map(([key, value]) => `${key}=${print(value)}`),
      "<none>"
    )
  )
]

const health =
  (key: "message" | "error") =>
  (object: KubeObject): string =>
    print(records(object["conditions"]).find((one) => one["type"] === "Healthy")?.[key])

export const componentStatuses: ReadonlyArray<Column> = [
  name,
  text("Status", (object) => {
    const status = records(object["conditions"]).find((one) => one["type"] === "Healthy")?.["status"]
    return status === undefined ? "Unknown" : status === "True" ? "Healthy" : "Unhealthy"
  }),
  text("Message", health("message")),
  text("Error", health("error"))
]
