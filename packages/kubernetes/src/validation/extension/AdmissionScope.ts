/** What expressions of admission may name. */
import type { Scope } from "../Expression.ts"

const kind = { group: "string", version: "string", kind: "string" } as const
const resource = { group: "string", version: "string", resource: "string" } as const

const request = {
  kind,
  resource,
  subResource: "string",
  requestKind: kind,
  requestResource: resource,
  requestSubResource: "string",
  name: "string",
  namespace: "string",
  operation: "string",
  userInfo: { username: "string", uid: "string", groups: "dyn", extra: "dyn" },
  dryRun: "bool",
  options: "dyn"
} as const

export const plain: Scope = { object: "dyn", oldObject: "dyn", namespaceObject: "dyn", request, authorizer: "dyn" }

export const withParams: Scope = { ...plain, params: "dyn" }
