/** Nodes and namespaces. */
import { pathOf, resources } from "@aiopslab/core/KubeClient"
import * as Effect from "effect/Effect"
import * as Duration from "../Duration.ts"
import * as Fields from "../Fields.ts"
import * as Quantity from "../Quantity.ts"
import { conditions } from "./Conditions.ts"
import { type Describer, items } from "./Describer.ts"
import type { Page } from "./Page.ts"
import { limits } from "./Policies.ts"

const role = "node-role.kubernetes.io/"

const roles = (object: unknown): string => {
  const labels = Fields.record(object, "metadata", "labels")
  const found = Fields.sorted(labels).flatMap(([key, value]) =>
    key.startsWith(role) ? [key.slice(role.length)] : key === "kubernetes.io/role" ? [String(value)] : []
  )
  return found.join(",") || "<none>"
}

const amounts = (page: Page, name: string, of: Fields.Fields): void => {
  if (Object.keys(of).length > 0) page.line(0, `${name}:`)
  for (const [key, value] of Fields.sorted(of)) page.field(1, key, String(value))
}

type Wants = Readonly<Record<"requests" | "limits", Record<string, number>>>

/** Requests and limits of a pod; what an init container needs counts where it is more. */
const wantsOf = (pod: unknown): Wants => {
  const out = { requests: {}, limits: {} } as { readonly requests: Record<string, number>; readonly limits: Record<string, number> }
  for (const kind of ["requests", "limits"] as const) {
    for (const container of Fields.list(pod, "spec", "containers")) {
      for (const [key, value] of Fields.sorted(Fields.record(container, "resources", kind)))
        out[kind][key] = (out[kind][key] ?? 0) + (Quantity.parse(String(value)) ?? 0)
    }
    for (const container of Fields.list(pod, "spec", "initContainers")) {
      for (const [key, value] of Fields.sorted(Fields.record(container, "resources", kind)))
        out[kind][key] = Math.max(out[kind][key] ?? 0, Quantity.parse(String(value)) ?? 0)
    }
  }
  return out
}

const amount = (value: number, key: string): string => Quantity.format(value, key === "cpu" ? "decimal" : "binary")
const share = (value: number, whole: number): string => `(${whole === 0 ? 0 : Math.trunc((value / whole) * 100)}%)`

export const node: Describer = {
  events: true,
  write: Effect.fnUntraced(function* (page, { inv, name, now, object }) {
    const [spec, status] = [Fields.at(object, "spec"), Fields.at(object, "status")]
    page.field(0, "Name", name)
    page.field(0, "Roles", roles(object))
    page.labels(object)
    page.annotations(object)
    page.field(0, "CreationTimestamp", Duration.rfc1123(Fields.time(object, "metadata", "creationTimestamp") ?? 0))
    const order = (taint: unknown): string => `${Fields.text(taint, "effect")},${Fields.text(taint, "key")}`
    const taints = [...Fields.list(spec, "taints")]
      .toSorted((a, b) => (order(a) < order(b) ? -1 : 1))
      .map(
        (taint) =>
          `${Fields.text(taint, "key")}${Fields.text(taint, "value") === "" ? "" : `=${Fields.text(taint, "value")}`}:${Fields.text(taint, "effect")}`
      )
    page.field(0, "Taints", taints[0] ?? "<none>")
    for (const taint of taints.slice(1)) page.line(0, "", taint)
    page.field(0, "Unschedulable", String(Fields.at(spec, "unschedulable") === true))
    yield* lease(page, inv, name)
    conditions(page, status, ["LastHeartbeatTime", "lastHeartbeatTime"])
    page.line(0, "Addresses:")
    for (const address of Fields.list(status, "addresses")) page.field(1, Fields.text(address, "type"), Fields.text(address, "address"))
    amounts(page, "Capacity", Fields.record(status, "capacity"))
    amounts(page, "Allocatable", Fields.record(status, "allocatable"))
    const info = Fields.at(status, "nodeInfo")
    page.line(0, "System Info:")
    for (const [label, key] of systemInfo) page.field(1, label, Fields.text(info, key))
    if (Fields.text(spec, "podCIDR") !== "") page.field(0, "PodCIDR", Fields.text(spec, "podCIDR"))
    const cidrs = Fields.list(spec, "podCIDRs").map(String)
    if (cidrs.length > 0) page.field(0, "PodCIDRs", cidrs.join(","))
    if (Fields.text(spec, "providerID") !== "") page.field(0, "ProviderID", Fields.text(spec, "providerID"))
    const pods = yield* items(inv, pathOf(resources.pods), {
      fieldSelector: `spec.nodeName=${name},status.phase!=Succeeded,status.phase!=Failed`
    })
    allocation(page, Fields.record(status, "allocatable"), pods, now)
  })
}

