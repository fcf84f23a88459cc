/**
 * CustomResourceDefinitions (a dry run each) whose rules are refused for what they may cost, or just not. `answers.golden.json` holds what a real
 * kube-apiserver says; what it says in no order is sorted.
 */
import type { KubeApi } from "@aiopslab/core/Kubernetes"
import { array, record, string } from "@aiopslab/kubernetes/Json"
import * as Effect from "effect/Effect"
import { rules, values } from "./Rules.ts"

type Schema = Readonly<Record<string, unknown>>

const text = { type: "string" }
const list = (items: Schema, more: Schema = {}): Schema => ({ type: "array", items, ...more })
const map = (additionalProperties: Schema, more: Schema = {}): Schema => ({ type: "object", additionalProperties, ...more })
const object = (properties: Schema, more: Schema = {}): Schema => ({ type: "object", properties, ...more })
const ruled = (schema: Schema, ...rules: ReadonlyArray<Schema | string>): Schema => ({
  ...schema,
  "x-kubernetes-validations": rules.map((rule) => (typeof rule === "string" ? { rule } : rule))
})

const dear = ruled(text, "self.contains(self)")
const each = "self.all(a, self.all(b, a == b))"
const spec = (schema: Schema): Schema => object({ spec: schema })

/** Each rule for as many values as make it just too dear. */
const counted = (from: number): Schema =>
  object(
    Object.fromEntries(
      rules
        .slice(from, from + 20)
        .map(([rule, count], i) => [`p${i + 100}`, list(ruled(object(values), rule), { maxItems: count })] as const)
    )
  )

