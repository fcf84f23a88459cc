/** Refuses what a namespace's quotas leave no room for: apiserver/plugin/resourcequota. */
import type { Admit } from "@aiopslab/kubernetes/Registry"
import * as Quantity from "@aiopslab/kubernetes/Quantity"
import * as Status from "@aiopslab/kubernetes/Status"
import * as Store from "@aiopslab/kubernetes/Store"
import * as Result from "effect/Result"
import type { Labels } from "../Kinds.ts"
import { asPod } from "../Kinds.ts"
import { asQuota } from "../PolicyKinds.ts"
import * as Usage from "../quota/Usage.ts"

const pretty = (amounts: Labels, names: ReadonlyArray<string>): string =>
  names.map((name) => `${name}=${Quantity.canonical(amounts[name] ?? "0") ?? "0"}`).join(",")

/** Who doesn't say what a quota of compute resources needs to know: `requests.memory for: web`. */
const unsaid = (object: Parameters<Admit>[0], hard: Labels): string => {
  const { containers, initContainers = [] } = asPod(object).spec
  return Usage.compute
    .filter((name) => name in hard)
    .flatMap((name) => {
      const { kind, resource } = Usage.split(name)
      const without = [...containers, ...initContainers].filter((one) => one.resources?.[kind]?.[resource] === undefined)
      return without.length === 0
        ? []
        : [
            `${name} for: ${without
              .map((one) => one.name)
              .sort()
              .join(",")}`
          ]
    })
    .join("; ")
}

export const resourceQuota: Admit = (object, previous, resource, store) => {
  const quotas = Store.list(store, "resourcequotas", object.metadata.namespace ?? "")
  if (quotas.length === 0) return Result.succeed(object)
  const fails = (why: string) => Result.fail(Status.forbidden(resource, object.metadata.name, why))
  for (const quota of quotas.map(asQuota)) {
    const { hard } = quota.status
    if (hard === undefined || !Usage.applies(quota, resource.id, object)) continue
    const missing = resource.id === "pods" && previous === undefined ? unsaid(object, hard) : ""
    if (missing !== "") return fails(`failed quota: ${quota.metadata.name}: must specify ${missing}`)
    const asked = Usage.difference(Usage.of(resource.id, object), previous === undefined ? {} : Usage.of(resource.id, previous))
    const names = Object.keys(asked).filter((name) => name in hard && Quantity.compare(asked[name], "0") > 0)
    if (names.length === 0) continue
    const used = Usage.used(store, quota, names)
    const exceeded = names.filter((name) => Quantity.compare(Quantity.add(used[name] ?? "0", asked[name]), hard[name]) > 0).sort()
    if (exceeded.length > 0) {
      const [requested, taken, limited] = [asked, used, hard].map((amounts) => pretty(amounts, exceeded))
      return fails(`exceeded quota: ${quota.metadata.name}, requested: ${requested}, used: ${taken}, limited: ${limited}`)
    }
  }
  return Result.succeed(object)
}
