/** What clients get wrong, whatever the kind. A stored object stays as it is: each step is refused or dry. */
import { patchTypes } from "@aiopslab/core/Kubernetes"
import { record } from "@aiopslab/kubernetes/Json"
import type { Request, Scenario, Step } from "../Step.ts"
import * as Tree from "../Tree.ts"
import type { Stage, Subject } from "./Subject.ts"
import { create, dry, nameOf, scenario, stage, step } from "./Subject.ts"

const absent = "absent"

/** With the length of what is cut, so that two values have two names. */
const brief = (value: unknown): string => {
  const text = JSON.stringify(value)
  return text.length <= 40 ? text : `${text.slice(0, 40)}… (${text.length})`
}

const creates = (at: Stage): ReadonlyArray<Step> => {
  const { minimal } = at.seed("new")
  const taken = at.seed().rich
  const bad = (name: string, path: Tree.Path, value: unknown, mutation = "metadata", query: Readonly<Record<string, string>> = {}): Step =>
    create(at, `create ${name}`, value === undefined ? Tree.remove(minimal, path) : Tree.set(minimal, path, value), mutation, {
      ...dry,
      ...query
    })
  const unknown = Tree.set(Tree.set(minimal, ["noSuchField"], 1), ["metadata", "noSuchMeta"], "x")
  const sent = (name: string, mutation: string, request: Omit<Request, "method" | "path">): Step =>
    step("create", mutation, `create ${name}`, { method: "POST", path: at.collection, query: dry, ...request })
  const metadata = (name: string, value: unknown): Step => bad(`with ${name} ${brief(value)}`, ["metadata", name], value)
  return [
    create(at, "create again", taken, "exists"),
    create(at, "create again, dry", taken, "exists", dry),
    bad("elsewhere", ["metadata", "namespace"], "elsewhere", "namespace"),
    bad("here", ["metadata", "namespace"], at.namespace, "namespace"),
    bad("of another kind", ["kind"], "Other", "kind"),
    bad("of no kind", ["kind"], undefined, "kind"),
    bad("of a wrong version", ["apiVersion"], "v7", "kind"),
    bad("of no version", ["apiVersion"], undefined, "kind"),
    bad("of a number for a kind", ["kind"], 7, "kind"),
    bad("without metadata", ["metadata"], undefined),
    bad("with text for metadata", ["metadata"], "text"),
    ...["", "UPPER", "under_score", "a..b", "-a", "a-", "a/b", "a%b", ".", "..", "a".repeat(64), "a".repeat(254)].map((name) =>
      metadata("name", name)
    ),
    metadata("name", 7),
    bad("without a name", ["metadata", "name"], undefined),
    bad("named", ["metadata"], { generateName: "named-" }),
    bad("named badly", ["metadata"], { generateName: "Named_" }),
    metadata("resourceVersion", "7"),
    metadata("uid", "c1c1c1c1-0000-4000-8000-000000000000"),
    metadata("creationTimestamp", "2019-01-01T00:00:00Z"),
    metadata("deletionTimestamp", "2019-01-01T00:00:00Z"),
    metadata("generation", 7),
    metadata("generation", -7),
    metadata("selfLink", "/here"),
    ...[
      { "Bad Key!": "x" },
      { "a/b/c": "x" },
      { "": "x" },
      { ok: "bad value!" },
      { ok: "v".repeat(64) },
      { ["k".repeat(64)]: "x" },
      { ok: 7 },
      [],
      "text",
      null
    ].map((labels) => metadata("labels", labels)),
    ...[{ "Bad Key!": "x" }, { Upper: "any value!" }, { ok: "v".repeat(262_145) }, { ok: 7 }, null].map((annotations) =>
      metadata("annotations", annotations)
    ),
    ...[["example.com/held"], ["unqualified"], ["bad finalizer!"], ["example.com/held", "example.com/held"], "text"].map((finalizers) =>
      metadata("finalizers", finalizers)
    ),
    ...[
      [{ apiVersion: "v1", kind: "ConfigMap", name: "owner", uid: "c1c1c1c1-0000-4000-8000-000000000000" }],
      [{ apiVersion: "v1", kind: "ConfigMap", name: "owner" }],
      [{}],
      [{ apiVersion: "v1", kind: "Event", name: "owner", uid: "x" }],
      [
        { apiVersion: "v1", kind: "ConfigMap", name: "one", uid: "1", controller: true },
        { apiVersion: "v1", kind: "ConfigMap", name: "two", uid: "2", controller: true }
      ],
      [{ apiVersion: "a/b/c", kind: "ConfigMap", name: "owner", uid: "x", blockOwnerDeletion: true }]
    ].map((owners, i) => bad(`with owners ${i}`, ["metadata", "ownerReferences"], owners)),
    ...["Strict", "Warn", "Ignore", "Odd"].map((fieldValidation) =>
      create(at, `create with unknown fields, ${fieldValidation}`, unknown, "unknown field", { ...dry, fieldValidation })
    ),
    create(at, "create with unknown fields", unknown, "unknown field", dry),
    create(at, "create with an odd dry run", minimal, "option", { dryRun: "Some" }),
    create(at, "create with a long manager", minimal, "option", { ...dry, fieldManager: "m".repeat(129) }),
    create(at, "create with an unprintable manager", minimal, "option", { ...dry, fieldManager: "a\u0007b" }),
    create(at, "create with a manager", minimal, "option", { ...dry, fieldManager: "someone" }),
    create(at, "create with pretty", minimal, "option", { ...dry, pretty: "true" }),
    sent("from nothing", "body", {}),
    sent("from a list", "body", { body: [] }),
    sent("from a text", "body", { body: "text" }),
    sent("from a number", "body", { body: 7 }),
    sent("from null", "body", { body: null }),
    sent("from an empty object", "body", { body: {} }),
    sent("from plain text", "media type", { body: minimal, contentType: "text/plain" }),
    sent("from YAML", "media type", { body: minimal, contentType: "application/yaml" }),
    sent("from a merge patch", "media type", { body: minimal, contentType: patchTypes.merge }),
    sent("to a page", "media type", { body: minimal, accept: "text/html" }),
    sent("to YAML or anything", "media type", { body: minimal, accept: "text/html, */*" }),
    step("create", "path", "create at an item", { method: "POST", path: at.item(minimal), query: dry, body: minimal }),
    step("create", "path", "create at an unknown subresource", {
      method: "POST",
      path: `${at.item(taken)}/nothing`,
      query: dry,
      body: minimal
    }),
    ...(at.kind.namespaced
      ? [
          step("create", "namespace", "create in an absent namespace", {
            method: "POST",
            path: at.collection.replace(at.namespace, absent),
            query: dry,
            body: minimal
          }),
          step("create", "namespace", "create in no namespace", {
            method: "POST",
            path: at.collection.replace(`namespaces/${at.namespace}/`, ""),
            query: dry,
            body: minimal
          })
        ]
      : [])
  ]
}

