/** What each quota's namespace uses of it: pkg/controller/resourcequota. */
import * as Store from "@aiopslab/kubernetes/Store"
import type { Controller } from "../Controller.ts"
import { keyOf, parseKey } from "../Controller.ts"
import { asQuota } from "../PolicyKinds.ts"
import * as Usage from "../quota/Usage.ts"

const name = "resourcequota"
const resource = "resourcequotas"

export const quotas: Controller = {
  name,
  resources: ["*"],
  observe: (turn, { object, previous, resource: changed, type }) => {
    if (changed === resource) {
      if (type !== "DELETED") turn.enqueue(name, keyOf(object))
      if (type === "MODIFIED") return
    }
    const { namespace } = object.metadata
    if (
      namespace === undefined ||
      changed === "events" ||
      (type === "MODIFIED" && previous?.["spec"] === object["spec"] && changed !== "pods")
    )
      return
    for (const quota of Store.list(turn.store, resource, namespace)) {
      if (Object.keys(asQuota(quota).spec.hard ?? {}).some((one) => Usage.resourceOf(one) === changed)) turn.enqueue(name, keyOf(quota))
    }
  },
  reconcile: (turn, key) => {
    const found = turn.get(resource, ...parseKey(key))
    if (found === undefined) return
    const quota = asQuota(found)
    const hard = quota.spec.hard ?? {}
    turn.put(resource, { ...quota, status: { hard, used: Usage.used(turn.store, quota, Object.keys(hard)) } })
  }
}
