/** The parts of a pod that its template has too: containers, volumes, where it may run. */
import * as Duration from "../Duration.ts"
import * as Fields from "../Fields.ts"
import { goValue } from "../output/Printer.ts"
import * as Quantity from "../Quantity.ts"
import type { Page } from "./Page.ts"
import { volumes } from "./Volumes.ts"

const orNone = (text: string): string => (text === "" ? "<none>" : text)

const rfc = (value: unknown): string => {
  const millis = Fields.time(value)
  return millis === undefined ? "<unknown>" : Duration.rfc1123(millis)
}

const state = (page: Page, name: string, of: unknown): void => {
  const [running, waiting, ended] = [Fields.at(of, "running"), Fields.at(of, "waiting"), Fields.at(of, "terminated")]
  if (running !== undefined) {
    page.field(2, name, "Running")
    page.field(3, "Started", rfc(Fields.at(running, "startedAt")))
  } else if (ended !== undefined) {
    page.field(2, name, "Terminated")
    for (const [label, key] of [
      ["Reason", "reason"],
      ["Message", "message"]
    ] as const)
      if (Fields.text(ended, key) !== "") page.field(3, label, Fields.text(ended, key))
    page.field(3, "Exit Code", String(Fields.number(ended, "exitCode")))
    if (Fields.number(ended, "signal") > 0) page.field(3, "Signal", Fields.text(ended, "signal"))
    page.field(3, "Started", rfc(Fields.at(ended, "startedAt")))
    page.field(3, "Finished", rfc(Fields.at(ended, "finishedAt")))
  } else {
    page.field(2, name, "Waiting")
    if (Fields.text(waiting, "reason") !== "") page.field(3, "Reason", Fields.text(waiting, "reason"))
  }
}

const words = (page: Page, name: string, of: ReadonlyArray<unknown>): void => {
  if (of.length === 0) return
  page.line(2, `${name}:`)
  for (const word of of) for (const line of String(word).split("\n")) page.line(3, line)
}

const amounts = (page: Page, name: string, of: Fields.Fields): void => {
  if (Object.keys(of).length === 0) return
  page.line(2, `${name}:`)
  for (const [resource, amount] of Fields.sorted(of)) page.field(3, resource, Quantity.canonical(String(amount)))
}

const seconds = (of: unknown, key: string, fallback: number): string => Fields.text(of, key) || String(fallback)

const action = (of: unknown): string => {
  const [exec, get, tcp, grpc] = [Fields.at(of, "exec"), Fields.at(of, "httpGet"), Fields.at(of, "tcpSocket"), Fields.at(of, "grpc")]
  if (exec !== undefined) return `exec ${goValue(Fields.list(exec, "command"))}`
  if (get !== undefined)
    return `http-get ${(Fields.text(get, "scheme") || "HTTP").toLowerCase()}://${Fields.text(get, "host")}:${Fields.text(get, "port")}${Fields.text(get, "path")}`
  if (tcp !== undefined) return `tcp-socket ${Fields.text(tcp, "host")}:${Fields.text(tcp, "port")}`
  if (grpc !== undefined) return `grpc <pod>:${Fields.text(grpc, "port")} ${Fields.text(grpc, "service")}`
  return "unknown"
}

const probe = (page: Page, name: string, of: unknown): void => {
  if (of === undefined) return
  const times = `delay=${seconds(of, "initialDelaySeconds", 0)}s timeout=${seconds(of, "timeoutSeconds", 1)}s period=${seconds(of, "periodSeconds", 10)}s`
  page.field(
    2,
    name,
    `${action(of)} ${times} #success=${seconds(of, "successThreshold", 1)} #failure=${seconds(of, "failureThreshold", 3)}`
  )
}

/** Values of `valueFrom` that only a pod knows. */
export type Resolve = (valueFrom: unknown) => string

const environment = (page: Page, container: unknown, resolve: Resolve): void => {
  const sources = Fields.list(container, "envFrom")
  if (sources.length > 0) page.line(2, "Environment Variables from:")
  for (const source of sources) {
    const [kind, ref] =
      Fields.at(source, "configMapRef") === undefined
        ? (["Secret", Fields.at(source, "secretRef")] as const)
        : (["ConfigMap", Fields.at(source, "configMapRef")] as const)
    const prefix = Fields.text(source, "prefix")
    page.line(
      3,
      Fields.text(ref, "name"),
      `${kind}${prefix === "" ? "" : ` with prefix '${prefix}'`}`,
      `Optional: ${Fields.at(ref, "optional") === true}`
    )
  }
  const env = Fields.list(container, "env")
  page.line(2, ...(env.length === 0 ? ["Environment:", "<none>"] : ["Environment:"]))
  for (const one of env) {
    const name = Fields.text(one, "name")
    const from = Fields.at(one, "valueFrom")
    const [field, resource, secret, map] = ["fieldRef", "resourceFieldRef", "secretKeyRef", "configMapKeyRef"].map((key) =>
      Fields.at(from, key)
    )
    if (field !== undefined)
      page.field(3, name, `${resolve(from)} (${Fields.text(field, "apiVersion") || "v1"}:${Fields.text(field, "fieldPath")})`)
    else if (resource !== undefined) page.field(3, name, `${resolve(from)} (${Fields.text(resource, "resource")})`)
    else if (secret !== undefined)
      page.line(
        3,
        `${name}:`,
        `<set to the key '${Fields.text(secret, "key")}' in secret '${Fields.text(secret, "name")}'>`,
        `Optional: ${Fields.at(secret, "optional") === true}`
      )
    else if (map !== undefined)
      page.line(
        3,
        `${name}:`,
        `<set to the key '${Fields.text(map, "key")}' of config map '${Fields.text(map, "name")}'>`,
        `Optional: ${Fields.at(map, "optional") === true}`
      )
    else for (const [index, line] of Fields.text(one, "value").split("\n").entries()) page.line(3, index === 0 ? `${name}:` : "", line)
  }
}