const reads = (at: Stage): ReadonlyArray<Step> => {
  const here = at.item(at.seed().rich)
  const get = (name: string, path: string, mutation: string, rest: Omit<Request, "method" | "path"> = {}): Step =>
    step("get", mutation, name, { method: "GET", path, ...rest })
  const list = (name: string, query: Readonly<Record<string, string>>, mutation = "option"): Step =>
    step("list", mutation, `list ${name}`, {
      method: "GET",
      path: at.collection,
      query: { labelSelector: `suite=${at.namespace}`, ...query }
    })
  return [
    get("get absent", `${at.collection}/${absent}`, "absent"),
    get("get an unknown subresource", `${here}/nothing`, "path"),
    get("get deeper", `${here}/status/nothing`, "path"),
    get("get at an odd version", here, "option", { query: { resourceVersion: "odd" } }),
    get("get at version 0", here, "option", { query: { resourceVersion: "0" } }),
    get("get a page", here, "media type", { accept: "text/html" }),
    get("get a table of an odd version", here, "media type", { accept: "application/json;as=Table;v=v7;g=meta.k8s.io" }),
    get("get an odd thing", here, "media type", { accept: "application/json;as=Odd;v=v1;g=meta.k8s.io" }),
    get("get a table or JSON", here, "media type", { accept: "application/json;as=Table;v=v1;g=meta.k8s.io,application/json" }),
    get("get a table with objects", here, "media type", {
      accept: "application/json;as=Table;v=v1;g=meta.k8s.io",
      query: { includeObject: "Object" }
    }),
    get("get a table without objects", here, "media type", {
      accept: "application/json;as=Table;v=v1;g=meta.k8s.io",
      query: { includeObject: "None" }
    }),
    ...(at.kind.namespaced ? [get("get elsewhere", here.replace(at.namespace, absent), "namespace")] : []),
    list("with an odd limit", { limit: "many" }),
    list("with a negative limit", { limit: "-1" }),
    list("with an odd continue", { limit: "1", continue: "odd" }),
    list("at an odd version", { resourceVersion: "odd" }),
    list("at a future version", { resourceVersion: "99999999" }),
    list("with a match alone", { resourceVersionMatch: "Exact" }),
    list("with an odd match", { resourceVersion: "1", resourceVersionMatch: "Odd" }),
    list("exactly version 0", { resourceVersion: "0", resourceVersionMatch: "Exact" }),
    list("with initial events", { sendInitialEvents: "true" }),
    list("with an odd timeout", { timeoutSeconds: "soon" })
  ]
}

