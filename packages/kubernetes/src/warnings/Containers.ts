/** What containers say twice, or in parts of bytes. */
import type { JsonRecord } from "../Json.ts"
import { at, number, records, string } from "../Json.ts"
import { child, text } from "../validation/Check.ts"
import { eachContainer } from "../validation/pod/EachContainer.ts"
import { quote } from "../validation/Report.ts"
import { fractional, isFractional } from "./Claim.ts"

type Warn = (text: string) => void

const inBytes = ["memory", "ephemeral-storage"]

export const byteWarnings = (container: JsonRecord, path: string, warn: Warn): void => {
  for (const name of inBytes) {
    for (const key of ["limits", "requests"]) {
      const value = string(at(container, "resources", key, name))
      if (value !== undefined && isFractional(value)) warn(fractional(value, `${path}.resources.${key}[${name}]`))
    }
  }
}

/** A variable may be built from an earlier one of its name; otherwise the earlier one is lost to `apply`. */
export const envWarnings = (container: JsonRecord, path: string, warn: Warn): void => {
  const seen = new Set<string>()
  for (const [i, variable] of records(container["env"]).entries()) {
    const name = text(variable, "name")
    const value = text(variable, "value")
    const reference = `$(${name})`
    if (seen.has(name) && (variable["valueFrom"] !== undefined || value === reference || !value.includes(reference))) {
      warn(`${path}.env[${i}]: hides previous definition of ${quote(name)}, which may be dropped when using apply`)
    }
    seen.add(name)
  }
}

interface Port {
  readonly path: string
  readonly hostIP: string
  readonly hostPort: number
}

/** Go's `%+v` of a port. */
const goPort = (port: JsonRecord): string =>
  `{Name:${text(port, "name")} HostPort:${number(port["hostPort"]) ?? 0} ContainerPort:${number(port["containerPort"]) ?? 0} Protocol:${text(port, "protocol")} HostIP:${text(port, "hostIP")}}`

const relation = (port: Port, other: Port): string | undefined => {
  if (port.hostIP === other.hostIP && port.hostPort === other.hostPort) return "duplicate"
  if (port.hostPort === 0 || other.hostPort === 0) return "overlapping"
  return port.hostPort === other.hostPort && (port.hostIP === "") !== (other.hostIP === "") ? "dangerously ambiguous" : undefined
}

const eachPort = (spec: JsonRecord, parent: string, visit: (port: JsonRecord, path: string) => void): void =>
  eachContainer(spec, parent, (container, path) => {
    for (const [i, port] of records(container["ports"]).entries()) visit(port, `${child(path, "ports")}[${i}]`)
  })

export const portWarnings = (spec: JsonRecord, parent: string, warn: Warn): void => {
  const known = new Map<string, Array<Port>>()
  eachPort(spec, parent, (value, path) => {
    const port: Port = { path, hostIP: text(value, "hostIP"), hostPort: number(value["hostPort"]) ?? 0 }
    if (port.hostIP !== "" && port.hostPort === 0) warn(`${path}: hostIP set without hostPort: ${goPort(value)}`)
    const key = `${number(value["containerPort"]) ?? 0}/${text(value, "protocol")}`
    const others = known.get(key) ?? []
    for (const other of others) {
      const word = relation(port, other)
      if (word !== undefined) warn(`${path}: ${word} port definition with ${other.path}`)
    }
    known.set(key, [...others, port])
  })
  const names = new Map<string, string>()
  eachPort(spec, parent, (port, path) => {
    const name = text(port, "name")
    const other = names.get(name)
    if (name === "") return
    if (other === undefined) names.set(name, path)
    else {
      const why = `services and probes that select ports by name will use ${other}`
      warn(`${path}: duplicate port name ${quote(name)} with ${other}, ${why}`)
    }
  })
}
