/**
 * Cluster addresses and node ports of services. An address is derived from the service's uid and moves on from there to the next free
 * one, so that equal histories give equal addresses. They are allocated before validation, as on the real server.
 */
import type { KubeObject, KubeStatus } from "@aiopslab/core/Kubernetes"
import * as Result from "effect/Result"
import { equal } from "./Equal.ts"
import type { JsonRecord } from "./Json.ts"
import { at, record, records, strings, without } from "./Json.ts"
import * as Families from "./service/Families.ts"
import { isExternal, needsClusterIp, needsHealthCheck, needsNodePorts, portOf, textOf } from "./service/Kinds.ts"
import * as NodePorts from "./service/NodePorts.ts"
import * as Status from "./Status.ts"
import * as Store from "./Store.ts"
import * as Ip from "./validation/Ip.ts"
import { Report } from "./validation/Report.ts"

type Draft = Record<string, unknown>
type Allocated = Result.Result<KubeObject, KubeStatus>

/** Lies in the 10.96.0.0/12 of kubeadm. */
const range: Ip.Cidr = { ip: [10, 96, 0, 0], bits: 16 }
/** The first 255 are left for services that ask for their address. */
const firstAddress = 256
const addresses = 65_535 - firstAddress

const hash = (text: string): number => {
  let out = 2_166_136_261
  for (let i = 0; i < text.length; i++) out = Math.imul(out ^ text.charCodeAt(i), 16_777_619)
  return out >>> 0
}

const address = (index: number): string => `10.96.${(index + firstAddress) >> 8}.${(index + firstAddress) & 255}`

const free = (seed: number, taken: ReadonlySet<string>): string => {
  for (let i = 0; i < addresses; i++) {
    const candidate = address((seed + i) % addresses)
    if (!taken.has(candidate)) return candidate
  }
  return address(seed % addresses)
}

const refused = (ip: string, taken: ReadonlySet<string>): string | undefined => {
  const parsed = Ip.parse(ip)
  if (parsed === undefined || !Ip.contains(range, parsed)) {
    return `the provided IP (${ip}) is not in the valid range. The range of valid IPs is ${Ip.printCidr(range)}`
  }
  return taken.has(Ip.print(parsed)) ? "provided IP is already allocated" : undefined
}

/** Every family has its address after this. */
const clusterIps = (name: string, spec: Draft, others: ReadonlyArray<KubeObject>, seed: number): KubeStatus | undefined => {
  if (!needsClusterIp(spec) || strings(spec["clusterIPs"])[0] === "None") return undefined
  const taken = new Set(others.flatMap((other) => strings(at(other, "spec", "clusterIPs"))))
  const [asked = ""] = strings(spec["clusterIPs"])
  const why = asked === "" ? undefined : refused(asked, taken)
  if (why !== undefined) {
    const report = new Report()
    report.invalid("spec.clusterIPs", strings(spec["clusterIPs"]), `failed to allocate IP ${asked}: ${why}`)
    return Status.invalid(NodePorts.subject, name, report.causes)
  }
  const ip = asked === "" ? free(seed, taken) : asked
  spec["clusterIP"] = ip
  spec["clusterIPs"] = [ip]
  return undefined
}

const invalid = (name: string, causes: ReadonlyArray<Status.Cause>): Allocated =>
  Result.fail(Status.invalid(NodePorts.subject, name, causes))

const seedOf = (object: KubeObject): number => hash(object.metadata.uid ?? object.metadata.name)

/** Of a new service. */
export const allocate = (object: KubeObject, store: Store.Store, run: NodePorts.Run): Allocated => {
  const { name } = object.metadata
  const spec: Draft = { ...record(object["spec"]) }
  if (textOf(spec["clusterIP"]) !== "" && strings(spec["clusterIPs"]).length === 0) spec["clusterIPs"] = [spec["clusterIP"]]
  const causes = Families.complete(spec, undefined)
  if (causes.length > 0) return invalid(name, causes)
  const others = Store.list(store, "services")
  const seed = seedOf(object)
  // a dry run takes an address that is another's
  const failure = clusterIps(name, spec, run === "dry" ? [] : others, seed) ?? NodePorts.allocate(name, spec, undefined, others, seed, run)
  return failure === undefined ? Result.succeed({ ...object, spec: shown(spec) }) : Result.fail(failure)
}