const systemInfo = [
  ["Machine ID", "machineID"],
  ["System UUID", "systemUUID"],
  ["Boot ID", "bootID"],
  ["Kernel Version", "kernelVersion"],
  ["OS Image", "osImage"],
  ["Operating System", "operatingSystem"],
  ["Architecture", "architecture"],
  ["Container Runtime Version", "containerRuntimeVersion"],
  ["Kubelet Version", "kubeletVersion"],
  ["Kube-Proxy Version", "kubeProxyVersion"]
] as const

const lease = (page: Page, inv: Parameters<typeof items>[0], name: string) =>
  inv.api.request({ method: "GET", path: `/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${name}` }).pipe(
    Effect.map((reply) => {
      page.line(0, "Lease:")
      page.field(1, "HolderIdentity", Fields.text(reply.body, "spec", "holderIdentity") || "<unset>")
      const times = [
        ["AcquireTime", "acquireTime"],
        ["RenewTime", "renewTime"]
      ] as const
      for (const [label, key] of times) {
        const at = Fields.time(reply.body, "spec", key)
        page.field(1, label, at === undefined ? "<unset>" : Duration.rfc1123(at))
      }
    }),
    Effect.catch((status) => Effect.sync(() => page.field(0, "Lease", `Failed to get lease: ${status.message}`)))
  )

const allocation = (page: Page, allocatable: Fields.Fields, pods: ReadonlyArray<unknown>, now: number): void => {
  const whole = (key: string): number => Quantity.parse(Fields.text(allocatable, key)) ?? 0
  page.field(0, "Non-terminated Pods", `(${pods.length} in total)`)
  page.line(1, "Namespace", "Name", "", "CPU Requests", "CPU Limits", "Memory Requests", "Memory Limits", "Age")
  page.line(1, "---------", "----", "", "------------", "----------", "---------------", "-------------", "---")
  const total: Wants = { requests: {}, limits: {} }
  for (const pod of pods) {
    const wants = wantsOf(pod)
    const cell = (kind: keyof Wants, key: string) => `${amount(wants[kind][key] ?? 0, key)} ${share(wants[kind][key] ?? 0, whole(key))}`
    for (const kind of ["requests", "limits"] as const)
      for (const [key, value] of Object.entries(wants[kind])) total[kind][key] = (total[kind][key] ?? 0) + value
    const age = Duration.human(now - (Fields.time(pod, "metadata", "creationTimestamp") ?? now))
    page.line(
      1,
      Fields.text(pod, "metadata", "namespace"),
      Fields.text(pod, "metadata", "name"),
      "",
      cell("requests", "cpu"),
      cell("limits", "cpu"),
      cell("requests", "memory"),
      cell("limits", "memory"),
      age
    )
  }
  page.text("Allocated resources:\n  (Total limits may be over 100 percent, i.e., overcommitted.)\n")
  page.line(1, "Resource", "Requests", "Limits")
  page.line(1, "--------", "--------", "------")
  for (const key of ["cpu", "memory", "ephemeral-storage"]) {
    const cell = (kind: keyof Wants) => `${amount(total[kind][key] ?? 0, key)} ${share(total[kind][key] ?? 0, whole(key))}`
    page.line(1, key, cell("requests"), cell("limits"))
  }
}

const core = (plural: string, kind: string) => ({ group: "", version: "v1", plural, kind, namespaced: true })

export const namespace: Describer = {
  events: false,
  write: Effect.fnUntraced(function* (page, { inv, name, object }) {
    page.field(0, "Name", name)
    page.labels(object)
    page.annotations(object)
    page.field(0, "Status", Fields.text(object, "status", "phase"))
    const quotas = yield* items(inv, pathOf(core("resourcequotas", "ResourceQuota"), name))
    if (quotas.length === 0) page.text("\nNo resource quota.\n")
    else page.text("\nResource Quotas\n")
    for (const quota of quotas) {
      page.field(1, "Name", Fields.text(quota, "metadata", "name"))
      page.line(1, "Resource", "Used", "Hard")
      page.line(1, "--------", "---", "---")
      for (const [key, hard] of Fields.sorted(Fields.record(quota, "status", "hard")))
        page.line(1, key, Fields.text(quota, "status", "used", key), String(hard))
    }
    const ranges = yield* items(inv, pathOf(core("limitranges", "LimitRange"), name))
    if (ranges.length === 0) return page.text("\nNo LimitRange resource.\n")
    page.text("\nResource Limits\n")
    limits(page, " ", ranges)
  })
}
