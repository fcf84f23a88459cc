/** Conditions of a CertificateSigningRequest: when they were written is the server's to say where the writer does not. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import type { JsonRecord } from "../Json.ts"
import { at, record, records } from "../Json.ts"
import { kubeTime } from "../Time.ts"

const isVerdict = (type: unknown): boolean => type === "Approved" || type === "Denied"

const dated = (one: JsonRecord, before: ReadonlyArray<JsonRecord>, time: string): JsonRecord => {
  const same = before.find(({ status, type }) => type === one["type"] && status === one["status"])
  return {
    ...one,
    lastUpdateTime: one["lastUpdateTime"] ?? time,
    lastTransitionTime: one["lastTransitionTime"] ?? same?.["lastTransitionTime"] ?? time
  }
}

const withConditions = (object: KubeObject, conditions: ReadonlyArray<JsonRecord>): KubeObject =>
  conditions.length === 0 ? object : { ...object, status: { ...record(object["status"]), conditions } }

/** Through the approval's endpoint; `now` in milliseconds since the epoch. */
export const withTimes = (next: KubeObject, previous: KubeObject, now: number): KubeObject => {
  const before = records(at(previous, "status", "conditions"))
  return withConditions(
    next,
    records(at(next, "status", "conditions")).map((one) => dated(one, before, kubeTime(now)))
  )
}

/** Through the status' endpoint verdicts stay as they are. */
export const carrySigningRequest = (next: KubeObject, previous: KubeObject, now: number): KubeObject => {
  const before = records(at(previous, "status", "conditions"))
  const after = records(at(next, "status", "conditions"))
  const count = (list: ReadonlyArray<JsonRecord>, type: unknown): number => list.filter((one) => one["type"] === type).length
  const kept = after.map((one, i) => {
    const { type } = one
    if (!isVerdict(type) || count(before, type) !== count(after, type)) return one
    return before.filter((other) => other["type"] === type)[count(after.slice(0, i), type)] ?? one
  })
  return withTimes(withConditions(next, kept), previous, now)
}
