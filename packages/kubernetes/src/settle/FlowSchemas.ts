/**
 * What the real server's flow control does after a write to a FlowSchema or a PriorityLevelConfiguration: it says of each schema whether
 * its level exists. There it takes some milliseconds; here it is part of the write.
 */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import * as Result from "effect/Result"
import { fieldsOf } from "../apply/Fields.ts"
import type { Managed } from "../apply/Managed.ts"
import { managedOf } from "../apply/Ownership.ts"
import { fieldFor } from "../apply/Root.ts"
import type { WriteContext } from "../Host.ts"
import type { JsonRecord } from "../Json.ts"
import { at, record, records, string } from "../Json.ts"
import * as Registry from "../Registry.ts"
import type { Resource } from "../Scheme.ts"
import { builtInScheme } from "../Scheme.ts"
import * as Store from "../Store.ts"
import { kubeTime } from "../Time.ts"

const schemas = "flowschemas.flowcontrol.apiserver.k8s.io"
const levels = "prioritylevelconfigurations.flowcontrol.apiserver.k8s.io"

export const concerns = (resource: string): boolean => resource === schemas || resource === levels

const manager = "api-priority-and-fairness-config-consumer-v1"

/** The server applies the condition in a name of its own. */
const owners = (resource: Resource, before: KubeObject, after: KubeObject, now: number): Managed => {
  const others = managedOf(before).filter((one) => one.manager !== manager || one.operation !== "Apply")
  const { apiVersion } = resource
  const own = records(at(after, "status", "conditions")).filter(({ type }) => type === "Dangling")
  const fields = fieldsOf({ status: { conditions: own } }, fieldFor(resource))
  return [...others, { manager, operation: "Apply", apiVersion, subresource: "status", time: kubeTime(now), fields }]
}

/** What it finds otherwise than it says counts as changed now. */
const withDangling = (schema: KubeObject, condition: JsonRecord): KubeObject => {
  const status = record(schema["status"])
  const others = records(status["conditions"])
  const isOwn = ({ type }: JsonRecord): boolean => type === "Dangling"
  const conditions = others.some(isOwn) ? others.map((one) => (isOwn(one) ? condition : one)) : [...others, condition]
  return { ...schema, status: { ...status, conditions } }
}

export const settle = (store: Store.Store, context: WriteContext): Store.Store => {
  const resource = builtInScheme.byId.get(schemas)
  if (resource === undefined) return store
  let next = store
  for (const schema of Store.list(store, schemas)) {
    const level = string(at(schema, "spec", "priorityLevelConfiguration", "name")) ?? ""
    const exists = Store.get(store, levels, "", level) !== undefined
    const message = `This FlowSchema references the PriorityLevelConfiguration object named ${JSON.stringify(level)} ${exists ? "and it exists" : "but there is no such object"}`
    const before = records(at(schema, "status", "conditions")).find(({ type }) => type === "Dangling")
    const said = { status: exists ? "False" : "True", reason: exists ? "Found" : "NotFound", message }
    if (before !== undefined && Object.entries(said).every(([key, value]) => before[key] === value)) continue
    const after = withDangling(schema, { type: "Dangling", lastTransitionTime: kubeTime(context.now), ...said })
    const written = Registry.trusted.updateStatus(resource, after, { known: owners(resource, schema, after, context.now) })(next, context)
    if (Result.isSuccess(written)) next = written.success[1]
  }
  return next
}
