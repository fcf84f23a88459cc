/** `authorizer`: what somebody may do, asked of RBAC from within an expression. */
import type { Environment } from "@marcbachmann/cel-js"
import type { Identity } from "@aiopslab/core/Kubernetes"
import * as Principals from "../Principals.ts"
import * as Rbac from "../Rbac.ts"
import type { Store } from "../Store.ts"

/** For whom, at which moment. */
export class Authorizer {
  readonly store: Store
  readonly identity: Identity
  constructor(store: Store, identity: Identity) {
    this.store = store
    this.identity = identity
  }
}

class Check {
  readonly of: Authorizer
  readonly attributes: Rbac.Attributes
  constructor(of: Authorizer, attributes: Rbac.Attributes) {
    this.of = of
    this.attributes = attributes
  }
}

class Decision {
  readonly verdict: "allowed" | "denied"
  constructor(verdict: Decision["verdict"]) {
    this.verdict = verdict
  }
}

const part = (key: "resource" | "subresource" | "namespace" | "name") => (check: Check, text: string) =>
  check.attributes.kind === "resource" ? new Check(check.of, { ...check.attributes, [key]: text }) : check

export const withAuthorizer = (env: Environment): Environment =>
  env
    .registerType("Authorizer", Authorizer)
    .registerType("Check", Check)
    .registerType("Decision", Decision)
    .registerFunction(
      "Authorizer.group(string): Check",
      (of: Authorizer, group: string) =>
        new Check(of, { kind: "resource", verb: "", group, resource: "", subresource: "", namespace: "", name: "" })
    )
    .registerFunction("Authorizer.path(string): Check", (of: Authorizer, path: string) => new Check(of, { kind: "path", verb: "", path }))
    .registerFunction(
      "Authorizer.serviceAccount(string, string): Authorizer",
      ({ store }: Authorizer, namespace: string, name: string) => new Authorizer(store, Principals.accountIdentity({ namespace, name }))
    )
    .registerFunction("Check.resource(string): Check", part("resource"))
    .registerFunction("Check.subresource(string): Check", part("subresource"))
    .registerFunction("Check.namespace(string): Check", part("namespace"))
    .registerFunction("Check.name(string): Check", part("name"))
    .registerFunction(
      "Check.check(string): Decision",
      ({ attributes, of }: Check, verb: string) =>
        new Decision(Rbac.isAllowed(of.store, of.identity, { ...attributes, verb }) ? "allowed" : "denied")
    )
    .registerFunction("Decision.allowed(): bool", ({ verdict }: Decision) => verdict === "allowed")
    .registerFunction("Decision.errored(): bool", () => false)
    .registerFunction("Decision.error(): string", () => "")
    .registerFunction("Decision.reason(): string", () => "")
