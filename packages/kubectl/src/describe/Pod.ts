import * as Duration from "../Duration.ts"
import * as Fields from "../Fields.ts"
import { controller, type Describer, plain } from "./Describer.ts"
import { containers, placement, type Resolve } from "./PodTemplate.ts"
import { volumes } from "./Volumes.ts"

/** Downward API values, as far as the object tells them. */
const resolver =
  (pod: unknown) =>
  (_container: unknown): Resolve =>
  (from) => {
    const path = Fields.text(from, "fieldRef", "fieldPath")
    const keyed = /^metadata\.(labels|annotations)\['(.+)'\]$/u.exec(path)
    if (keyed !== null) return Fields.text(pod, "metadata", keyed[1] ?? "", keyed[2] ?? "")
    return path === "" ? "" : Fields.text(pod, ...path.split("."))
  }

export const pod: Describer = plain((page, { now, object }) => {
  page.head(object)
  const spec = Fields.at(object, "spec")
  const status = Fields.at(object, "status")
  if (Fields.at(spec, "priority") !== undefined) page.field(0, "Priority", Fields.text(spec, "priority"))
  for (const [name, key] of [
    ["Priority Class Name", "priorityClassName"],
    ["Runtime Class Name", "runtimeClassName"],
    ["Service Account", "serviceAccountName"]
  ] as const) {
    if (Fields.text(spec, key) !== "") page.field(0, name, Fields.text(spec, key))
  }
  const node = Fields.text(spec, "nodeName")
  page.field(0, "Node", node === "" ? "<none>" : `${node}/${Fields.text(status, "hostIP")}`)
  const started = Fields.time(status, "startTime")
  if (started !== undefined) page.field(0, "Start Time", Duration.rfc1123(started))
  page.labels(object)
  page.annotations(object)
  const deleted = Fields.time(object, "metadata", "deletionTimestamp")
  if (deleted !== undefined && Fields.text(status, "reason") !== "NodeLost") {
    page.field(0, "Status", `Terminating (lasts ${Duration.human(now - deleted)})`)
    page.field(0, "Termination Grace Period", `${object.metadata.deletionGracePeriodSeconds ?? 0}s`)
  } else page.field(0, "Status", Fields.text(status, "phase"))
  if (Fields.text(status, "reason") !== "") page.field(0, "Reason", Fields.text(status, "reason"))
  if (Fields.text(status, "message") !== "") page.field(0, "Message", Fields.text(status, "message"))
  page.field(0, "IP", Fields.text(status, "podIP"))
  const ips = Fields.list(status, "podIPs")
  if (ips.length === 0) page.field(0, "IPs", "<none>")
  else page.line(0, "IPs:")
  for (const ip of ips) page.field(1, "IP", Fields.text(ip, "ip"))
  const owner = controller(object)
  if (owner !== undefined) page.field(0, "Controlled By", owner)
  const resolve = resolver(object)
  const init = Fields.list(spec, "initContainers")
  if (init.length > 0)
    containers(page, "Init Containers", init, { template: false, statuses: Fields.list(status, "initContainerStatuses"), resolve })
  containers(page, "Containers", Fields.list(spec, "containers"), {
    template: false,
    statuses: Fields.list(status, "containerStatuses"),
    resolve
  })
  const ephemeral = Fields.list(spec, "ephemeralContainers")
  if (ephemeral.length > 0)
    containers(page, "Ephemeral Containers", ephemeral, {
      template: false,
      statuses: Fields.list(status, "ephemeralContainerStatuses"),
      resolve
    })
  const conditions = Fields.list(status, "conditions")
  if (conditions.length > 0) {
    page.line(0, "Conditions:")
    page.line(1, "Type", "Status")
    for (const condition of conditions) page.line(1, `${Fields.text(condition, "type")} `, `${Fields.text(condition, "status")} `)
  }
  volumes(page, Fields.list(spec, "volumes"), { template: false })
  page.field(0, "QoS Class", Fields.text(status, "qosClass"))
  placement(page, "", spec)
})
