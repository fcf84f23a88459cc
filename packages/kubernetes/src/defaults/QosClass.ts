/** The quality of service of a pod, from its containers' cpu and memory. Source: the API's documentation of `qosClass`. */
import { at, record, records } from "../Json.ts"
import * as Quantity from "../Quantity.ts"

const resources = ["cpu", "memory"]

export const qosClass = (spec: unknown): "Guaranteed" | "Burstable" | "BestEffort" => {
  const { containers, initContainers } = record(spec)
  let some = false
  let guaranteed = true
  for (const container of [...records(containers), ...records(initContainers)]) {
    const limits = record(at(container, "resources", "limits"))
    const requests = record(at(container, "resources", "requests"))
    for (const name of resources) {
      if (limits[name] !== undefined || requests[name] !== undefined) some = true
      if (limits[name] === undefined || Quantity.compare(limits[name], requests[name] ?? limits[name]) !== 0) guaranteed = false
    }
  }
  return !some ? "BestEffort" : guaranteed ? "Guaranteed" : "Burstable"
}
