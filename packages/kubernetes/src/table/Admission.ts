/** The columns of admissionregistration.k8s.io. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { at, print, record } from "../Json.ts"
import type { Column } from "./Column.ts"
import { age, integer, name, path, selectorText, size, text } from "./Column.ts"

export const webhooks: ReadonlyArray<Column> = [name, integer("Webhooks", (object) => size(object["webhooks"])), age]

const paramKind = (policy: KubeObject): string => {
  const kind = at(policy, "spec", "paramKind")
  return kind === undefined ? "<unset>" : `${print(record(kind)["apiVersion"])}/${print(record(kind)["kind"])}`
}

export const policies: ReadonlyArray<Column> = [
  name,
  integer("Validations", (object) => size(at(object, "spec", "validations"))),
  text("ParamKind", paramKind),
  age
]

const paramRef = (binding: KubeObject): string => {
  const { name: parameter, namespace, selector } = record(at(binding, "spec", "paramRef"))
  if (print(parameter) !== "") return `${print(namespace) === "" ? "*" : print(namespace)}/${print(parameter)}`
  return selector === undefined ? "<unset>" : selectorText(selector)
}

export const policyBindings: ReadonlyArray<Column> = [
  name,
  text("PolicyName", path("", "spec", "policyName")),
  text("ParamRef", paramRef),
  age
]
