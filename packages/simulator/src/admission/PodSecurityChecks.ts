/**
 * What a pod does that a level of the Pod Security Standards doesn't allow, in the real texts and order:
 * k8s.io/pod-security-admission/policy. Windows pods aren't told apart.
 */
import { at, record, records, string, strings } from "@aiopslab/kubernetes/Json"
import type { ContainerSpec, Pod } from "../Kinds.ts"

/** Why a pod is refused, or undefined. */
type Check = (pod: Pod) => string | undefined

const containersOf = ({ spec }: Pod): ReadonlyArray<ContainerSpec> => [
  ...(spec.initContainers ?? []),
  ...spec.containers,
  ...(spec.ephemeralContainers ?? [])
]

const plural = (word: string, count: number): string => (count === 1 ? word : `${word}s`)
const quoted = (names: ReadonlyArray<string>): string => names.map((name) => JSON.stringify(name)).join(", ")
const named = (containers: ReadonlyArray<ContainerSpec>): string =>
  `${plural("container", containers.length)} ${quoted(containers.map(({ name }) => name))}`
const unique = (values: ReadonlyArray<string>): ReadonlyArray<string> => [...new Set(values)].sort()

const security = (container: ContainerSpec): Readonly<Record<string, unknown>> => record(container.securityContext)
const podSecurity = ({ spec }: Pod): Readonly<Record<string, unknown>> => record(spec.securityContext)

const added = (container: ContainerSpec): ReadonlyArray<string> => strings(at(security(container), "capabilities", "add"))

const baselineCapabilities: ReadonlySet<string> = new Set(
  "AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT".split(" ")
)

const capabilities: Check = (pod) => {
  const bad = containersOf(pod).filter((one) => added(one).some((name) => !baselineCapabilities.has(name)))
  if (bad.length === 0) return undefined
  const names = unique(bad.flatMap((one) => added(one).filter((name) => !baselineCapabilities.has(name))))
  return `non-default capabilities (${named(bad)} must not include ${quoted(names)} in securityContext.capabilities.add)`
}

const hostNamespaces: Check = ({ spec }) => {
  const set = (["hostNetwork", "hostPID", "hostIPC"] as const).filter((key) => spec[key] === true).map((key) => `${key}=true`)
  return set.length === 0 ? undefined : `host namespaces (${set.join(", ")})`
}

const hostPathVolumes: Check = ({ spec }) => {
  const bad = (spec.volumes ?? []).filter(({ hostPath }) => hostPath !== undefined).map(({ name }) => name)
  return bad.length === 0 ? undefined : `hostPath volumes (${plural("volume", bad.length)} ${quoted(bad)})`
}

const hostPorts: Check = (pod) => {
  const bad = containersOf(pod).filter(({ ports }) => ports?.some(({ hostPort = 0 }) => hostPort !== 0) === true)
  if (bad.length === 0) return undefined
  const ports = unique(bad.flatMap((one) => (one.ports ?? []).flatMap(({ hostPort = 0 }) => (hostPort === 0 ? [] : [String(hostPort)]))))
  return `hostPort (${named(bad)} ${bad.length === 1 ? "uses" : "use"} ${plural("hostPort", ports.length)} ${ports.join(", ")})`
}

const privileged: Check = (pod) => {
  const bad = containersOf(pod).filter((one) => security(one)["privileged"] === true)
  return bad.length === 0 ? undefined : `privileged (${named(bad)} must not set securityContext.privileged=true)`
}

const procMount: Check = (pod) => {
  const of = (one: ContainerSpec) => string(security(one)["procMount"]) ?? "Default"
  const bad = containersOf(pod).filter((one) => of(one) !== "Default")
  return bad.length === 0 ? undefined : `procMount (${named(bad)} must not set securityContext.procMount to ${quoted(unique(bad.map(of)))})`
}

const profile = (of: Readonly<Record<string, unknown>>): string | undefined => string(at(of, "seccompProfile", "type"))

const seccompBaseline: Check = (pod) => {
  const own = profile(podSecurity(pod))
  const bad = containersOf(pod).filter((one) => profile(security(one)) === "Unconfined")
  if (own !== "Unconfined" && bad.length === 0) return undefined
  const setters = [...(own === "Unconfined" ? ["pod"] : []), ...(bad.length === 0 ? [] : [named(bad)])]
  return `seccompProfile (${setters.join(" and ")} must not set securityContext.seccompProfile.type to "Unconfined")`
}

const safeSysctls: ReadonlySet<string> = new Set([
  "kernel.shm_rmid_forced",
  "net.ipv4.ip_local_port_range",
  "net.ipv4.tcp_syncookies",
  "net.ipv4.ping_group_range",
  "net.ipv4.ip_unprivileged_port_start",
  "net.ipv4.ip_local_reserved_ports",
  "net.ipv4.tcp_keepalive_time",
  "net.ipv4.tcp_fin_timeout",
  "net.ipv4.tcp_keepalive_intvl",
  "net.ipv4.tcp_keepalive_probes",
  "net.ipv4.tcp_rmem",
  "net.ipv4.tcp_wmem"
])

