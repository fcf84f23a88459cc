/** Server-side apply by several managers, one after another: parts of the rich object drawn by seed, conflicts, force, parts given up. */
import { patchTypes } from "@aiopslab/core/Kubernetes"
import { record } from "@aiopslab/kubernetes/Json"
import type { JsonRecord } from "@aiopslab/kubernetes/Json"
import type { Scenario, Step } from "../Step.ts"
import * as Tree from "../Tree.ts"
import type { Node } from "./Mutations.ts"
import { changesOf, nodesOf } from "./Mutations.ts"
import type { Random } from "./Random.ts"
import { random } from "./Random.ts"
import type { Subject } from "./Subject.ts"
import { create, dry, nameOf, scenario, stage, step } from "./Subject.ts"

const managers = ["one", "two", "three"]

/** The rich object with some fields changed and some left out. */
const drawn = (chance: Random, rich: JsonRecord, nodes: ReadonlyArray<Node>): unknown =>
  Array.from({ length: 1 + chance.below(4) }).reduce<unknown>((object) => {
    const node = chance.pick(nodes)
    if (node === undefined) return object
    const change = chance.pick(changesOf(node))
    // an earlier draw may have taken away what is around it
    if (change === undefined || Tree.at(object, node.path) === undefined) return object
    return "value" in change ? Tree.set(object, node.path, change.value) : Tree.remove(object, node.path)
  }, rich)

const runs = 3
const length = 10

export const applies = (subject: Subject): ReadonlyArray<Scenario> => {
  const { kind } = subject
  if (!kind.verbs.includes("patch") || !kind.verbs.includes("get") || kind.type === undefined) return []
  return Array.from({ length: runs }, (_, run) => run).flatMap((run) => {
    const at = stage(subject, `apply${run}`)
    const { minimal, rich } = at.seed()
    const base = run === 0 ? { ...minimal, metadata: { ...record(rich["metadata"]), name: nameOf(minimal) } } : rich
    const path = at.item(base)
    const chance = random(at.scenario)
    const nodes =
      kind.type === undefined
        ? []
        : nodesOf(kind.type, rich).filter(
            ({ path: [first, second] }) =>
              first !== undefined &&
              !["apiVersion", "kind", "status"].includes(String(first)) &&
              !(first === "metadata" && second === "name")
          )
    const apply = (name: string, body: unknown, query: Readonly<Record<string, string>>): Step =>
      step("apply", "force" in query ? "force" : "apply", name, { method: "PATCH", path, contentType: patchTypes.apply, query, body })
    const get = (name: string): Step => step("get", "applied", name, { method: "GET", path })
    const steps = Array.from({ length }, (_, i): ReadonlyArray<Step> => {
      const fieldManager = chance.pick(managers) ?? "one"
      const body = drawn(chance, rich, nodes)
      switch (chance.below(6)) {
        case 0:
          return [apply(`${i} minimal by ${fieldManager}`, { ...minimal, metadata: { name: nameOf(base) } }, { fieldManager })]
        case 1:
          return [apply(`${i} by ${fieldManager}, dry`, body, { fieldManager, ...dry })]
        case 2:
          return [
            step("patch", "applied", `${i} merge`, {
              method: "PATCH",
              path,
              contentType: patchTypes.merge,
              body: { metadata: { labels: { app: `app${i}`, [`l${i}`]: "x" } } },
              query: { fieldManager }
            })
          ]
        case 3:
        case 4:
          return [apply(`${i} by ${fieldManager}, forced`, body, { fieldManager, force: "true" })]
        default:
          return [apply(`${i} by ${fieldManager}`, body, { fieldManager })]
      }
    }).flat()
    return scenario(at, "sequence", [
      run === 2 ? create(at, "create", base, "applied") : apply("first by one", base, { fieldManager: "one" }),
      apply("the same by two", base, { fieldManager: "two" }),
      apply(
        "a label of two",
        { apiVersion: base["apiVersion"], kind: base["kind"], metadata: { name: nameOf(base), labels: { app: "other" } } },
        { fieldManager: "two" }
      ),
      apply(
        "a label of two, forced",
        { apiVersion: base["apiVersion"], kind: base["kind"], metadata: { name: nameOf(base), labels: { app: "other" } } },
        { fieldManager: "two", force: "true" }
      ),
      get("get"),
      ...steps,
      get("get at last"),
      step("update", "applied", "update without managed fields", {
        method: "PUT",
        path,
        from: {
          step: "get at last",
          changes: [{ path: ["metadata", "managedFields"], value: [{}] }, { path: ["metadata", "resourceVersion"] }]
        }
      })
    ])
  })
}
