/** Lists by labels and by fields: every field label that could be supported, and every form of selector. */
import { isRecord } from "@aiopslab/kubernetes/Json"
import type { JsonRecord } from "@aiopslab/kubernetes/Json"
import { print } from "@aiopslab/kubernetes/Json"
import type { Scenario, Step } from "../Step.ts"
import * as Tree from "../Tree.ts"
import { nodesOf } from "./Mutations.ts"
import type { Stage, Subject } from "./Subject.ts"
import { create, nameOf, scenario, stage, step } from "./Subject.ts"

const labels = [
  "app=web",
  "app==web",
  "app!=web",
  "app in (web, api)",
  "app notin (web)",
  "app",
  "!app",
  "app,tier=x",
  "app = web , tier",
  "app in ()",
  "app in (web",
  "=web",
  "app=web=x",
  "app>5",
  "size>1",
  "size<3",
  "bad key!=x",
  "app=bad value!",
  ",",
  "a/b/c=x",
  "app in (web),app notin (api)"
]

const known = [
  "metadata.name",
  "metadata.namespace",
  "metadata.uid",
  "metadata.labels",
  "spec.nodeName",
  "status.phase",
  "spec.unschedulable",
  "type",
  "reason"
]

/** By the paths of the rich object's texts, numbers and flags, as far as a label can name them. */
const labelsOf = (at: Stage, rich: JsonRecord): ReadonlyArray<string> =>
  at.kind.type === undefined
    ? []
    : nodesOf(at.kind.type, rich)
        .filter(
          ({ path, value }) =>
            !isRecord(value) &&
            !Array.isArray(value) &&
            path.length <= 3 &&
            path.every((key) => typeof key === "string" && /^\w+$/.test(key))
        )
        .map(({ path }) => path.join("."))

export const selections = (subject: Subject): ReadonlyArray<Scenario> => {
  if (!subject.kind.verbs.includes("list")) return []
  const at = stage(subject, "select")
  const own = `suite=${at.namespace}`
  const one = Tree.set(at.seed("a").minimal, ["metadata", "labels", "app"], "web")
  const two = Tree.set(at.seed("b").rich, ["metadata", "labels", "size"], "2")
  const list = (mutation: string, query: Readonly<Record<string, string>>): Step =>
    step("list", mutation, `${mutation} ${Object.values(query).join("; ")}`, { method: "GET", path: at.collection, query })
  const { rich } = at.seed("b")
  const fields = [...new Set([...known, ...labelsOf(at, rich)])].map((field) => {
    const value = print(Tree.at(rich, field.split(".")))
      .slice(0, 60)
      .replaceAll(/[,=!\\]/g, "")
    return `${field}=${field === "metadata.namespace" && at.kind.namespaced ? at.namespace : value}`
  })
  const forms = [
    `metadata.name!=${nameOf(rich)}`,
    `metadata.name==${nameOf(rich)}`,
    `metadata.name=${nameOf(rich)},metadata.name!=x`,
    "metadata.name",
    "metadata.name in (a)",
    "=x",
    "metadata.name=a\\,b",
    "metadata.name=a\\b"
  ]
  return scenario(
    at,
    "independent",
    [
      ...labels.map((labelSelector) => list("labels", { labelSelector: `${own},${labelSelector}` })),
      ...fields.map((fieldSelector) => list("field", { labelSelector: own, fieldSelector })),
      ...forms.map((fieldSelector) => list("field form", { labelSelector: own, fieldSelector })),
      step("list", "namespace", "everywhere", {
        method: "GET",
        path: at.collection.replace(`namespaces/${at.namespace}/`, ""),
        query: { labelSelector: own }
      }),
      step("list", "namespace", "everywhere by field", {
        method: "GET",
        path: at.collection.replace(`namespaces/${at.namespace}/`, ""),
        query: { labelSelector: own, fieldSelector: `metadata.namespace=${at.namespace}` }
      })
    ],
    [create(at, "first", one), create(at, "second", two)]
  )
}
