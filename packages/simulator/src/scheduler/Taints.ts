/** Taints and tolerations: pkg/scheduler/framework/plugins/tainttoleration. */
import type { Node, Taint, Toleration } from "../Kinds.ts"

export const tolerates = (tolerations: ReadonlyArray<Toleration> | undefined, taint: Taint): boolean =>
  tolerations?.some(
    ({ effect = "", key = "", operator = "Equal", value = "" }) =>
      (effect === "" || effect === taint.effect) &&
      (key === "" ? operator === "Exists" : key === taint.key) &&
      (operator === "Exists" || value === (taint.value ?? ""))
  ) === true

/** The first taint that keeps a pod from a node. */
export const untolerated = (tolerations: ReadonlyArray<Toleration> | undefined, node: Node): Taint | undefined =>
  node.spec.taints?.find((taint) => taint.effect !== "PreferNoSchedule" && !tolerates(tolerations, taint))

/** How many taints say that others should be preferred. */
export const intolerable = (tolerations: ReadonlyArray<Toleration> | undefined, node: Node): number =>
  (node.spec.taints ?? []).filter((taint) => taint.effect === "PreferNoSchedule" && !tolerates(tolerations, taint)).length
