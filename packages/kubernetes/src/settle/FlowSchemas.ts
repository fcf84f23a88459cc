/**
 * What the real server's flow control does after a write to a FlowSchema or a PriorityLevelConfiguration: it says of each schema whether
 * its level exists. There it takes some milliseconds; here it is part of the write.
 */
import * as Result from "effect/Result"
import { withCondition } from "../Conditions.ts"
import type { WriteContext } from "../Host.ts"
import { at, records, string } from "../Json.ts"
import * as Registry from "../Registry.ts"
import { builtInScheme } from "../Scheme.ts"
import * as Store from "../Store.ts"

const schemas = "flowschemas.flowcontrol.apiserver.k8s.io"
const levels = "prioritylevelconfigurations.flowcontrol.apiserver.k8s.io"

export const concerns = (resource: string): boolean => resource === schemas || resource === levels

export const settle = (store: Store.Store, context: WriteContext): Store.Store => {
  const resource = builtInScheme.byId.get(schemas)
  if (resource === undefined) return store
  const now: WriteContext = { ...context, manager: "api-priority-and-fairness-config-consumer-v1" }
  let next = store
  for (const schema of Store.list(store, schemas)) {
    const level = string(at(schema, "spec", "priorityLevelConfiguration", "name")) ?? ""
    const exists = Store.get(store, levels, "", level) !== undefined
    const message = `This FlowSchema references the PriorityLevelConfiguration object named ${JSON.stringify(level)} ${exists ? "and it exists" : "but there is no such object"}`
    const before = records(at(schema, "status", "conditions")).find(({ type }) => type === "Dangling")
    if (before?.["message"] === message && before["status"] === (exists ? "False" : "True")) continue
    const said = exists
      ? { type: "Dangling", status: "False", reason: "Found", message }
      : { type: "Dangling", status: "True", reason: "NotFound", message }
    const written = Registry.trusted.updateStatus(resource, withCondition(schema, said, context.now))(next, now)
    if (Result.isSuccess(written)) next = written.success[1]
  }
  return next
}
