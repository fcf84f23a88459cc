/** ClusterRoles that aggregate others get their rules: `admin`, `edit`, `view` (pkg/controller/clusterroleaggregation). */
import { equal } from "@aiopslab/kubernetes/Equal"
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { at, records } from "@aiopslab/kubernetes/Json"
import * as Selector from "@aiopslab/kubernetes/Selector"
import * as Store from "@aiopslab/kubernetes/Store"
import type { Controller } from "../Controller.ts"
import { keyOf, parseKey } from "../Controller.ts"
import type { Turn } from "../Turn.ts"

const name = "cluster-role-aggregation"
const resource = "clusterroles.rbac.authorization.k8s.io"

const selectorsOf = (role: KubeObject) => records(at(role, "aggregationRule", "clusterRoleSelectors"))

/** A change of any role may concern all that aggregate. */
export const enqueueAll = (turn: Turn): void => {
  for (const role of Store.list(turn.store, resource)) if (selectorsOf(role).length > 0) turn.enqueue(name, keyOf(role))
}

export const clusterRoles: Controller = {
  name,
  resources: [resource],
  observe: enqueueAll,
  reconcile: (turn, key) => {
    const role = turn.get(resource, ...parseKey(key))
    if (role === undefined || selectorsOf(role).length === 0) return
    const others = Store.list(turn.store, resource).filter(({ metadata }) => metadata.name !== role.metadata.name)
    const rules: Array<unknown> = []
    for (const selector of selectorsOf(role).map(Selector.fromLabelSelector)) {
      for (const other of others) {
        if (!Selector.matches(selector, other.metadata.labels)) continue
        for (const rule of records(other["rules"])) if (!rules.some((known) => equal(known, rule))) rules.push(rule)
      }
    }
    if (!equal(rules, records(role["rules"]))) turn.update(resource, { ...role, rules })
  }
}
