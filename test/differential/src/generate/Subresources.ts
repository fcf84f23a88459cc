/** Subresources that are a verb of their own: binding, eviction, logs, tokens, finalize. */
import type { Request, Scenario, Step } from "../Step.ts"
import type { Stage, Subject } from "./Subject.ts"
import { create, dry, nameOf, scenario, stage, step } from "./Subject.ts"

type Ask = (verb: string, mutation: string, name: string, request: Request) => Step

const pods = (at: Stage, ask: Ask): ReadonlyArray<Step> => {
  const labelled = (which: string) => ({
    ...at.seed(which).minimal,
    metadata: { name: nameOf(at.seed(which).minimal), labels: { app: "guarded" } }
  })
  const [a, b] = [labelled("a"), labelled("b")]
  const binding = (name: string, target: unknown) => ({ apiVersion: "v1", kind: "Binding", metadata: { name }, target })
  const eviction = (name: string, deleteOptions: unknown = {}) => ({
    apiVersion: "policy/v1",
    kind: "Eviction",
    metadata: { name },
    deleteOptions
  })
  const node = { apiVersion: "v1", kind: "Node", name: "node-1" }
  const bind = (mutation: string, name: string, body: unknown, path = at.item(a), query = {}): Step =>
    ask("create binding", mutation, name, { method: "POST", path: `${path}/binding`, body, query })
  const evict = (mutation: string, name: string, body: unknown, path = at.item(b), query = {}): Step =>
    ask("create eviction", mutation, name, { method: "POST", path: `${path}/eviction`, body, query })
  const log = (mutation: string, name: string, query: Readonly<Record<string, string>> = {}, path = at.item(a)): Step =>
    ask("get log", mutation, name, { method: "GET", path: `${path}/log`, query })
  return [
    create(at, "create a", a),
    create(at, "create b", b),
    log("valid", "log of a pod without node"),
    log("absent", "log of an absent pod", {}, `${at.collection}/absent`),
    log("option", "log of an absent container", { container: "other" }),
    log("option", "log with odd lines", { tailLines: "-1" }),
    log("option", "log since two things", { sinceSeconds: "5", sinceTime: "2019-01-01T00:00:00Z" }),
    log("option", "log with an odd number", { limitBytes: "none" }),
    bind("target", "bind to nothing", binding(nameOf(a), {})),
    bind("target", "bind to a pod", binding(nameOf(a), { apiVersion: "v1", kind: "Pod", name: "node-1" })),
    bind("metadata", "bind another", binding("other", node)),
    bind("body", "bind with an empty object", {}),
    bind("absent", "bind an absent pod", binding("absent", node), `${at.collection}/absent`),
    bind("valid", "bind dry", binding(nameOf(a), node), at.item(a), dry),
    bind("valid", "bind", binding(nameOf(a), node)),
    bind("exists", "bind again", binding(nameOf(a), node)),
    ask("get", "valid", "get bound", { method: "GET", path: at.item(a) }),
    ask("create binding", "valid", "bind by the collection", {
      method: "POST",
      path: at.collection.replace(/pods$/, "bindings"),
      body: binding(nameOf(b), node)
    }),
    evict("absent", "evict an absent pod", eviction("absent"), `${at.collection}/absent`),
    evict("metadata", "evict another", eviction("other")),
    evict("body", "evict with an empty object", {}),
    evict("precondition", "evict another uid", eviction(nameOf(b), { preconditions: { uid: "c1c1c1c1-0000-4000-8000-000000000000" } })),
    evict("valid", "evict dry", eviction(nameOf(b)), at.item(b), dry),
    ask("create", "valid", "guard", {
      method: "POST",
      path: `/apis/policy/v1/namespaces/${at.namespace}/poddisruptionbudgets`,
      body: {
        apiVersion: "policy/v1",
        kind: "PodDisruptionBudget",
        metadata: { name: "guard" },
        spec: { minAvailable: 1, selector: { matchLabels: { app: "guarded" } } }
      }
    }),
    evict("guarded", "evict guarded", eviction(nameOf(b))),
    ask("create", "valid", "guard twice", {
      method: "POST",
      path: `/apis/policy/v1/namespaces/${at.namespace}/poddisruptionbudgets`,
      body: {
        apiVersion: "policy/v1",
        kind: "PodDisruptionBudget",
        metadata: { name: "guard2" },
        spec: { minAvailable: 1, selector: { matchLabels: { app: "guarded" } } }
      }
    }),
    evict("guarded", "evict guarded twice", eviction(nameOf(b))),
    ask("get", "valid", "get guarded", { method: "GET", path: at.item(b) }),
    ask("create exec", "valid", "exec without upgrade", { method: "POST", path: `${at.item(a)}/exec`, query: { command: "ls" } }),
    ask("create attach", "valid", "attach without upgrade", { method: "POST", path: `${at.item(a)}/attach` }),
    ask("create portforward", "valid", "forward without upgrade", { method: "POST", path: `${at.item(a)}/portforward` })
  ]
}