const updates = (at: Stage): ReadonlyArray<Step> => {
  const { rich } = at.seed()
  const here = at.item(rich)
  const put = (name: string, changes: NonNullable<Request["from"]>["changes"], mutation: string, path = here, query = {}): Step =>
    step("update", mutation, `update ${name}`, { method: "PUT", path, query: { ...dry, ...query }, from: { step: "stored", changes } })
  const metadata = (name: string, value?: unknown, mutation = "metadata"): Step =>
    put(
      `with ${name} ${value === undefined ? "gone" : brief(value)}`,
      [{ path: ["metadata", name], ...(value === undefined ? {} : { value }) }],
      mutation
    )
  const odd = (name: string, rest: Partial<Request>, mutation: string): Step =>
    step("update", mutation, `update ${name}`, { method: "PUT", path: here, query: dry, ...rest })
  return [
    put("nothing", [], "valid"),
    put("absent", [{ path: ["metadata", "name"], value: absent }], "absent", `${at.collection}/${absent}`),
    put("absent without version", [{ path: ["metadata"], value: { name: absent } }], "absent", `${at.collection}/${absent}`),
    put("of another name", [], "metadata", `${at.collection}/${absent}`),
    put("of another kind", [{ path: ["kind"], value: "Other" }], "kind"),
    put("of a wrong version", [{ path: ["apiVersion"], value: "v7" }], "kind"),
    metadata("namespace", "elsewhere", "namespace"),
    metadata("namespace", undefined, "namespace"),
    metadata("name"),
    metadata("resourceVersion", "1", "conflict"),
    metadata("resourceVersion", "odd", "conflict"),
    metadata("resourceVersion", "0", "conflict"),
    metadata("resourceVersion", "", "conflict"),
    metadata("resourceVersion", undefined, "conflict"),
    metadata("uid", "c1c1c1c1-0000-4000-8000-000000000000", "conflict"),
    metadata("uid"),
    metadata("creationTimestamp", "2019-01-01T00:00:00Z"),
    metadata("deletionTimestamp", "2019-01-01T00:00:00Z"),
    metadata("generation", 99),
    metadata("generateName", "other-"),
    metadata("labels", { "Bad Key!": "x" }),
    metadata("labels", null),
    metadata("annotations", { "Bad Key!": "x" }),
    metadata("finalizers", ["bad finalizer!"]),
    metadata("finalizers", ["example.com/held"]),
    metadata("managedFields", [{ manager: "x", operation: "Odd" }]),
    metadata("managedFields", []),
    metadata("managedFields", [{}]),
    ...["Strict", "Warn", "Ignore"].map((fieldValidation) =>
      put(`with unknown fields, ${fieldValidation}`, [{ path: ["noSuchField"], value: { a: 1 } }], "unknown field", here, {
        fieldValidation
      })
    ),
    odd("the collection", { path: at.collection, body: rich }, "path"),
    odd("an unknown subresource", { path: `${here}/nothing`, body: rich }, "path"),
    odd("from nothing", {}, "body"),
    odd("from a text", { body: "text" }, "body"),
    odd("from an empty object", { body: {} }, "body"),
    odd("from plain text", { body: rich, contentType: "text/plain" }, "media type"),
    odd("with a long manager", { body: rich, query: { ...dry, fieldManager: "m".repeat(129) } }, "option")
  ]
}

