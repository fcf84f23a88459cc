/** One after another: every verb and subresource of a kind as a client uses them, with valid requests. */
import { patchTypes } from "@aiopslab/core/Kubernetes"
import type { Scenario, Step } from "../Step.ts"
import type { Stage, Subject } from "./Subject.ts"
import { create, dry, nameOf, scenario, stage, step } from "./Subject.ts"

const table = "application/json;as=Table;v=v1;g=meta.k8s.io"
const partial = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io"
const partialList = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io"

/** Steps of verbs that the kind has not are asked too, once: `405` is an answer. */
const steps = (at: Stage): ReadonlyArray<Step> => {
  const { kind } = at
  const { minimal } = at.seed("a")
  const { rich } = at.seed("b")
  const own = { labelSelector: `suite=${at.namespace}` }
  const a = at.item(minimal)
  const b = at.item(rich)
  const get = (name: string, path: string, accept?: string): Step =>
    step("get", "valid", name, { method: "GET", path, ...(accept === undefined ? {} : { accept }) })
  const list = (name: string, query: Readonly<Record<string, string>> = {}, accept?: string): Step =>
    step("list", "valid", name, {
      method: "GET",
      path: at.collection,
      query: { ...own, ...query },
      ...(accept === undefined ? {} : { accept })
    })
  const watch = (name: string, events: number, query: Readonly<Record<string, string>>): Step =>
    step("watch", "valid", name, { method: "GET", path: at.collection, query: { ...own, timeoutSeconds: "10", ...query }, events })
  const changed = (name: string, path: string, from: string, changes: NonNullable<Step["request"]["from"]>["changes"]): Step =>
    step("update", "valid", name, { method: "PUT", path, from: { step: from, changes } })
  const patched = (name: string, path: string, contentType: string, body: unknown, query = {}): Step =>
    step(contentType === patchTypes.apply ? "apply" : "patch", "valid", name, { method: "PATCH", path, contentType, body, query })
  const annotate = (value: string) => ({ metadata: { annotations: { [`example.com/${value}`]: value } } })

  const subresources = [...kind.subresources.keys()].flatMap((sub) => {
    if (!["status", "scale", "resize", "ephemeralcontainers", "approval"].includes(sub)) return []
    const path = `${b}/${sub}`
    const at = (verb: string, name: string, request: Omit<Step["request"], "path">): Step =>
      step(`${verb} ${sub}`, "valid", `${name} ${sub}`, { ...request, path })
    return [
      at("get", "get", { method: "GET" }),
      at("update", "put", { method: "PUT", from: { step: `get ${sub}`, changes: [] } }),
      at("patch", "merge", {
        method: "PATCH",
        contentType: patchTypes.merge,
        body: sub === "scale" ? { spec: { replicas: 7 } } : annotate(sub)
      }),
      at("patch", "strategic", {
        method: "PATCH",
        contentType: patchTypes.strategic,
        body: sub === "scale" ? { spec: { replicas: 3 } } : { status: rich["status"] }
      }),
      at("get", "get again", { method: "GET" })
    ]
  })

  return [
    create(at, "create minimal", minimal),
    create(at, "create rich", rich),
    create(at, "create dry", at.seed("c").rich, "valid", dry),
    create(at, "create named", { ...minimal, metadata: { generateName: `${nameOf(minimal)}-`, labels: { suite: at.namespace } } }),
    create(at, "create strict", at.seed("d").minimal, "valid", { fieldValidation: "Strict" }),
    get("get minimal", a),
    get("get rich", b),
    get("get dry", at.item(at.seed("c").rich)),
    get("get table", b, table),
    get("get metadata", b, partial),
    list("list"),
    list("list table", {}, table),
    list("list metadata", {}, partialList),
    list("list one", { limit: "1" }),
    list("list next", { limit: "1", continue: "${list one:metadata.continue}" }),
    list("list of rest", { continue: "${list one:metadata.continue}" }),
    list("list any", { resourceVersion: "0" }),
    list("list not older", { resourceVersion: "${create rich:metadata.resourceVersion}", resourceVersionMatch: "NotOlderThan" }),
    changed("update nothing", b, "get rich", []),
    changed("update annotation", a, "get minimal", [{ path: ["metadata", "annotations"], value: { "example.com/a": "1" } }]),
    changed("update label", b, "update nothing", [{ path: ["metadata", "labels", "example.com/b"], value: "2" }]),
    patched("merge patch", a, patchTypes.merge, annotate("merge")),
    patched("strategic patch", a, patchTypes.strategic, annotate("strategic")),
    patched("JSON patch", a, patchTypes.json, [{ op: "add", path: "/metadata/labels/json", value: "json" }]),
    patched("patch nothing", a, patchTypes.merge, {}),
    patched(
      "apply",
      a,
      patchTypes.apply,
      { ...minimal, metadata: { name: nameOf(minimal), labels: { applied: "yes" } } },
      { fieldManager: "one" }
    ),
    patched("apply new", at.item(at.seed("e").rich), patchTypes.apply, at.seed("e").rich, { fieldManager: "one" }),
    ...subresources,
    watch("watch since", 3, { resourceVersion: "${create minimal:metadata.resourceVersion}" }),
    watch("watch all", 2, {}),
    watch("watch with initial events", 6, {
      sendInitialEvents: "true",
      allowWatchBookmarks: "true",
      resourceVersionMatch: "NotOlderThan"
    }),
    watch("watch one", 1, { fieldSelector: `metadata.name=${nameOf(rich)}` }),
    step("delete", "valid", "delete dry", { method: "DELETE", path: a, query: dry }),
    step("delete", "valid", "delete", { method: "DELETE", path: a }),
    step("delete", "valid", "delete with options", {
      method: "DELETE",
      path: b,
      body: {
        kind: "DeleteOptions",
        apiVersion: "v1",
        propagationPolicy: "Background",
        gracePeriodSeconds: 0,
        preconditions: { uid: "${create rich:metadata.uid}" }
      }
    }),
    get("get deleted", a),
    get("get deleted with options", b),
    step("deletecollection", "valid", "delete collection dry", { method: "DELETE", path: at.collection, query: { ...own, ...dry } }),
    step("deletecollection", "valid", "delete collection", { method: "DELETE", path: at.collection, query: own }),
    list("list rest"),
    watch("watch deletions", 3, { resourceVersion: "${list not older:metadata.resourceVersion}" })
  ]
}

const created = (at: Stage): ReadonlyArray<Step> => [
  create(at, "create minimal", at.seed("a").minimal),
  create(at, "create rich", at.seed("b").rich),
  create(at, "create dry", at.seed("c").rich, "valid", dry),
  step("get", "unserved", "list", { method: "GET", path: at.collection })
]

export const lifecycle = (subject: Subject): ReadonlyArray<Scenario> => {
  const at = stage(subject, "life")
  return scenario(at, "sequence", subject.kind.verbs.includes("get") ? steps(at) : created(at))
}
