/** Labels of nodes that have a newer name, and where selectors still use the old one. */
import { record, records } from "../Json.ts"
import { text } from "../validation/Value.ts"

const messages: Readonly<Record<string, string>> = {
  "beta.kubernetes.io/arch": 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  "beta.kubernetes.io/os": 'deprecated since v1.14; use "kubernetes.io/os" instead',
  "failure-domain.beta.kubernetes.io/region": 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  "failure-domain.beta.kubernetes.io/zone": 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  "beta.kubernetes.io/instance-type": 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
  "app.kubernetes.io/created-by": "deprecated since v1.9",
  "scheduler.alpha.kubernetes.io/preferAvoidPods": "deprecated since v1.22; use Taints and Tolerations instead",
  "node-role.kubernetes.io/master": 'use "node-role.kubernetes.io/control-plane" instead'
}

/** Why a label is not to be used any more. */
export const deprecated = (label: string): string | undefined => messages[label]

/** Of the keys of a map. */
export const inKeys = (value: unknown, path: (key: string) => string): ReadonlyArray<string> =>
  Object.keys(record(value))
    .sort()
    .flatMap((key) => {
      const why = deprecated(key)
      return why === undefined ? [] : [`${path(key)}: ${why}`]
    })

/** Of the expressions of a selector or of a term of one. */
export const inExpressions = (value: unknown, path: string): ReadonlyArray<string> =>
  records(record(value)["matchExpressions"]).flatMap((one, i) => {
    const key = text(one["key"])
    const why = deprecated(key)
    return why === undefined ? [] : [`${path}.matchExpressions[${i}].key: ${key} is ${why}`]
  })