/** Defaulted for every type, and of no use to this one. */
const shown = (spec: JsonRecord): JsonRecord => (spec["type"] === "ExternalName" ? without(spec, "internalTrafficPolicy") : spec)

/** A client that knows one of `clusterIP` and `clusterIPs` means both. */
const synchronised = (spec: Draft, before: JsonRecord): void => {
  if (needsClusterIp(before) && needsClusterIp(spec)) {
    if (textOf(spec["clusterIP"]) === "" && before["clusterIP"] !== undefined) spec["clusterIP"] = before["clusterIP"]
    if (strings(spec["clusterIPs"]).length === 0 && before["clusterIPs"] !== undefined) spec["clusterIPs"] = before["clusterIPs"]
  }
  const old = strings(before["clusterIPs"])
  const ip = textOf(spec["clusterIP"])
  const same = textOf(before["clusterIP"]) === ip
  if (same) {
    if (old.length > 0 && strings(spec["clusterIPs"]).length === 0) spec["clusterIPs"] = old
  } else if (equal(strings(spec["clusterIPs"]), old)) {
    if (ip === "") delete spec["clusterIPs"]
    else spec["clusterIPs"] = [ip]
  }
}

/** An update that leaves allocated values out keeps them; a change of type allocates or drops them. */
export const carry = (next: KubeObject, previous: KubeObject, store: Store.Store, run: NodePorts.Run): Allocated => {
  const { name } = next.metadata
  const before = record(previous["spec"])
  if (next["spec"] === before) return Result.succeed(next)
  const spec: Draft = { ...record(next["spec"]) }
  NodePorts.carry(spec, before)
  synchronised(spec, before)
  const causes = Families.complete(spec, before)
  if (causes.length > 0) return invalid(name, causes)
  const others = Store.list(store, "services").filter((other) => other.metadata.uid !== previous.metadata.uid)
  const seed = seedOf(previous)
  const failure =
    (before["type"] === "ExternalName" ? clusterIps(name, spec, others, seed) : undefined) ??
    NodePorts.allocate(name, spec, before, others, seed, run)
  return failure === undefined ? Result.succeed({ ...next, spec: shown(dropped(spec, before)) }) : Result.fail(failure)
}

const absent = (spec: JsonRecord, key: string): boolean => spec[key] === undefined || spec[key] === ""

/** What another type has no use for goes, where the client only left it as it was. */
const dropped = (spec: JsonRecord, before: JsonRecord): JsonRecord => {
  let out = spec
  const drop = (key: string): void => {
    if (equal(spec[key], before[key])) out = without(out, key)
  }
  if (needsClusterIp(before) && !needsClusterIp(spec)) {
    if (Families.sameIps(before, spec)) out = without(without(out, "clusterIP"), "clusterIPs")
    drop("ipFamilies")
    drop("ipFamilyPolicy")
  }
  if (needsNodePorts(before) && !needsNodePorts(spec)) {
    const old = new Set(records(before["ports"]).map((port) => portOf(port["nodePort"])))
    const ports = records(spec["ports"])
    if (ports.every((port) => portOf(port["nodePort"]) === 0 || old.has(portOf(port["nodePort"])))) {
      out = { ...out, ports: ports.map((port) => without(port, "nodePort")) }
    }
  }
  if (needsHealthCheck(before) && !needsHealthCheck(spec)) drop("healthCheckNodePort")
  if (before["type"] === "LoadBalancer" && spec["type"] !== "LoadBalancer") {
    drop("allocateLoadBalancerNodePorts")
    drop("loadBalancerClass")
  }
  if (isExternal(before) && !isExternal(spec) && !absent(spec, "externalTrafficPolicy")) drop("externalTrafficPolicy")
  return out
}
