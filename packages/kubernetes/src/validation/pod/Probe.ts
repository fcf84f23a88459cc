/** Probes and lifecycle hooks. */
import type { JsonRecord } from "../../Json.ts"
import { isRecord, number, records } from "../../Json.ts"
import type { Check } from "../Check.ts"
import { all, child, notNegative, oneOf, portOrName, required, requiredList, text } from "../Check.ts"
import * as Names from "../Names.ts"
import type { Report } from "../Report.ts"

const httpGet: Check = all(required("path"), portOrName("port"), oneOf("scheme", ["HTTP", "HTTPS"]), (value, path, report) => {
  for (const header of records(value["httpHeaders"])) {
    const name = text(header, "name")
    report.each(child(path, "httpHeaders"), name, Names.explain(name, Names.httpHeaderName))
  }
})

const handlers: ReadonlyArray<readonly [key: string, check: Check]> = [
  ["exec", requiredList("command")],
  ["httpGet", httpGet],
  ["tcpSocket", portOrName("port")],
  ["grpc", portOrName("port")]
]

const sleep = (value: JsonRecord, path: string, grace: number | undefined, report: Report): void => {
  const seconds = number(value["seconds"]) ?? 0
  if (grace !== undefined && (seconds < 0 || seconds > grace)) {
    report.invalid(path, seconds, `must be non-negative and less than terminationGracePeriodSeconds (${grace})`)
  }
}

const handler = (value: JsonRecord, path: string, grace: number | undefined, report: Report): void => {
  let found = false
  const one = (key: string, check: (value: JsonRecord, path: string) => void): void => {
    const action = value[key]
    if (!isRecord(action)) return
    if (found) report.forbidden(`${path}.${key}`, "may not specify more than 1 handler type")
    else check(action, `${path}.${key}`)
    found = true
  }
  for (const [key, check] of handlers) one(key, (action, here) => check(action, here, report))
  one("sleep", (action, here) => sleep(action, here, grace, report))
  if (!found) report.required(path, "must specify a handler type")
}

const periods = notNegative("initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold")

const probe = (value: JsonRecord, path: string, grace: number | undefined, report: Report): void => {
  handler(value, path, grace, report)
  periods(value, path, report)
  const own = number(value["terminationGracePeriodSeconds"])
  if (own !== undefined && own <= 0) report.invalid(`${path}.terminationGracePeriodSeconds`, own, "must be greater than 0")
}

export const probes = (container: JsonRecord, path: string, grace: number | undefined, report: Report): void => {
  for (const key of ["livenessProbe", "readinessProbe", "startupProbe"]) {
    const value = container[key]
    if (!isRecord(value)) continue
    const here = `${path}.${key}`
    probe(value, here, grace, report)
    if (key === "readinessProbe") {
      const own = value["terminationGracePeriodSeconds"]
      if (own !== undefined) report.invalid(`${here}.terminationGracePeriodSeconds`, own, "must not be set for readinessProbes")
    } else if ((value["successThreshold"] ?? 0) !== 1)
      report.invalid(`${here}.successThreshold`, value["successThreshold"] ?? 0, "must be 1")
  }
}

export const lifecycle = (container: JsonRecord, path: string, grace: number | undefined, report: Report): void => {
  const value = container["lifecycle"]
  if (!isRecord(value)) return
  for (const key of ["postStart", "preStop"]) {
    const hook = value[key]
    if (isRecord(hook)) handler(hook, `${path}.lifecycle.${key}`, grace, report)
  }
}
