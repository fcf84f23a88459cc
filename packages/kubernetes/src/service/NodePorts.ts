/** Node ports of services, those of health checks included. */
import type { KubeObject, KubeStatus } from "@aiopslab/core/Kubernetes"
import type { JsonRecord } from "../Json.ts"
import { at, record, records } from "../Json.ts"
import type { Subject } from "../Status.ts"
import * as Status from "../Status.ts"
import { Report } from "../validation/Report.ts"
import { needsHealthCheck, needsNodePorts, portOf, textOf } from "./Kinds.ts"

const first = 30_000
const last = 32_767
const size = last - first + 1

export const subject: Subject = { group: "", plural: "services", kind: "Service" }

const portsOf = (spec: unknown): ReadonlyArray<number> =>
  [...records(at(spec, "ports")).map((port) => portOf(port["nodePort"])), portOf(at(spec, "healthCheckNodePort"))].filter(
    (port) => port > 0
  )

/** A dry run does not look at the range. */
export type Run = "dry" | "real"

/** The ports that are taken, and the next free one. */
class Ports {
  readonly #taken: Set<number>
  readonly #seed: number
  readonly #run: Run

  constructor(others: ReadonlyArray<KubeObject>, seed: number, run: Run) {
    this.#run = run
    this.#taken = new Set(others.flatMap((other) => portsOf(other["spec"])))
    this.#seed = seed
  }

  /** Why a port can't be had. */
  take(port: number): string | undefined {
    if (this.#run === "real" && (port < first || port > last))
      return `provided port is not in the valid range. The range of valid ports is ${first}-${last}`
    if (this.#taken.has(port)) return "provided port is already allocated"
    this.#taken.add(port)
    return undefined
  }

  /** Leaves alone what the service itself asks for further on. */
  next(asked: ReadonlyArray<number>): number {
    for (let i = 0; i < size; i++) {
      const port = first + ((this.#seed + i) % size)
      if (this.#taken.has(port) || asked.includes(port)) continue
      this.#taken.add(port)
      return port
    }
    return first
  }
}

const fails = (name: string, i: number, port: number, why: string): KubeStatus => {
  const report = new Report()
  report.invalid(`spec.ports[${i}].nodePort`, port, why)
  return Status.invalid(subject, name, report.causes)
}

const allocates = (spec: JsonRecord): boolean => spec["type"] === "NodePort" || spec["allocateLoadBalancerNodePorts"] === true

/** Fills in the ports of a spec; the reason when one can't be had. `before` is the spec of an update's stored object. */
export const allocate = (
  name: string,
  spec: Record<string, unknown>,
  before: JsonRecord | undefined,
  others: ReadonlyArray<KubeObject>,
  seed: number,
  run: Run
): KubeStatus | undefined => {
  const ports = new Ports(others, seed, run)
  const asked = portsOf(spec)
  if (needsNodePorts(spec)) {
    const failure = before === undefined ? create(name, spec, ports, asked) : update(name, spec, before, ports, asked)
    if (failure !== undefined) return failure
  }
  if (!needsHealthCheck(spec) || (before !== undefined && needsHealthCheck(before))) return undefined
  const wanted = portOf(spec["healthCheckNodePort"])
  if (wanted === 0) {
    spec["healthCheckNodePort"] = ports.next(asked)
    return undefined
  }
  const why = ports.take(wanted)
  return why === undefined ? undefined : Status.internalError(`failed to allocate requested HealthCheck NodePort ${wanted}: ${why}`)
}

/** Ports of one number under several protocols share a node port. */
const create = (name: string, spec: Record<string, unknown>, ports: Ports, asked: ReadonlyArray<number>): KubeStatus | undefined => {
  const list = records(spec["ports"])
  const byPort = new Map<number, number>()
  const out: Array<JsonRecord> = []
  for (const [i, port] of list.entries()) {
    const own = portOf(port["nodePort"])
    const number = portOf(port["port"])
    const shared = byPort.get(number)
    if (own === 0 && !allocates(spec)) out.push(port)
    else if (shared !== undefined && (own === 0 || own === shared)) out.push({ ...port, nodePort: shared })
    else {
      const wanted =
        shared === undefined ? portOf(list.find((one) => one["port"] === port["port"] && portOf(one["nodePort"]) !== 0)?.["nodePort"]) : own
      const why = wanted === 0 ? undefined : ports.take(wanted)
      if (why !== undefined) return fails(name, i, wanted, why)
      const nodePort = wanted === 0 ? ports.next(asked) : wanted
      if (shared === undefined) byPort.set(number, nodePort)
      out.push({ ...port, nodePort })
    }
  }
  if (out.some((port, i) => port !== list[i])) spec["ports"] = out
  return undefined
}

const update = (
  name: string,
  spec: Record<string, unknown>,
  before: JsonRecord,
  ports: Ports,
  asked: ReadonlyArray<number>
): KubeStatus | undefined => {
  const old = new Set(records(before["ports"]).map((port) => portOf(port["nodePort"])))
  const mine = new Set<number>()
  const pairs = new Set<string>()
  const list = records(spec["ports"])
  const out: Array<JsonRecord> = []
  for (const [i, port] of list.entries()) {
    const own = portOf(port["nodePort"])
    if (own !== 0) {
      const why = old.has(own) || mine.has(own) ? undefined : ports.take(own)
      if (why !== undefined) return fails(name, i, own, why)
      mine.add(own)
      const pair = `{${textOf(port["protocol"])} ${own}}`
      if (pairs.has(pair)) return Status.internal(`duplicate nodePort: ${pair}`)
      pairs.add(pair)
      out.push(port)
    } else out.push(allocates(spec) ? { ...port, nodePort: ports.next([...asked, ...old]) } : port)
  }
  if (out.some((port, i) => port !== list[i])) spec["ports"] = out
  return undefined
}

/** The ports of an update that leaves them out, by the names of the service's ports. */
export const carry = (spec: Record<string, unknown>, before: JsonRecord): void => {
  if (needsNodePorts(spec) && needsNodePorts(before)) {
    const old = records(before["ports"])
    const now = new Set(portsOf(record({ ports: spec["ports"] })))
    const used = new Set(old.map((port) => portOf(port["nodePort"])).filter((port) => now.has(port)))
    const byName = new Map(old.map((port) => [textOf(port["name"]), portOf(port["nodePort"])]))
    const list = records(spec["ports"])
    const next = list.map((port) => {
      const known = byName.get(textOf(port["name"])) ?? 0
      return portOf(port["nodePort"]) !== 0 || known === 0 || used.has(known) ? port : { ...port, nodePort: known }
    })
    if (next.some((port, i) => port !== list[i])) spec["ports"] = next
  }
  if (needsHealthCheck(spec) && needsHealthCheck(before) && portOf(spec["healthCheckNodePort"]) === 0) {
    spec["healthCheckNodePort"] = before["healthCheckNodePort"]
  }
}