const sysctls: Check = (pod) => {
  const bad = records(podSecurity(pod)["sysctls"]).flatMap(({ name }) => (typeof name === "string" && !safeSysctls.has(name) ? [name] : []))
  return bad.length === 0 ? undefined : `forbidden sysctls (${bad.join(", ")})`
}

const escalation: Check = (pod) => {
  const bad = containersOf(pod).filter((one) => security(one)["allowPrivilegeEscalation"] !== false)
  return bad.length === 0
    ? undefined
    : `allowPrivilegeEscalation != false (${named(bad)} must set securityContext.allowPrivilegeEscalation=false)`
}

const dropped: Check = (pod) => {
  const all = containersOf(pod)
  const keeping = all.filter((one) => !strings(at(security(one), "capabilities", "drop")).includes("ALL"))
  const adding = all.filter((one) => added(one).some((name) => name !== "NET_BIND_SERVICE"))
  const parts = [
    ...(keeping.length === 0 ? [] : [`${named(keeping)} must set securityContext.capabilities.drop=["ALL"]`]),
    ...(adding.length === 0
      ? []
      : [
          `${named(adding)} must not include ${quoted(unique(adding.flatMap(added).filter((name) => name !== "NET_BIND_SERVICE")))} in securityContext.capabilities.add`
        ])
  ]
  return parts.length === 0 ? undefined : `unrestricted capabilities (${parts.join("; ")})`
}

const plainVolumes: ReadonlySet<string> = new Set([
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "image",
  "persistentVolumeClaim",
  "projected",
  "secret"
])

const restrictedVolumes: Check = ({ spec }) => {
  const kinds = (spec.volumes ?? []).map((volume) => ({ name: volume.name, kind: Object.keys(volume).find((key) => key !== "name") ?? "" }))
  const bad = kinds.filter(({ kind }) => !plainVolumes.has(kind))
  if (bad.length === 0) return undefined
  const types = unique(bad.map(({ kind }) => kind))
  return `restricted volume types (${plural("volume", bad.length)} ${quoted(bad.map(({ name }) => name))} ${bad.length === 1 ? "uses" : "use"} restricted volume ${plural("type", types.length)} ${quoted(types)})`
}

const nonRoot: Check = (pod) => {
  const own = podSecurity(pod)["runAsNonRoot"]
  const wrong = containersOf(pod).filter((one) => security(one)["runAsNonRoot"] === false)
  const silent = containersOf(pod).filter((one) => security(one)["runAsNonRoot"] === undefined)
  if (wrong.length > 0 || own === false) {
    const setters = [...(own === false ? ["pod"] : []), ...(wrong.length === 0 ? [] : [named(wrong)])]
    return `runAsNonRoot != true (${setters.join(" and ")} must not set securityContext.runAsNonRoot=false)`
  }
  return own === true || silent.length === 0
    ? undefined
    : `runAsNonRoot != true (pod or ${named(silent)} must set securityContext.runAsNonRoot=true)`
}

const rootUser: Check = (pod) => {
  const bad = containersOf(pod).filter((one) => security(one)["runAsUser"] === 0)
  const own = podSecurity(pod)["runAsUser"] === 0
  if (!own && bad.length === 0) return undefined
  const setters = [...(own ? ["pod"] : []), ...(bad.length === 0 ? [] : [named(bad)])]
  return `runAsUser=0 (${setters.join(" and ")} must not set runAsUser=0)`
}

const isConfined = (type: string | undefined): boolean => type === "RuntimeDefault" || type === "Localhost"

const seccompRestricted: Check = (pod) => {
  const own = profile(podSecurity(pod))
  const wrong = containersOf(pod).filter((one) => profile(security(one)) !== undefined && !isConfined(profile(security(one))))
  const silent = containersOf(pod).filter((one) => profile(security(one)) === undefined)
  if (wrong.length > 0 || (own !== undefined && !isConfined(own))) {
    const setters = [...(own !== undefined && !isConfined(own) ? ["pod"] : []), ...(wrong.length === 0 ? [] : [named(wrong)])]
    return `seccompProfile (${setters.join(" and ")} must not set securityContext.seccompProfile.type to "Unconfined")`
  }
  return isConfined(own) || silent.length === 0
    ? undefined
    : `seccompProfile (pod or ${named(silent)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")`
}

const both: ReadonlyArray<Check> = [hostNamespaces, hostPorts, privileged, procMount, sysctls]

const checks: Readonly<Record<"baseline" | "restricted", ReadonlyArray<Check>>> = {
  baseline: [capabilities, hostNamespaces, hostPathVolumes, hostPorts, privileged, procMount, seccompBaseline, sysctls],
  restricted: [...both, escalation, dropped, restrictedVolumes, nonRoot, rootUser, seccompRestricted]
}

export const violations = (pod: Pod, level: "baseline" | "restricted"): ReadonlyArray<string> =>
  checks[level].flatMap((check) => check(pod) ?? [])
