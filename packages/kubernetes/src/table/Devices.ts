/** The columns of resource.k8s.io. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { array, at } from "../Json.ts"
import type { Column } from "./Column.ts"
import { age, name, path, text } from "./Column.ts"

const state = (claim: KubeObject): string => {
  const deleted = claim.metadata.deletionTimestamp !== undefined
  const allocated = at(claim, "status", "allocation") !== undefined
  const reserved = array(at(claim, "status", "reservedFor")).length > 0
  return [
    ...(deleted ? ["deleted"] : []),
    ...(allocated ? ["allocated", ...(reserved ? ["reserved"] : [])] : deleted ? [] : ["pending"])
  ].join(",")
}

export const claims: ReadonlyArray<Column> = [name, text("State", state), age]

export const named: ReadonlyArray<Column> = [name, age]

export const slices: ReadonlyArray<Column> = [
  name,
  text("Node", path("", "spec", "nodeName")),
  text("Driver", path("", "spec", "driver")),
  text("Pool", path("", "spec", "pool", "name")),
  age
]
