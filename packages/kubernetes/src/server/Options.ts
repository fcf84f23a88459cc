/** The options of a verb, which stand in the query: what the real server refuses before it looks at anything else. */
import type { KubeRequest, KubeStatus } from "@aiopslab/core/Kubernetes"
import { at, isRecord, strings } from "../Json.ts"
import * as Status from "../Status.ts"
import { flag, query, queryAll } from "./Route.ts"
import * as WriteOptions from "./WriteOptions.ts"

const invalid = (kind: string, causes: ReadonlyArray<Status.Cause>): KubeStatus | undefined =>
  causes.length === 0 ? undefined : Status.invalid({ group: "meta.k8s.io", plural: "", kind }, "", causes)

const forbidden = (field: string, why: string): Status.Cause => ({ reason: "FieldValueForbidden", message: `Forbidden: ${why}`, field })

const unsupported = (field: string, value: string, supported: ReadonlyArray<string>): Status.Cause => ({
  reason: "FieldValueNotSupported",
  message: `Unsupported value: ${value}: supported values: ${supported.map((one) => JSON.stringify(one)).join(", ")}`,
  field
})

/** Integers of the query that don't parse. */
export const unparsed = (request: KubeRequest, names: ReadonlyArray<string>): KubeStatus | undefined => {
  for (const name of names) {
    const text = query(request, name) ?? ""
    if (text !== "" && !/^[-+]?\d+$/.test(text)) {
      return Status.badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`)
    }
    const whole = BigInt(text.replace("+", ""))
    if (BigInt.asIntN(64, whole) !== whole) {
      return Status.badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: value out of range`)
    }
  }
  return undefined
}

/** Whether the query asks for the present objects as events; any value but `false` and `0` does. */
export const sendsInitial = (request: KubeRequest): boolean => flag(request, "sendInitialEvents")

export const ofList = (request: KubeRequest, verb: "list" | "watch"): KubeStatus | undefined => {
  const bad = unparsed(request, ["limit", "timeoutSeconds"])
  if (bad !== undefined) return bad
  const match = query(request, "resourceVersionMatch") ?? ""
  const revision = query(request, "resourceVersion") ?? ""
  const asksInitial = query(request, "sendInitialEvents") !== undefined
  const causes: Array<Status.Cause> = []
  if (verb === "watch") {
    if (asksInitial) {
      if (match !== "NotOlderThan") {
        causes.push(forbidden("resourceVersionMatch", "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"))
      }
      if (match !== "" && match !== "NotOlderThan")
        causes.push(unsupported("resourceVersionMatch", JSON.stringify(match), ["NotOlderThan"]))
    } else if (match !== "") {
      causes.push(forbidden("resourceVersionMatch", "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"))
    }
    return invalid("ListOptions", causes)
  }
  if (asksInitial) causes.push(forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list"))
  if (match !== "") {
    if ((query(request, "continue") ?? "") !== "") {
      causes.push(forbidden("resourceVersionMatch", "resourceVersionMatch is forbidden when continue is provided"))
    }
    if (revision === "")
      causes.push(forbidden("resourceVersionMatch", "resourceVersionMatch is forbidden unless resourceVersion is provided"))
    if (match !== "Exact" && match !== "NotOlderThan") {
      causes.push(unsupported("resourceVersionMatch", JSON.stringify(match), ["Exact", "NotOlderThan", ""]))
    }
    if (match === "Exact" && revision === "0") {
      causes.push(forbidden("resourceVersionMatch", 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'))
    }
  }
  return invalid("ListOptions", causes)
}

/** Of `create`, `update`, `patch` and their like; `kind` is `CreateOptions` and so on. */
export const ofWrite = (request: KubeRequest, kind: string): KubeStatus | undefined => invalid(kind, WriteOptions.causes(request, kind))

/** All that is asked to be dry: of a deletion in the body when there is one, and else in the query; of an eviction in both. */
const dryOf = (request: KubeRequest): ReadonlyArray<string> =>
  request.method === "DELETE" && isRecord(request.body)
    ? strings(request.body["dryRun"])
    : [
        ...queryAll(request, "dryRun"),
        ...(request.path.endsWith("/eviction") ? strings(at(at(request.body, "deleteOptions"), "dryRun")) : [])
      ]

export const isDry = (request: KubeRequest): boolean => dryOf(request).includes("All")

export const ofDelete = (request: KubeRequest): KubeStatus | undefined => {
  const bad = unparsed(request, ["gracePeriodSeconds"])
  if (bad !== undefined) return bad
  const kind = at(request.body, "kind")
  if (typeof kind === "string" && kind !== "DeleteOptions") {
    const version = JSON.stringify(at(request.body, "apiVersion") ?? "")
    return Status.internal(`no kind ${JSON.stringify(kind)} is registered for version ${version} in scheme "pkg/runtime/scheme.go:110"`)
  }
  const causes: Array<Status.Cause> = []
  const dry = dryOf(request)
  if (dry.some((one) => one !== "All")) causes.push(unsupported("dryRun", JSON.stringify(dry), ["All"]))
  const policy = at(request.body, "propagationPolicy")
  if (policy !== undefined && at(request.body, "orphanDependents") !== undefined) {
    const message = `Invalid value: ${JSON.stringify(policy)}: orphanDependents and deletionPropagation cannot be both set`
    causes.push({ reason: "FieldValueInvalid", message, field: "propagationPolicy" })
  }
  return invalid("DeleteOptions", causes)
}
