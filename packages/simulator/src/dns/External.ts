/** `k8s_external`: services by the addresses under which they are reached from outside. */
import { array, at, string, strings } from "@aiopslab/kubernetes/Json"
import * as Store from "@aiopslab/kubernetes/Store"
import { asService } from "../Kinds.ts"
import { readyAddresses } from "../ReadyAddresses.ts"
import type { World } from "../World.ts"
import type { Answer } from "./Answer.ts"
import * as Answers from "./Answer.ts"
import type { Directive } from "./Corefile.ts"
import { property } from "./Corefile.ts"
import * as Kubernetes from "./Kubernetes.ts"

/** `NAME.NAMESPACE.ZONE`; `kubernetes` is the directive of the same server block by which services are seen. */
export const answer = (
  world: Pick<World, "store" | "pods">,
  directive: Directive,
  kubernetes: Directive,
  zone: string,
  name: string
): Answer => {
  const whole = Answers.plain(zone)
  const apex = `${property(directive, "apex")?.[0] ?? "dns"}.${whole}`
  if (name === whole || Answers.isWithin(name, apex)) return Answers.nothing
  const [namespace = "", service, pod, ...more] = name
    .slice(0, -whole.length - 1)
    .split(".")
    .toReversed()
  if (!Kubernetes.isExposed(world, kubernetes, namespace)) return Answers.unknown
  if (service === undefined) return Answers.nothing
  const found = Store.get(world.store, "services", namespace, service)
  if (found === undefined || more.length > 0) return Answers.unknown
  const ingress = array(at(found, "status", "loadBalancer", "ingress")).flatMap((one) => string(at(one, "ip")) ?? [])
  const outside = [...ingress, ...strings(at(found, "spec", "externalIPs"))]
  const { clusterIP } = asService(found).spec
  const isInside = property(directive, "headless") !== undefined && outside.length === 0 && (clusterIP === "None" || pod !== undefined)
  const ready = isInside ? readyAddresses(world, asService(found)).map(({ address }) => address) : []
  const addresses = isInside
    ? ready.filter((one) => pod === undefined || Kubernetes.labelOf(kubernetes, one) === pod).map(({ ip }) => ip)
    : outside
  return addresses.length === 0 ? Answers.unknown : { _tag: "Addresses", name, addresses }
}
