/** Roles and bindings. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { equal } from "../../Equal.ts"
import type { JsonRecord } from "../../Json.ts"
import { array, at, record, records, strings } from "../../Json.ts"
import * as Internal from "../Internal.ts"
import { isUsable, labelSelector } from "../LabelSelector.ts"
import * as Names from "../Names.ts"
import type { Report } from "../Report.ts"
import { requiredName, subdomain, text } from "../Value.ts"

const group = "rbac.authorization.k8s.io"

const policyRules = (object: KubeObject, scope: "cluster" | "namespace", report: Report): void => {
  for (const [i, rule] of records(object["rules"]).entries()) {
    const path = `rules[${i}]`
    const urls = strings(rule["nonResourceURLs"])
    if (strings(rule["verbs"]).length === 0) report.required(`${path}.verbs`, "verbs must contain at least one value")
    if (urls.length > 0) {
      const field = `${path}.nonResourceURLs`
      if (scope === "namespace") report.invalid(field, urls, "namespaced rules cannot apply to non-resource URLs")
      if (["apiGroups", "resources", "resourceNames"].some((key) => array(rule[key]).length > 0)) {
        report.invalid(field, urls, "rules cannot apply to both regular resources and non-resource URLs")
      }
      continue
    }
    if (strings(rule["apiGroups"]).length === 0) report.required(`${path}.apiGroups`, "resource rules must supply at least one api group")
    if (strings(rule["resources"]).length === 0) report.required(`${path}.resources`, "resource rules must supply at least one resource")
  }
}

export const role = (object: KubeObject, _: KubeObject | undefined, report: Report): void => policyRules(object, "namespace", report)

export const clusterRole = (object: KubeObject, _: KubeObject | undefined, report: Report): void => {
  policyRules(object, "cluster", report)
  if (object["aggregationRule"] === undefined) return
  const path = "aggregationRule.clusterRoleSelectors"
  const selectors = records(at(object, "aggregationRule", "clusterRoleSelectors"))
  if (selectors.length === 0) report.required(path, "at least one clusterRoleSelector required if aggregationRule is non-nil")
  for (const [i, selector] of selectors.entries()) {
    labelSelector(selector, `${path}[${i}]`, report)
    if (!isUsable(selector)) report.invalid(`${path}[${i}]`, undefined, "invalid label selector.")
  }
}

const subject = (one: JsonRecord, scope: "cluster" | "namespace", path: string, report: Report): void => {
  const name = text(one["name"])
  const apiGroup = text(one["apiGroup"])
  if (name === "") report.required(`${path}.name`)
  switch (one["kind"]) {
    case "ServiceAccount":
      if (name !== "") subdomain(name, `${path}.name`, report)
      if (apiGroup !== "") report.notSupported(`${path}.apiGroup`, apiGroup, [""])
      if (scope === "cluster" && text(one["namespace"]) === "") report.required(`${path}.namespace`)
      return
    case "User":
    case "Group":
      if (apiGroup !== group) report.notSupported(`${path}.apiGroup`, apiGroup, [group])
      return
    default:
      report.notSupportedAsListed(`${path}.kind`, text(one["kind"]), ["ServiceAccount", "User", "Group"])
  }
}

const kindsOf = { namespace: ["Role", "ClusterRole"], cluster: ["ClusterRole"] }

export const binding =
  (scope: "cluster" | "namespace") =>
  (object: KubeObject, _: KubeObject | undefined, report: Report): void => {
    const ref = record(object["roleRef"])
    const apiGroup = text(ref["apiGroup"])
    const kind = text(ref["kind"])
    if (apiGroup !== group) report.notSupported("roleRef.apiGroup", apiGroup, [group])
    if (!kindsOf[scope].includes(kind)) report.notSupportedAsListed("roleRef.kind", kind, kindsOf[scope])
    requiredName(ref["name"], Names.explainPathSegment, "roleRef.name", report)
    for (const [i, one] of records(object["subjects"]).entries()) subject(one, scope, `subjects[${i}]`, report)
  }

export const bindingUpdate = (object: KubeObject, previous: KubeObject | undefined, report: Report): void => {
  const ref = record(object["roleRef"])
  if (equal(ref, previous?.["roleRef"])) return
  report.invalid("roleRef", Internal.compact("rbac.RoleRef", ref), "cannot change roleRef")
}
