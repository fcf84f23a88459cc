/** Events. The newer version of the API is strict where `v1` has to take what it always took. Metadata of `v1` is that of all kinds alone. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import type { JsonRecord } from "../../Json.ts"
import { at, isRecord, record } from "../../Json.ts"
import { equal } from "../../Equal.ts"
import type { StructName } from "../Internal.ts"
import * as Internal from "../Internal.ts"
import * as Names from "../Names.ts"
import type { Report } from "../Report.ts"
import type { Checks, Rule } from "../Rule.ts"
import { changed, named, subdomain } from "../Rule.ts"
import { immutableText, number, qualifiedName, text } from "../Value.ts"

const limits: Readonly<Record<string, number>> = { action: 128, reason: 128 }

const event =
  (controllerField: string): Rule =>
  (object, _, report) => {
    const namespace = object.metadata.namespace ?? ""
    const about = text(at(object, "involvedObject", "namespace"))
    const mismatch = (): void => report.invalid("involvedObject.namespace", about, "does not match event.namespace")
    if ((object["eventTime"] ?? null) === null) {
      if (about === "" ? namespace !== "" && namespace !== "default" : namespace !== about) mismatch()
    } else {
      if (about === "" && namespace !== "default" && namespace !== "kube-system") mismatch()
      const controller = text(object["reportingComponent"])
      const instance = text(object["reportingInstance"])
      if (controller === "") report.required(controllerField)
      qualifiedName(controller, controllerField, report)
      if (instance === "") report.required("reportingInstance")
      if (Buffer.byteLength(instance) > 128) report.invalid("reportingInstance", "", "can have at most 128 characters")
      for (const [key, limit] of Object.entries(limits)) {
        if (text(object[key]) === "") report.required(key)
        if (Buffer.byteLength(text(object[key])) > limit) report.invalid(key, "", `can have at most ${limit} characters`)
      }
      if (Buffer.byteLength(text(object["message"])) > 1024) report.invalid("message", "", "can have at most 1024 characters")
    }
    report.each("namespace", namespace, Names.explain(namespace, Names.subdomain))
  }

const isAbsent = (value: unknown): boolean => value === undefined || value === null

const series = (object: KubeObject, report: Report): void => {
  const value = object["series"]
  if (!isRecord(value)) return
  if (number(value["count"]) < 2) report.invalid("series.count", "", "should be at least 2")
  if (isAbsent(value["lastObservedTime"])) report.required("series.lastObservedTime")
}

const strict: Rule = (object, _, report) => {
  series(object, report)
  if (isAbsent(object["eventTime"])) report.required("eventTime")
  const type = text(object["type"])
  if (type !== "Normal" && type !== "Warning") report.invalid("type", "", `has invalid value: ${type}`)
  const unset = (key: string): void => report.invalid(key, "", "needs to be unset")
  for (const key of ["firstTimestamp", "lastTimestamp"]) if (!isAbsent(object[key])) unset(key)
  if (number(object["count"]) !== 0) unset("count")
  const { component, host } = record(object["source"])
  if (text(component) !== "" || text(host) !== "") unset("source")
}

interface Fixed {
  readonly key: string
  /** Where the server calls it otherwise. */
  readonly field?: string
  readonly struct?: StructName
  readonly zero: unknown
}

/** In the order in which the server looks at them. */
const fixed: ReadonlyArray<Fixed> = [
  { key: "involvedObject", struct: "core.ObjectReference", zero: {} },
  { key: "reason", zero: "" },
  { key: "message", zero: "" },
  { key: "source", struct: "core.EventSource", zero: {} },
  { key: "firstTimestamp", zero: null },
  { key: "lastTimestamp", zero: null },
  { key: "count", zero: 0 },
  { key: "reason", zero: "" },
  { key: "type", zero: "" },
  { key: "eventTime", zero: null },
  { key: "action", zero: "" },
  { key: "related", struct: "core.ObjectReference", zero: undefined },
  { key: "reportingComponent", field: "reportingController", zero: "" },
  { key: "reportingInstance", zero: "" }
]

const shown = (value: unknown, struct: StructName | undefined): unknown =>
  struct === undefined || !isRecord(value) ? value : Internal.compact(struct, value)

const unchanged: Rule = (object, previous, report) => {
  if (previous === undefined) return
  if (!equal(object["series"], previous["series"])) series(object, report)
  for (const { field, key, struct, zero } of fixed) {
    const now = object[key] ?? zero
    const same = isSame(now, previous[key] ?? zero, struct)
    if (!same) report.invalid(field ?? key, shown(now, struct), immutableText)
  }
}

const isSame = (a: unknown, b: unknown, struct: StructName | undefined): boolean =>
  equal(a, b) || (struct !== undefined && isRecord(a) && isRecord(b) && sameStruct(a, b, struct))

const sameStruct = (a: JsonRecord, b: JsonRecord, struct: StructName): boolean => Internal.equal(struct, a, b)

const core = event("reportingComponent")
const newer = event("reportingController")

/** Of `v1`. */
export const checks: Checks = { create: [core], update: [core] }

/** Of `events.k8s.io/v1`. */
export const strictChecks: Checks = { create: [newer, named(subdomain), strict], update: [newer, changed, unchanged] }
