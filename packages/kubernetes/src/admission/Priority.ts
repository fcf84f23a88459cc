/** The admission plugin Priority: a pod's class must exist, and its priority is the class's. */
import * as Result from "effect/Result"
import { at, number, string } from "../Json.ts"
import type { Admit } from "../Registry.ts"
import * as Status from "../Status.ts"
import * as Store from "../Store.ts"

const classes = "priorityclasses.scheduling.k8s.io"

export const priority: Admit = (pod, previous, resource, store) => {
  if (resource.id !== "pods" || previous !== undefined) return Result.succeed(pod)
  const refuse = (why: string) => Result.fail(Status.forbidden(resource, pod.metadata.name, why))
  const name = string(at(pod, "spec", "priorityClassName")) ?? ""
  const found = name === "" ? undefined : Store.get(store, classes, "", name)
  if (name !== "" && found === undefined) return refuse(`no PriorityClass with name ${name} was found`)
  const computed = number(found?.["value"]) ?? 0
  const given = number(at(pod, "spec", "priority"))
  if (given !== undefined && given !== computed) {
    return refuse(
      `the integer value of priority (${given}) must not be provided in pod spec; priority admission controller computed ${computed} from the given PriorityClass name`
    )
  }
  const policy = string(found?.["preemptionPolicy"]) ?? "PreemptLowerPriority"
  const own = string(at(pod, "spec", "preemptionPolicy")) ?? policy
  return own === policy
    ? Result.succeed(pod)
    : refuse(
        `the string value of PreemptionPolicy (${own}) must not be provided in pod spec; priority admission controller computed ${policy} from the given PriorityClass name`
      )
}
