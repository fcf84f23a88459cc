/** Environment variables of containers. */
import type { JsonRecord } from "../../Json.ts"
import { isRecord, records } from "../../Json.ts"
import type { Check, Explain } from "../Check.ts"
import { all, child, format, isSubdomain, requiredFormat, text } from "../Check.ts"
import * as Names from "../Names.ts"
import type { Report } from "../Report.ts"
import { fieldRef, resourceFieldRef } from "./FieldSelectors.ts"

const variableName: Explain = (name) =>
  /^[ -<>-~]*$/.test(name) ? [] : ["a valid environment variable name must consist only of printable ASCII characters other than '='"]

const fields = [
  "metadata.name",
  "metadata.namespace",
  "metadata.uid",
  "spec.nodeName",
  "spec.serviceAccountName",
  "status.hostIP",
  "status.hostIPs",
  "status.podIP",
  "status.podIPs"
]

const key: Check = (value, path, report) => {
  const name = text(value, "name")
  report.each(child(path, "name"), name, isSubdomain(name))
  requiredFormat("key", Names.explainConfigKey)(value, path, report)
}

type Source = (value: JsonRecord, path: string, report: Report) => void

const sources: ReadonlyArray<readonly [key: string, source: Source]> = [
  ["fieldRef", (value, path, report) => fieldRef(value, fields, path, report)],
  ["resourceFieldRef", (value, path, report) => resourceFieldRef(value, "env", path, report)],
  ["configMapKeyRef", key],
  ["secretKeyRef", key]
]

const valueFrom = (variable: JsonRecord, path: string, report: Report): void => {
  const from = variable["valueFrom"]
  if (!isRecord(from)) return
  let count = 0
  for (const [name, source] of sources) {
    const value = from[name]
    if (!isRecord(value)) continue
    count++
    source(value, `${path}.${name}`, report)
  }
  if (count === 0) {
    report.invalid(path, "", "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`")
  } else if (text(variable, "value") !== "") report.invalid(path, "", "may not be specified when `value` is not empty")
  else if (count > 1) report.invalid(path, "", "may not have more than one field specified at a time")
}

const env: Check = (container, path, report) => {
  let index = 0
  for (const variable of records(container["env"])) {
    const here = `${child(path, "env")}[${index}]`
    requiredFormat("name", variableName)(variable, here, report)
    valueFrom(variable, `${here}.valueFrom`, report)
    index++
  }
}

const isPrefix: Explain = (name) => Names.explainGenerated(name, Names.subdomain)
const ref = requiredFormat("name", isPrefix)

const envFrom: Check = (container, path, report) => {
  const list = child(path, "envFrom")
  for (const [i, from] of records(container["envFrom"]).entries()) {
    const here = `${list}[${i}]`
    format("prefix", variableName)(from, here, report)
    const { configMapRef, secretRef } = from
    if (isRecord(configMapRef)) ref(configMapRef, `${here}.configMapRef`, report)
    if (isRecord(secretRef)) ref(secretRef, `${here}.secretRef`, report)
    // of the list, as the server has it
    if (!isRecord(configMapRef) && !isRecord(secretRef)) report.invalid(list, "", "must specify one of: `configMapRef` or `secretRef`")
    if (isRecord(configMapRef) && isRecord(secretRef)) report.invalid(list, "", "may not have more than one field specified at a time")
  }
}

export const environment: Check = all(env, envFrom)
