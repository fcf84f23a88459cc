/** Fields that an apply would change and others own. */
import { KubeStatus } from "@aiopslab/core/Kubernetes"
import type { Path } from "./Element.ts"
import { printPath } from "./Element.ts"
import type { FieldSet } from "./FieldSet.ts"
import * as Fields from "./FieldSet.ts"
import type { Manager } from "./Managed.ts"
import { identity } from "./Managed.ts"

export interface Conflict {
  readonly manager: Manager
  readonly path: Path
}

/** By manager, so that the order does not depend on how the entries came about. */
export const conflictsOf = (owned: ReadonlyArray<{ readonly manager: Manager; readonly fields: FieldSet }>): ReadonlyArray<Conflict> =>
  owned
    .toSorted((a, b) => (identity(a.manager) < identity(b.manager) ? -1 : 1))
    .flatMap(({ fields, manager }) => Fields.paths(fields).map((path) => ({ manager, path })))

const print = ({ apiVersion, manager, operation, subresource }: Manager): string =>
  [
    JSON.stringify(manager),
    ...(subresource === "" ? [] : [`with subresource ${JSON.stringify(subresource)}`]),
    ...(operation === "Update" ? [`using ${apiVersion}`] : [])
  ].join(" ")

const messageOf = (conflicts: ReadonlyArray<Conflict>): string => {
  const [first] = conflicts
  if (first !== undefined && conflicts.length === 1) {
    return `Apply failed with 1 conflict: conflict with ${print(first.manager)}: ${printPath(first.path)}`
  }
  const lines = conflicts.flatMap(({ manager, path }, i) => {
    const before = conflicts[i - 1]
    const isNew = before === undefined || identity(before.manager) !== identity(manager)
    return [...(isNew ? [`conflicts with ${print(manager)}:`] : []), `- ${printPath(path)}`]
  })
  return `Apply failed with ${conflicts.length} conflicts: ${lines.join("\n")}`
}

export const status = (conflicts: ReadonlyArray<Conflict>): KubeStatus =>
  new KubeStatus({
    code: 409,
    reason: "Conflict",
    message: messageOf(conflicts),
    details: {
      causes: conflicts.map(({ manager, path }) => ({
        reason: "FieldManagerConflict",
        message: `conflict with ${print(manager)}`,
        field: printPath(path)
      }))
    }
  })
