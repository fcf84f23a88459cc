/** Every field of the rich object, in every odd form: created, and changed in a stored object. Nothing is stored: dry runs. */
import { isRecord } from "@aiopslab/kubernetes/Json"
import type { JsonRecord } from "@aiopslab/kubernetes/Json"
import type { Scenario, Step } from "../Step.ts"
import * as Tree from "../Tree.ts"
import type { Mutation, Node } from "./Mutations.ts"
import { changesOf, mutationsOf, nodesOf } from "./Mutations.ts"
import type { Stage, Subject } from "./Subject.ts"
import { create, dry, scenario, stage, step } from "./Subject.ts"

/** Metadata is the same for every kind: the errors have it. */
const fieldsOf = ({ kind }: Stage, object: JsonRecord, part: "spec" | "status"): ReadonlyArray<Node> =>
  kind.type === undefined
    ? []
    : nodesOf(kind.type, object).filter(({ path: [first] }) =>
        part === "status"
          ? first === "status"
          : first !== undefined && !["apiVersion", "kind", "metadata", "status"].includes(String(first))
      )

const named = (node: Node, { what }: Mutation): string => `${Tree.text(node.path)}: ${what}`

const creates = (subject: Subject): ReadonlyArray<Scenario> => {
  const at = stage(subject, "leaf")
  const { rich } = at.seed()
  const steps = fieldsOf(at, rich, "spec").flatMap((node) =>
    mutationsOf(node).map((mutation): Step => {
      const body = "value" in mutation ? Tree.set(rich, node.path, mutation.value) : Tree.remove(rich, node.path)
      return create(at, named(node, mutation), body, mutation.mutation, dry)
    })
  )
  return subject.kind.verbs.includes("create") ? scenario(at, "independent", steps) : []
}

const updates = (subject: Subject): ReadonlyArray<Scenario> => {
  if (!subject.kind.verbs.includes("update")) return []
  const at = stage(subject, "change")
  const { rich } = at.seed()
  const steps = fieldsOf(at, rich, "spec").flatMap((node) =>
    changesOf(node).map((mutation) =>
      step("update", mutation.mutation, named(node, mutation), {
        method: "PUT",
        path: at.item(rich),
        query: dry,
        from: { step: "stored", changes: [{ path: node.path, ...("value" in mutation ? { value: mutation.value } : {}) }] }
      })
    )
  )
  return scenario(at, "independent", steps, [create(at, "stored", rich)])
}

const statuses = (subject: Subject): ReadonlyArray<Scenario> => {
  if (subject.kind.subresources.get("status")?.includes("update") !== true) return []
  const at = stage(subject, "status")
  const { rich } = at.seed()
  if (!isRecord(rich["status"])) return []
  const put = (name: string, mutation: string, status: unknown): Step =>
    step("update status", mutation, name, {
      method: "PUT",
      path: `${at.item(rich)}/status`,
      query: dry,
      from: { step: "stored", changes: [{ path: ["status"], ...(status === undefined ? {} : { value: status }) }] }
    })
  const steps = fieldsOf(at, rich, "status").flatMap((node) =>
    mutationsOf(node).map((mutation) => {
      const object = "value" in mutation ? Tree.set(rich, node.path, mutation.value) : Tree.remove(rich, node.path)
      return put(named(node, mutation), mutation.mutation, Tree.at(object, ["status"]))
    })
  )
  return scenario(at, "independent", [put("whole", "valid", rich["status"]), ...steps], [create(at, "stored", rich)])
}

export const leaves = (subject: Subject): ReadonlyArray<Scenario> => [...creates(subject), ...updates(subject), ...statuses(subject)]
