/** ClusterRoles that aggregate others get their rules: `admin`, `edit`, `view` (pkg/controller/clusterroleaggregation). */
import { equal } from "@aiopslab/kubernetes/Equal"
import { records } from "@aiopslab/kubernetes/Json"
import * as Rbac from "@aiopslab/kubernetes/Rbac"
import * as Store from "@aiopslab/kubernetes/Store"
import type { Controller } from "../Controller.ts"
import { keyOf, parseKey } from "../Controller.ts"
import type { Turn } from "../Turn.ts"

const name = "cluster-role-aggregation"
const resource = "clusterroles.rbac.authorization.k8s.io"

/** A change of any role may concern all that aggregate. */
export const enqueueAll = (turn: Turn): void => {
  for (const role of Store.list(turn.store, resource)) if (Rbac.aggregates(role)) turn.enqueue(name, keyOf(role))
}

export const clusterRoles: Controller = {
  name,
  resources: [resource],
  observe: enqueueAll,
  reconcile: (turn, key) => {
    const role = turn.get(resource, ...parseKey(key))
    if (role === undefined || !Rbac.aggregates(role)) return
    const rules: Array<unknown> = []
    for (const source of Rbac.aggregatedBy(turn.store, role))
      for (const rule of records(source["rules"])) if (!rules.some((known) => equal(known, rule))) rules.push(rule)
    if (!equal(rules, records(role["rules"]))) turn.update(resource, { ...role, rules })
  }
}