const patches = (at: Stage): ReadonlyArray<Step> => {
  const { rich } = at.seed()
  const here = at.item(rich)
  const patch = (name: string, contentType: string, body: unknown, mutation: string, rest: Partial<Request> = {}): Step =>
    step(contentType === patchTypes.apply ? "apply" : "patch", mutation, `patch ${name}`, {
      method: "PATCH",
      path: here,
      contentType,
      ...rest,
      query: { ...dry, ...rest.query },
      body
    })
  const { apply, json, merge, strategic } = patchTypes
  const label = { metadata: { labels: { patched: "yes" } } }
  const applied = { apiVersion: rich["apiVersion"], kind: rich["kind"], metadata: { name: nameOf(rich), labels: { applied: "yes" } } }
  const one = { query: { fieldManager: "one" } }
  return [
    patch("as JSON", "application/json", label, "media type"),
    patch("as text", "text/plain", label, "media type"),
    patch("with a list as merge", merge, [], "body"),
    patch("with a text as merge", merge, "text", "body"),
    patch("with null as merge", merge, null, "body"),
    patch("with a list as strategic", strategic, [], "body"),
    patch("with an object as JSON patch", json, label, "body"),
    patch("with an odd operation", json, [{ op: "odd", path: "/metadata/labels" }], "body"),
    patch("without operations", json, [], "body"),
    patch("with an operation without path", json, [{ op: "add", value: 1 }], "body"),
    patch("with a failing test", json, [{ op: "test", path: "/metadata/name", value: "other" }], "test"),
    patch("with a passing test", json, [{ op: "test", path: "/metadata/name", value: nameOf(rich) }], "test"),
    patch("removing what is not there", json, [{ op: "remove", path: "/metadata/nothing" }], "path"),
    patch("replacing what is not there", json, [{ op: "replace", path: "/metadata/nothing/deep", value: 1 }], "path"),
    patch("adding below nothing", json, [{ op: "add", path: "/nothing/deep", value: 1 }], "path"),
    patch("copying from nothing", json, [{ op: "copy", from: "/nothing", path: "/metadata/labels/x" }], "path"),
    ...[json, merge, strategic, apply].map((type) =>
      patch(`absent, ${type}`, type, type === json ? [] : type === apply ? { ...applied, metadata: { name: absent } } : label, "absent", {
        path: `${at.collection}/${absent}`,
        ...one
      })
    ),
    ...[merge, strategic].flatMap((type) => [
      patch(`the name, ${type}`, type, { metadata: { name: "other" } }, "metadata"),
      patch(`the uid, ${type}`, type, { metadata: { uid: "other" } }, "metadata"),
      patch(`the version, ${type}`, type, { metadata: { resourceVersion: "1" } }, "conflict"),
      patch(`the kind, ${type}`, type, { kind: "Other" }, "kind"),
      patch(`the apiVersion, ${type}`, type, { apiVersion: "v7" }, "kind"),
      patch(`unknown fields, ${type}`, type, { noSuchField: 1 }, "unknown field"),
      patch(`unknown fields strictly, ${type}`, type, { noSuchField: 1 }, "unknown field", { query: { fieldValidation: "Strict" } }),
      patch(`labels to a list, ${type}`, type, { metadata: { labels: [] } }, "type"),
      patch(`labels to a number, ${type}`, type, { metadata: { labels: { a: 7 } } }, "type"),
      patch(`away all labels, ${type}`, type, { metadata: { labels: null } }, "null"),
      patch(`all away, ${type}`, type, { spec: null, metadata: null }, "null")
    ]),
    patch("with force", merge, label, "option", { query: { force: "true" } }),
    patch("the collection", merge, label, "path", { path: at.collection }),
    patch("an unknown subresource", merge, label, "path", { path: `${here}/nothing` }),
    patch("by no manager", apply, applied, "option"),
    patch("by one", apply, applied, "valid", one),
    patch("another name", apply, { ...applied, metadata: { name: "other" } }, "metadata", one),
    patch("no name", apply, { ...applied, metadata: {} }, "metadata", one),
    patch("with managed fields", apply, { ...applied, metadata: { ...applied.metadata, managedFields: [] } }, "metadata", one),
    patch("with a version", apply, { ...applied, metadata: { ...applied.metadata, resourceVersion: "1" } }, "conflict", one),
    patch("with a uid", apply, { ...applied, metadata: { ...applied.metadata, uid: "other" } }, "conflict", one),
    patch("of another kind", apply, { ...applied, kind: "Other" }, "kind", one),
    patch("of no kind", apply, { metadata: applied.metadata }, "kind", one),
    patch("of a wrong version", apply, { ...applied, apiVersion: "v7" }, "kind", one),
    patch("of an unknown field", apply, { ...applied, noSuchField: 1 }, "unknown field", one),
    patch("of labels as text", apply, { ...applied, metadata: { ...applied.metadata, labels: "text" } }, "type", one),
    patch("of a list", apply, [], "body", one)
  ]
}

