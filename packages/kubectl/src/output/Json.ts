/** JSON as kubectl prints it. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { goJson, sortedWhole } from "@aiopslab/kubernetes/GoEncoder"
import { inGoOrder } from "@aiopslab/kubernetes/GoOrder"
import { builtInScheme, resourceOf } from "@aiopslab/kubernetes/Scheme"

/** A command that works with the types of built-in kinds holds their objects as structs. */
export const structJson = (object: KubeObject, indent?: number): string => {
  const type = resourceOf(builtInScheme, object)?.type
  return type === undefined ? mapJson(object, indent) : goJson(inGoOrder(object, type), indent)
}

/** Any other holds a map: keys in order. */
export const mapJson = (value: unknown, indent?: number): string => goJson(sortedWhole(value), indent)