const mounts = (page: Page, container: unknown): void => {
  const all = [...Fields.list(container, "volumeMounts")].sort((a, b) =>
    Fields.text(a, "mountPath") < Fields.text(b, "mountPath") ? -1 : 1
  )
  page.line(2, ...(all.length === 0 ? ["Mounts:", "<none>"] : ["Mounts:"]))
  for (const mount of all) {
    const flags = [Fields.at(mount, "readOnly") === true ? "ro" : "rw"]
    if (Fields.text(mount, "subPath") !== "") flags.push(`path=${JSON.stringify(Fields.text(mount, "subPath"))}`)
    page.line(3, `${Fields.text(mount, "mountPath")} from ${Fields.text(mount, "name")} (${flags.join(",")})`)
  }
}

const ports = (container: unknown, key: "containerPort" | "hostPort"): string =>
  Fields.list(container, "ports")
    .map(
      (port) =>
        `${Fields.number(port, key)}/${Fields.text(port, "protocol") || "TCP"}${Fields.text(port, "name") === "" ? "" : ` (${Fields.text(port, "name")})`}`
    )
    .join(", ")

const portLine = (page: Page, name: string, of: string): void => page.field(2, of.includes(",") ? `${name}s` : name, orNone(of))

/** `indent` is one space inside a template. */
export const containers = (
  page: Page,
  label: string,
  of: ReadonlyArray<unknown>,
  options: { readonly template: boolean; readonly statuses: ReadonlyArray<unknown>; readonly resolve: (container: unknown) => Resolve }
): void => {
  const space = options.template ? "  " : ""
  page.text(`${space}${label}:${of.length === 0 ? " <none>" : ""}\n`)
  for (const container of of) {
    const status = options.statuses.find((one) => Fields.text(one, "name") === Fields.text(container, "name"))
    page.text(`  ${options.template ? " " : ""}${Fields.text(container, "name")}:\n`)
    if (status !== undefined) page.field(2, "Container ID", Fields.text(status, "containerID"))
    page.field(2, "Image", Fields.text(container, "image"))
    if (status !== undefined) page.field(2, "Image ID", Fields.text(status, "imageID"))
    portLine(page, "Port", ports(container, "containerPort"))
    portLine(page, "Host Port", ports(container, "hostPort"))
    words(page, "Command", Fields.list(container, "command"))
    words(page, "Args", Fields.list(container, "args"))
    if (status !== undefined) {
      state(page, "State", Fields.at(status, "state"))
      if (Fields.at(status, "lastState", "terminated") !== undefined) state(page, "Last State", Fields.at(status, "lastState"))
      page.field(2, "Ready", Fields.at(status, "ready") === true ? "True" : "False")
      page.field(2, "Restart Count", String(Fields.number(status, "restartCount")))
    }
    amounts(page, "Limits", Fields.record(container, "resources", "limits"))
    amounts(page, "Requests", Fields.record(container, "resources", "requests"))
    probe(page, "Liveness", Fields.at(container, "livenessProbe"))
    probe(page, "Readiness", Fields.at(container, "readinessProbe"))
    probe(page, "Startup", Fields.at(container, "startupProbe"))
    environment(page, container, options.resolve(container))
    mounts(page, container)
  }
}

const toleration = (of: unknown): string => {
  const [key, value, effect] = [Fields.text(of, "key"), Fields.text(of, "value"), Fields.text(of, "effect")]
  const base = `${key}${value === "" ? "" : `=${value}`}${effect === "" ? "" : `:${effect}`}`
  const exists = Fields.text(of, "operator") === "Exists" && value === "" ? `${base === "" ? "" : " "}op=Exists` : ""
  const limit = Fields.text(of, "tolerationSeconds")
  return `${base}${exists}${limit === "" ? "" : ` for ${limit}s`}`
}

/** Node selectors and tolerations; `prefix` are the spaces before them in a template. */
export const placement = (page: Page, prefix: string, spec: unknown): void => {
  page.map(0, `${prefix}Node-Selectors`, Fields.record(spec, "nodeSelector"))
  const all = Fields.list(spec, "tolerations")
    .toSorted((a, b) => (Fields.text(a, "key") < Fields.text(b, "key") ? -1 : Fields.text(a, "key") > Fields.text(b, "key") ? 1 : 0))
    .map(toleration)
  page.field(0, `${prefix}Tolerations`, all[0] ?? "<none>")
  for (const one of all.slice(1)) page.line(0, "", one)
}

const nothing: Resolve = () => ""

/** What `describe` shows of a pod template, below its heading. */
export const podTemplate = (page: Page, template: unknown): void => {
  page.map(0, "  Labels", Fields.record(template, "metadata", "labels"))
  const annotations = Fields.record(template, "metadata", "annotations")
  if (Object.keys(annotations).length > 0) page.map(0, "  Annotations", annotations, ": ")
  const spec = Fields.at(template, "spec")
  const account = Fields.text(spec, "serviceAccountName")
  if (account !== "") page.field(0, "  Service Account", account)
  const options = { template: true, statuses: [], resolve: () => nothing }
  const init = Fields.list(spec, "initContainers")
  if (init.length > 0) containers(page, "Init Containers", init, options)
  containers(page, "Containers", Fields.list(spec, "containers"), options)
  volumes(page, Fields.list(spec, "volumes"), { template: true })
  const priority = Fields.text(spec, "priorityClassName")
  if (priority !== "") page.field(0, "  Priority Class Name", priority)
  placement(page, "  ", spec)
}
