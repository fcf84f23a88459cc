/** `status.conditions` of an object. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import type { JsonRecord } from "./Json.ts"
import { record, records } from "./Json.ts"
import { kubeTime } from "./Time.ts"

/** With the condition of a type replaced; `lastTransitionTime` moves only with its status. */
export const withCondition = (object: KubeObject, next: JsonRecord, now: number): KubeObject => {
  const status = record(object["status"])
  const before = records(status["conditions"])
  const previous = before.find((one) => one["type"] === next["type"])
  const lastTransitionTime = previous?.["status"] === next["status"] ? previous?.["lastTransitionTime"] : kubeTime(now)
  const { message, reason, ...rest } = next
  const why = { ...(reason === undefined ? {} : { reason }), ...(message === undefined ? {} : { message }) }
  const whole = { ...rest, lastTransitionTime, ...why }
  const conditions = previous === undefined ? [...before, whole] : before.map((one) => (one === previous ? whole : one))
  return { ...object, status: { ...status, conditions } }
}