const deletes = (at: Stage): ReadonlyArray<Step> => {
  const { rich } = at.seed()
  const here = at.item(rich)
  const gone = (name: string, body: unknown, mutation: string, query: Readonly<Record<string, string>> = {}, path = here): Step =>
    step("delete", mutation, `delete ${name}`, {
      method: "DELETE",
      path,
      query: { ...dry, ...query },
      ...(body === undefined ? {} : { body })
    })
  const all = (name: string, query: Readonly<Record<string, string>>, body?: unknown): Step =>
    step("deletecollection", "option", `delete all ${name}`, {
      method: "DELETE",
      path: at.collection,
      query: { ...dry, labelSelector: `suite=${at.namespace}`, ...query },
      ...(body === undefined ? {} : { body })
    })
  const options = (rest: Readonly<Record<string, unknown>>) => ({ kind: "DeleteOptions", apiVersion: "v1", dryRun: ["All"], ...rest })
  return [
    gone("absent", undefined, "absent", {}, `${at.collection}/${absent}`),
    gone("another uid", options({ preconditions: { uid: "c1c1c1c1-0000-4000-8000-000000000000" } }), "precondition"),
    gone("the right uid", options({ preconditions: { uid: "${stored:metadata.uid}" } }), "precondition"),
    gone("another version", options({ preconditions: { resourceVersion: "1" } }), "precondition"),
    gone("the right version", options({ preconditions: { resourceVersion: "${stored:metadata.resourceVersion}" } }), "precondition"),
    gone("in two ways", options({ orphanDependents: true, propagationPolicy: "Background" }), "option"),
    ...["Orphan", "Foreground", "Background", "Odd"].map((policy) => gone(policy, options({ propagationPolicy: policy }), "option")),
    ...["Foreground", "Odd"].map((propagationPolicy) => gone(`${propagationPolicy} by query`, undefined, "option", { propagationPolicy })),
    gone("orphaning", options({ orphanDependents: true }), "option"),
    gone("with a negative grace period", options({ gracePeriodSeconds: -1 }), "option"),
    gone("with an odd grace period", undefined, "option", { gracePeriodSeconds: "long" }),
    gone("at once", options({ gracePeriodSeconds: 0 }), "option"),
    gone("with an odd dry run", { kind: "DeleteOptions", apiVersion: "v1", dryRun: ["Some"] }, "option"),
    gone("with another kind of options", { kind: "Other", apiVersion: "v1" }, "kind"),
    gone("with unknown options", options({ noSuchOption: 1 }), "unknown field"),
    gone("with text", "text", "body"),
    gone("an unknown subresource", undefined, "path", {}, `${here}/nothing`),
    all("by an odd selector", { labelSelector: "a in" }),
    all("by an odd field", { fieldSelector: "odd=1" }),
    all("with an odd policy", {}, options({ propagationPolicy: "Odd" })),
    all("of none", { labelSelector: "none=here" })
  ]
}