const accounts = (at: Stage, ask: Ask): ReadonlyArray<Step> => {
  const account = at.seed().minimal
  const token = (mutation: string, name: string, spec: unknown, path = at.item(account)): Step =>
    ask("create token", mutation, name, {
      method: "POST",
      path: `${path}/token`,
      body: { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec }
    })
  return [
    create(at, "create", account),
    token("valid", "token", {}),
    token("valid", "token for an audience", { audiences: ["vault"], expirationSeconds: 3600 }),
    token("range", "token for a moment", { expirationSeconds: 60 }),
    token("range", "token for ever", { expirationSeconds: 5_000_000_000 }),
    token("type", "token for a text", { expirationSeconds: "long" }),
    token("absent", "token of an absent account", {}, `${at.collection}/absent`),
    token("absent", "token bound to an absent pod", { boundObjectRef: { apiVersion: "v1", kind: "Pod", name: "absent" } }),
    token("odd", "token bound to an odd kind", { boundObjectRef: { apiVersion: "v1", kind: "Service", name: "absent" } }),
    ask("create token", "body", "token from an empty object", { method: "POST", path: `${at.item(account)}/token`, body: {} })
  ]
}

const namespaces = (at: Stage, ask: Ask): ReadonlyArray<Step> => {
  const { minimal } = at.seed()
  const finalize = (mutation: string, name: string, finalizers: ReadonlyArray<string>): Step =>
    ask("update finalize", mutation, name, {
      method: "PUT",
      path: `${at.item(minimal)}/finalize`,
      from: {
        step: "get before",
        changes: [{ path: ["spec", "finalizers"], value: finalizers }, { path: ["metadata", "resourceVersion"] }]
      }
    })
  return [
    create(at, "create", minimal),
    ask("get", "valid", "get before", { method: "GET", path: at.item(minimal) }),
    finalize("odd", "an odd finalizer", ["odd"]),
    finalize("valid", "one more", ["kubernetes", "example.com/more"]),
    ask("delete", "valid", "delete", { method: "DELETE", path: at.item(minimal) }),
    ask("create", "terminating", "create in a namespace that ends", {
      method: "POST",
      path: `/api/v1/namespaces/${nameOf(minimal)}/configmaps`,
      body: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "late" } }
    }),
    ask("delete", "terminating", "delete again", { method: "DELETE", path: at.item(minimal) }),
    finalize("valid", "only one", ["kubernetes"]),
    finalize("valid", "none", []),
    ask("get", "valid", "get after", { method: "GET", path: at.item(minimal) })
  ]
}

const of: Readonly<Record<string, (at: Stage, ask: Ask) => ReadonlyArray<Step>>> = {
  Pod: pods,
  ServiceAccount: accounts,
  Namespace: namespaces
}

export const subresources = (subject: Subject): ReadonlyArray<Scenario> => {
  const at = stage(subject, "sub")
  return scenario(at, "sequence", of[subject.kind.label]?.(at, step) ?? [])
}
