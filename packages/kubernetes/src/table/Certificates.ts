/** The columns of certificate signing requests. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { at, print } from "../Json.ts"
import { humanDuration } from "../Time.ts"
import type { Column } from "./Column.ts"
import { age, condition, name, path, text } from "./Column.ts"

const state = (request: KubeObject): string => {
  const has = (type: string): boolean => condition(request, type)["type"] !== undefined
  const decision = has("Denied") ? "Denied" : has("Approved") ? "Approved" : "Pending"
  const failed = has("Failed") ? ",Failed" : ""
  return `${decision}${failed}${print(at(request, "status", "certificate")) === "" ? "" : ",Issued"}`
}

export const signingRequests: ReadonlyArray<Column> = [
  name,
  age,
  text("SignerName", path("<none>", "spec", "signerName")),
  text("Requestor", path("", "spec", "username")),
  text("RequestedDuration", (object) => {
    const seconds = at(object, "spec", "expirationSeconds")
    return typeof seconds === "number" ? humanDuration(seconds * 1000) : "<none>"
  }),
  text("Condition", state)
]
