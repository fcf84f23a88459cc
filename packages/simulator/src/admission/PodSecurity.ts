/** The Pod Security Standards that a namespace's labels enforce: k8s.io/pod-security-admission. */
import { at } from "@aiopslab/kubernetes/Json"
import type { Admit } from "@aiopslab/kubernetes/Registry"
import * as Status from "@aiopslab/kubernetes/Status"
import * as Store from "@aiopslab/kubernetes/Store"
import * as Result from "effect/Result"
import { asPod } from "../Kinds.ts"
import * as PodSecurityChecks from "./PodSecurityChecks.ts"

const label = "pod-security.kubernetes.io/enforce"

export const podSecurity: Admit = (object, previous, resource, store) => {
  if (resource.id !== "pods") return Result.succeed(object)
  const labels = Store.get(store, "namespaces", "", object.metadata.namespace ?? "")?.metadata.labels
  const level = labels?.[label]
  if (level !== "baseline" && level !== "restricted") return Result.succeed(object)
  if (previous !== undefined && at(previous, "spec") === at(object, "spec")) return Result.succeed(object)
  const found = PodSecurityChecks.violations(asPod(object), level)
  if (found.length === 0) return Result.succeed(object)
  const version = labels?.[`${label}-version`] ?? "latest"
  const why = `violates PodSecurity "${level}:${version}": ${found.join(", ")}`
  return Result.fail(Status.forbidden(resource, object.metadata.name, why))
}
