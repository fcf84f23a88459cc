/** The zone of the cluster's own names, from its Services: plugin/kubernetes. */
import * as Selector from "@aiopslab/kubernetes/Selector"
import * as Store from "@aiopslab/kubernetes/Store"
import * as Result from "effect/Result"
import type { Service } from "../Kinds.ts"
import { asService } from "../Kinds.ts"
import { readyAddresses } from "../ReadyAddresses.ts"
import type { World } from "../World.ts"
import type { Answer } from "./Answer.ts"
import * as Answers from "./Answer.ts"
import type { Directive } from "./Corefile.ts"
import { property } from "./Corefile.ts"

type Seen = Pick<World, "store" | "pods">

/** Whether the directive lets the namespace be known. */
export const isExposed = (world: Seen, directive: Directive, namespace: string): boolean =>
  Store.get(world.store, "namespaces", "", namespace) !== undefined && (property(directive, "namespaces")?.includes(namespace) ?? true)

const isSelected = (directive: Directive, { metadata: { labels } }: Service): boolean => {
  const wanted = property(directive, "labels")
  if (wanted === undefined) return true
  const selector = Selector.parse(wanted.join(" "))
  return Result.isSuccess(selector) && Selector.matches(selector.success, labels)
}

type ReadyAddress = ReturnType<typeof readyAddresses>[number]["address"]

/** By what name the directive has a pod of a Service. */
export const labelOf = (directive: Directive, { hostname, ip, targetRef }: ReadyAddress): string =>
  hostname ?? (property(directive, "endpoint_pod_names") === undefined ? undefined : targetRef?.name) ?? ip.replaceAll(".", "-")

const ofService = (
  world: Seen,
  directive: Directive,
  service: Service,
  pod: string | undefined,
  name: string,
  follow: (name: string) => Answer
): Answer => {
  const { clusterIP, externalName, type } = service.spec
  if (type === "ExternalName") return pod === undefined ? follow(Answers.plain(externalName ?? "")) : Answers.unknown
  const ready = readyAddresses(world, service).map(({ address }) => address)
  if (ready.length === 0 && property(directive, "ignore")?.[0] === "empty_service") return Answers.unknown
  const addresses =
    pod !== undefined
      ? ready.filter((address) => labelOf(directive, address) === pod).map(({ ip }) => ip)
      : clusterIP === "None"
        ? ready.map(({ ip }) => ip)
        : [clusterIP ?? ""]
  return addresses.length === 0 ? Answers.unknown : { _tag: "Addresses", name, addresses, of: { service, pod } }
}

/** `10-244-1-5.default.pod`: any address with `insecure`, a pod's with `verified`. */
const ofPod = (world: Seen, directive: Directive, label: string, namespace: string, name: string): Answer => {
  const mode = property(directive, "pods")?.[0] ?? "disabled"
  const address = /^\d+(?:-\d+){3}$/u.test(label) ? label.replaceAll("-", ".") : undefined
  if (mode === "disabled" || address === undefined) return Answers.unknown
  const isThere = mode === "insecure" || world.pods.valuesArray().some((pod) => pod.namespace === namespace && pod.ip === address)
  return isThere ? { _tag: "Addresses", name, addresses: [address] } : Answers.unknown
}

/** `follow` finds out a name that another one stands for. */
export const answer = (world: Seen, directive: Directive, zone: string, name: string, follow: (name: string) => Answer): Answer => {
  const labels = name === Answers.plain(zone) ? [] : name.slice(0, -Answers.plain(zone).length - 1).split(".")
  const kind = labels.at(-1)
  const namespace = labels.at(-2)
  if (kind === undefined) return Answers.nothing
  if (kind !== "svc" && kind !== "pod") return Answers.unknown
  if (namespace === undefined) return Answers.nothing
  if (!isExposed(world, directive, namespace)) return Answers.unknown
  const [last, before, ...more] = labels.slice(0, -2).toReversed()
  if (last === undefined) return Answers.nothing
  if (kind === "pod") return before === undefined ? ofPod(world, directive, last, namespace, name) : Answers.unknown
  if (more.length > 0) return Answers.unknown
  const found = Store.get(world.store, "services", namespace, last)
  if (found === undefined || !isSelected(directive, asService(found))) return Answers.unknown
  return ofService(world, directive, asService(found), before, name, follow)
}
