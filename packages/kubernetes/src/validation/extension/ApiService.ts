/** Aggregated API services. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { isRecord, record } from "../../Json.ts"
import * as Metadata from "../Metadata.ts"
import * as Names from "../Names.ts"
import type { Report } from "../Report.ts"
import type { Rule } from "../Rule.ts"
import { number, subdomain, text } from "../Value.ts"

/** The name says which version of which group it is. */
export const named: Rule = (object, _, report) => {
  const { group, version } = record(object["spec"])
  const wanted = `${text(version)}.${text(group)}`
  const explain = (name: string): ReadonlyArray<string> => {
    const bad = Names.explainPathSegment(name)
    return bad.length > 0 || name === wanted ? bad : [`must be \`spec.version+"."+spec.group\`: ${JSON.stringify(wanted)}`]
  }
  Metadata.createdPlain(object, { name: explain, generated: explain }, report)
}

export const apiService = (object: KubeObject, _: KubeObject | undefined, report: Report): void => {
  const spec = record(object["spec"])
  const group = text(spec["group"])
  const version = text(spec["version"])
  if (group === "" && version !== "v1") {
    report.required("spec.group", "only v1 may have an empty group and it better be legacy kube")
  }
  if (group !== "") subdomain(group, "spec.group", report)
  report.each("spec.version", version, Names.explain(version, Names.serviceName))
  for (const [key, most] of [
    ["groupPriorityMinimum", 20_000],
    ["versionPriority", 1000]
  ] as const) {
    const value = number(spec[key])
    if (value <= 0 || value > most) report.invalid(`spec.${key}`, value, `must be positive and less than ${most}`)
  }
  const { caBundle, insecureSkipTLSVerify: insecure, service } = spec
  const bytes = Buffer.from(text(caBundle), "base64").length
  if (!isRecord(service)) {
    if (bytes > 0) report.invalid("spec.caBundle", `${bytes} bytes`, "local APIServices may not have a caBundle")
    if (insecure === true) report.invalid("spec.insecureSkipTLSVerify", true, "local APIServices may not have insecureSkipTLSVerify")
    return
  }
  for (const key of ["namespace", "name"]) if (text(service[key]) === "") report.required(`spec.service.${key}`)
  const port = number(service["port"])
  if (port < 1 || port > 65_535) report.invalid("spec.service.port", port, `port is not valid: ${Names.portNumber}`)
  if (insecure === true && bytes > 0) report.invalid("spec.insecureSkipTLSVerify", true, "may not be true if caBundle is present")
}