const schemas: Readonly<Record<string, Schema>> = {
  ...Object.fromEntries(Array.from({ length: Math.ceil(rules.length / 20) }, (_, i) => [`rules from ${i * 20}`, counted(i * 20)])),
  "a text without a bound": spec(dear),
  "a text with one": spec(ruled({ type: "string", maxLength: 4000 }, "self.contains(self)")),
  "a text with a bound that is no number of characters": spec(ruled({ type: "string", maxLength: -1 }, "self.contains(self)")),
  "lists without bounds": spec(ruled(list(list(text)), "self.all(a, a.all(b, b.size() > 1))")),
  "lists with bounds": spec(ruled(list(list(text, { maxItems: 10 }), { maxItems: 10 }), "self.all(a, a.all(b, b.size() > 1))")),
  "an outer bound alone": spec(ruled(list(list(text), { maxItems: 3 }), "self.all(a, a.all(b, b.size() > 1))")),
  "each with each": spec(ruled(list(text), each)),
  "each with each, bounded": spec(ruled(list({ type: "string", maxLength: 20 }, { maxItems: 700 }), each)),
  "items of a list without a bound": spec(list(ruled(text, "self.startsWith('abcdefghijk')", "self.size() > 1"))),
  "items that take more room": spec(
    list(
      ruled(object({ name: text, other: text, given: { ...text, default: "x" } }, { required: ["name", "given"] }), "self.name.size() > 3")
    )
  ),
  "items of lists within lists": spec(list(list(ruled(object({ i: { type: "integer" } }), "self.i > 1"), { maxItems: 10 }))),
  "items of lists within bounded lists": spec(
    list(list(ruled(object({ i: { type: "integer" } }), "self.i > 1 && self.i < 5"), { maxItems: 1000 }), { maxItems: 2000 })
  ),
  "values of maps": spec(object({ m: map(ruled(text, "self.size() > 1 && self != 'abc'")), b: map(dear, { maxProperties: 2 }) })),
  "a field of a bounded map's values": spec(
    map(object({ s: ruled({ type: "string", maxLength: 50 }, "self.contains(self)") }), { maxProperties: 900 })
  ),
  "a map that may hold anything": spec(object({ m: ruled({ type: "object", additionalProperties: true }, "has(self.a)") })),
  "no items at all": spec(list(dear, { maxItems: 0 })),
  "many rules, none too dear": object(
    Object.fromEntries(
      Array.from({ length: 15 }, (_, i) => [`p${i}`, ruled({ type: "string", maxLength: 6000 + i * 100 }, "self.contains(self)")])
    )
  ),
  "many rules, some too dear": object({
    ...Object.fromEntries(
      Array.from({ length: 9 }, (_, i) => [`p${i}`, ruled({ type: "string", maxLength: 7000 + i * 500 }, "self.contains(self)")])
    ),
    dear: ruled({ type: "string", maxLength: 20_000 }, "self.contains(self)")
  }),
  "a message that is too dear": spec(
    ruled(
      list(text),
      { rule: "true", messageExpression: "self.all(a, self.all(b, a == b)) ? 'a' : 'b'" },
      { rule: each, messageExpression: "self.join(',')" }
    )
  ),
  "a message of each item": spec(list(ruled(text, { rule: "true", messageExpression: "self.replace('', 'abc')" }))),
  "a message that is no text": spec(ruled({ type: "integer" }, { rule: "self > 1", messageExpression: "self + 1" })),
  "a message of a rule that does not compile": spec(ruled({ type: "integer" }, { rule: "self >", messageExpression: "self + 1" })),
  "rules that are no bool": spec(ruled(list(text), "self", "self.size()", "self.map(a, a == 'b')", "self.all(a, a == 'b') ? 'a' : 'b'")),
  "a rule at what rules can't see": spec(ruled({ "x-kubernetes-preserve-unknown-fields": true }, "true")),
  "a field that rules can't see": spec(
    ruled(
      object({ any: { "x-kubernetes-preserve-unknown-fields": true }, "a b": text, __x: text }),
      "self.any == 1",
      "self.__underscores__x == 'a'"
    )
  ),
  "what was before, where it can't be found": object({
    l: list(ruled(text, "self == oldSelf")),
    set: list(ruled(text, { rule: "self == oldSelf.orValue('')", optionalOldSelf: true }), { "x-kubernetes-list-type": "set" }),
    map: list(object({ k: text, v: ruled(text, "self == oldSelf") }, { required: ["k"] }), {
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": ["k"]
    }),
    atomic: object({ a: ruled(text, "self == oldSelf"), l: list(ruled(text, "oldSelf == self")) }, { "x-kubernetes-map-type": "atomic" }),
    values: map(ruled(text, "self == oldSelf"))
  }),
  "what was before, and is not asked for": spec(
    ruled(
      text,
      { rule: "self == 'a'", optionalOldSelf: true },
      { rule: "self == 'a'", optionalOldSelf: false },
      { rule: "self == 'oldSelf'" }
    )
  ),
  "what was before, which may be nothing": spec(
    ruled(list(text), { rule: "oldSelf.hasValue() && oldSelf.value().all(a, a in self)", optionalOldSelf: true })
  ),
  "the whole object": ruled(
    object({ spec: object({ l: list(text) }) }),
    "self.metadata.name.startsWith('a') && self.spec.l.all(a, a == self.metadata.name)",
    "self.kind.contains(self.apiVersion)"
  ),
  "an object within": spec({
    ...ruled(object({}), "self.metadata.name.matches('a') && self.kind == 'Pod'"),
    "x-kubernetes-embedded-resource": true,
    "x-kubernetes-preserve-unknown-fields": true
  })
}

const version = (name: string, openAPIV3Schema: Schema, storage = name === "v1"): Schema => ({
  name,
  served: true,
  storage,
  schema: { openAPIV3Schema }
})

const definition = (versions: ReadonlyArray<Schema>): Schema => ({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "ws.example.io" },
  spec: { group: "example.io", scope: "Namespaced", names: { plural: "ws", kind: "W" }, versions }
})

export const definitions: Readonly<Record<string, Schema>> = {
  ...Object.fromEntries(Object.entries(schemas).map(([title, schema]) => [title, definition([version("v1", schema)])])),
  "two versions": definition([version("v1", spec(dear)), version("v2", spec(list(dear)))])
}

/** Of rules whose costs are all beyond counting, any are named. */
const inOrder = (cause: unknown): string => `${string(record(cause)["field"])}: ${string(record(cause)["message"])}`
const isNamedAtWill = (title: string, line: string): boolean => title.startsWith("rules from") && line.includes("contributed to")

export const answer = (api: KubeApi, title: string, body: Schema) =>
  api.request({ method: "POST", path: "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", query: { dryRun: ["All"] }, body }).pipe(
    Effect.map(({ code }) => ({ code, causes: [] as ReadonlyArray<string> })),
    Effect.catch(({ code, details }) =>
      Effect.succeed({
        code,
        causes: array(details?.causes)
          .map(inOrder)
          .filter((line) => !isNamedAtWill(title, line))
          .sort()
      })
    )
  )
