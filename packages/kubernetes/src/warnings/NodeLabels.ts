/** Labels of nodes that have other names by now. */
import type { JsonRecord } from "../Json.ts"
import { record, records, strings } from "../Json.ts"
import { text } from "../validation/Check.ts"
import * as Names from "../validation/Names.ts"

const deprecated: Readonly<Record<string, string>> = {
  "beta.kubernetes.io/arch": 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  "beta.kubernetes.io/os": 'deprecated since v1.14; use "kubernetes.io/os" instead',
  "failure-domain.beta.kubernetes.io/region": 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  "failure-domain.beta.kubernetes.io/zone": 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  "beta.kubernetes.io/instance-type": 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
  "app.kubernetes.io/created-by": "deprecated since v1.9",
  "scheduler.alpha.kubernetes.io/preferAvoidPods": "deprecated since v1.22; use Taints and Tolerations instead",
  "node-role.kubernetes.io/master": 'use "node-role.kubernetes.io/control-plane" instead'
}

export const labelWarning = (label: string): string | undefined => deprecated[label]

/** Preferences may name label values that can't exist, which is worth a warning. */
export const termWarnings = (term: JsonRecord, kind: "required" | "preferred", path: string, warn: (text: string) => void): void => {
  for (const [i, expression] of records(term["matchExpressions"]).entries()) {
    const here = `${path}.matchExpressions[${i}]`
    const key = text(expression, "key")
    const why = labelWarning(key)
    if (why !== undefined) warn(`${here}.key: ${key} is ${why}`)
    if (kind === "required") continue
    for (const [j, value] of strings(expression["values"]).entries()) {
      for (const reason of Names.explainLabelValue(value)) warn(`${here}.values[${j}]: ${value} is invalid, ${reason}`)
    }
  }
}

/** Of the keys of a map. */
export const keyWarnings = (value: unknown, path: (key: string) => string): ReadonlyArray<string> =>
  Object.keys(record(value))
    .sort()
    .flatMap((key) => {
      const why = labelWarning(key)
      return why === undefined ? [] : [`${path(key)}: ${why}`]
    })

/** Of the expressions of a selector. */
export const expressionWarnings = (selector: JsonRecord, path: string): ReadonlyArray<string> => {
  const found: Array<string> = []
  termWarnings(selector, "required", path, (why) => found.push(why))
  return found
}
