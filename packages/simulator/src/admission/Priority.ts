/** A pod's class becomes a number: plugin/pkg/admission/priority. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { number, string } from "@aiopslab/kubernetes/Json"
import type { Admit } from "@aiopslab/kubernetes/Registry"
import * as Status from "@aiopslab/kubernetes/Status"
import * as Store from "@aiopslab/kubernetes/Store"
import * as Result from "effect/Result"
import { asPod } from "../Kinds.ts"

const classes = "priorityclasses.scheduling.k8s.io"

/** The class of pods that name none: of several the one of least value. */
const defaultClass = (store: Store.Store): KubeObject | undefined => {
  let found: KubeObject | undefined
  for (const one of Store.list(store, classes)) {
    if (one["globalDefault"] === true && (number(one["value"]) ?? 0) < (number(found?.["value"]) ?? Infinity)) found = one
  }
  return found
}

export const priority: Admit = (object, previous, resource, store) => {
  if (resource.id === classes) {
    const other = object["globalDefault"] === true ? defaultClass(store) : undefined
    if (other === undefined || other.metadata.name === object.metadata.name) return Result.succeed(object)
    const why = `PriorityClass ${other.metadata.name} is already marked as default. Only one default can exist`
    return Result.fail(Status.forbidden(resource, object.metadata.name, why))
  }
  if (resource.id !== "pods" || previous !== undefined) return Result.succeed(object)
  const { metadata, spec } = asPod(object)
  const name = spec.priorityClassName ?? ""
  const found = name === "" ? defaultClass(store) : Store.get(store, classes, "", name)
  // as the real server, which makes the name after admission
  const subject = metadata.generateName ?? metadata.name
  if (name !== "" && found === undefined) {
    return Result.fail(Status.forbidden(resource, subject, `no PriorityClass with name ${name} was found`))
  }
  const value = number(found?.["value"]) ?? 0
  // 0 is the server's default
  if ((spec.priority ?? 0) !== 0 && spec.priority !== value) {
    const why = `the integer value of priority (${spec.priority}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`
    return Result.fail(Status.forbidden(resource, subject, why))
  }
  const preemptionPolicy = string(found?.["preemptionPolicy"]) ?? "PreemptLowerPriority"
  return Result.succeed({
    ...object,
    spec: { ...spec, ...(found === undefined ? {} : { priorityClassName: found.metadata.name }), priority: value, preemptionPolicy }
  })
}
