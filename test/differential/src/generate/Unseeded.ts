/** What can be asked of a kind that nobody can create at will: component statuses, addresses. */
import { collectionOf } from "../Kinds.ts"
import type { Kind } from "../Kinds.ts"
import type { Scenario } from "../Step.ts"
import { step } from "./Subject.ts"

export const unseeded = (kind: Kind): Scenario => {
  const path = collectionOf(kind, "default")
  return {
    name: `${kind.label}/read`,
    kind: kind.label,
    setup: [],
    steps: [
      step("get", "absent", "absent", { method: "GET", path: `${path}/absent` }),
      step("get", "path", "an unknown subresource", { method: "GET", path: `${path}/absent/nothing` }),
      step("list", "labels", "of none", { method: "GET", path, query: { labelSelector: "none=here" } }),
      step("list", "labels", "by an odd selector", { method: "GET", path, query: { labelSelector: "a in" } }),
      step("create", "body", "an empty object", { method: "POST", path, body: {} }),
      step("create", "metadata", "without a name", { method: "POST", path, body: { apiVersion: kind.apiVersion, kind: kind.kind } }),
      step("delete", "absent", "delete absent", { method: "DELETE", path: `${path}/absent` }),
      step("deletecollection", "option", "delete none", { method: "DELETE", path, query: { labelSelector: "none=here" } })
    ],
    order: "independent"
  }
}