const subresources = (at: Stage): ReadonlyArray<Step> => {
  const { rich } = at.seed()
  return [...at.kind.subresources].flatMap(([sub, verbs]) => {
    const path = `${at.collection}/${absent}/${sub}`
    const here = `${at.item(rich)}/${sub}`
    const ask = (verb: string, mutation: string, name: string, request: Request): ReadonlyArray<Step> => [
      step(`${verb} ${sub}`, mutation, `${verb} ${sub} ${name}`, { ...request, query: { ...dry, ...request.query } })
    ]
    // proxies and streams have a suite of their own
    if (["proxy", "exec", "attach", "portforward", "log", "token", "binding", "eviction", "finalize"].includes(sub)) return []
    return [
      ...(verbs.includes("get") ? ask("get", "absent", "absent", { method: "GET", path }) : []),
      ...(verbs.includes("update")
        ? [
            ...ask("update", "absent", "absent", {
              method: "PUT",
              path,
              body: { ...rich, metadata: { ...record(rich["metadata"]), name: absent } }
            }),
            ...ask("update", "kind", "of another kind", { method: "PUT", path: here, body: { ...rich, kind: "Other" } }),
            ...ask("update", "body", "from nothing", { method: "PUT", path: here }),
            ...ask("update", "body", "from an empty object", { method: "PUT", path: here, body: {} })
          ]
        : []),
      ...(verbs.includes("patch")
        ? [
            ...ask("patch", "absent", "absent", { method: "PATCH", path, contentType: patchTypes.merge, body: {} }),
            ...ask("patch", "media type", "as JSON", { method: "PATCH", path: here, contentType: "application/json", body: {} }),
            ...ask("patch", "test", "with a failing test", {
              method: "PATCH",
              path: here,
              contentType: patchTypes.json,
              body: [{ op: "test", path: "/metadata/name", value: "other" }]
            }),
            ...ask("patch", "type", "with text for spec", {
              method: "PATCH",
              path: here,
              contentType: patchTypes.merge,
              body: { spec: "text", status: "text" }
            })
          ]
        : []),
      ...ask("delete", "unserved", "", { method: "DELETE", path: here })
    ]
  })
}

export const refusals = (subject: Subject): ReadonlyArray<Scenario> => {
  const at = stage(subject, "refuse")
  const { verbs } = subject.kind
  if (!verbs.includes("get")) return scenario(at, "independent", creates(at))
  return scenario(
    at,
    "independent",
    [
      ...(verbs.includes("create") ? creates(at) : []),
      ...reads(at),
      ...(verbs.includes("update") ? updates(at) : []),
      ...(verbs.includes("patch") ? patches(at) : []),
      ...(verbs.includes("delete") ? deletes(at) : []),
      ...subresources(at)
    ],
    [create(at, "stored", at.seed().rich)]
  )
}
