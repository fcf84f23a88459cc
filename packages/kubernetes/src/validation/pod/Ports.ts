/** Ports of containers. */
import type { JsonRecord } from "../../Json.ts"
import { number, records } from "../../Json.ts"
import type { Check } from "../Check.ts"
import { child, choice, text } from "../Check.ts"
import * as Names from "../Names.ts"
import type { Report } from "../Report.ts"

const protocol = (value: JsonRecord, path: string, report: Report): void => {
  choice("protocol", ["SCTP", "TCP", "UDP"])(value, path, report)
}

const inRange = (port: number, path: string, report: Report): void => {
  if (port < 1 || port > 65_535) report.invalid(path, port, Names.portNumber)
}

export const ports: Check = (container, path, report) => {
  const names = new Set<string>()
  let index = 0
  for (const port of records(container["ports"])) {
    const here = `${child(path, "ports")}[${index}]`
    const name = text(port, "name")
    if (name !== "") {
      const reasons = Names.explainPortName(name)
      report.each(`${here}.name`, name, reasons)
      if (reasons.length === 0 && names.has(name)) report.duplicate(`${here}.name`, name)
      names.add(name)
    }
    const containerPort = number(port["containerPort"]) ?? 0
    if (containerPort === 0) report.required(`${here}.containerPort`)
    else inRange(containerPort, `${here}.containerPort`, report)
    const hostPort = number(port["hostPort"]) ?? 0
    if (hostPort !== 0) inRange(hostPort, `${here}.hostPort`, report)
    protocol(port, here, report)
    index++
  }
}

/** No two containers may want the same port of the host. */
export const hostPortConflicts = (containers: ReadonlyArray<JsonRecord>, path: string, report: Report): void => {
  const taken = new Set<string>()
  for (const [i, container] of containers.entries()) {
    for (const [j, port] of records(container["ports"]).entries()) {
      const wanted = number(port["hostPort"]) ?? 0
      if (wanted === 0) continue
      const key = `${text(port, "protocol")}/${text(port, "hostIP")}/${wanted}`
      if (taken.has(key)) report.duplicate(`${path}[${i}].ports[${j}].hostPort`, key)
      taken.add(key)
    }
  }
}

/** In the host's network a port is the host's. */
export const hostNetworkPorts = (spec: JsonRecord, kind: "pod" | "template", path: string, report: Report): void => {
  if (spec["hostNetwork"] !== true) return
  for (const [i, container] of records(spec["containers"]).entries()) {
    for (const [j, port] of records(container["ports"]).entries()) {
      const host = number(port["hostPort"]) ?? 0
      if ((kind === "pod" || host !== 0) && host !== (number(port["containerPort"]) ?? 0)) {
        report.invalid(`${path}.containers[${i}].ports[${j}].hostPort`, host, "must match `containerPort` when `hostNetwork` is true")
      }
    }
  }
}
