/**
 * Field selectors: `metadata.name=web,status.phase!=Running`. Which fields a kind supports is a table of the API server's, not of its
 * OpenAPI document.
 */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import * as Result from "effect/Result"
import { at, print } from "./Json.ts"

export interface FieldRequirement {
  readonly path: ReadonlyArray<string>
  readonly equal: boolean
  readonly value: string
  /** What an object without the field counts as. */
  readonly absent: string
}

export type FieldSelector = ReadonlyArray<FieldRequirement>

/** By resource id: field label and, where it differs, what an absent field counts as. */
const supported: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  pods: {
    "spec.nodeName": "",
    "spec.restartPolicy": "",
    "spec.schedulerName": "",
    "spec.serviceAccountName": "",
    "spec.hostNetwork": "false",
    "status.phase": "",
    "status.podIP": "",
    "status.nominatedNodeName": ""
  },
  events: {
    "involvedObject.kind": "",
    "involvedObject.namespace": "",
    "involvedObject.name": "",
    "involvedObject.uid": "",
    "involvedObject.apiVersion": "",
    "involvedObject.resourceVersion": "",
    "involvedObject.fieldPath": "",
    reason: "",
    reportingComponent: "",
    "source.component": "",
    type: ""
  },
  nodes: { "spec.unschedulable": "false" },
  namespaces: { "status.phase": "" },
  secrets: { type: "" },
  services: { "spec.clusterIP": "", "spec.type": "" },
  "jobs.batch": { "status.successful": "0" },
  "replicasets.apps": { "status.replicas": "0" },
  replicationcontrollers: { "status.replicas": "0" }
}

const aliases: Readonly<Record<string, string>> = { source: "source.component" }

/** Fails with the server's explanation. */
export const parse = (resource: string, text: string): Result.Result<FieldSelector, string> => {
  const out: Array<FieldRequirement> = []
  for (const part of text.split(",")) {
    if (part === "") continue
    const found = /^(?<label>[^=!]+)(?<operator>!=|==|=)(?<value>.*)$/.exec(part)?.groups
    if (found === undefined) return Result.fail(`invalid selector: '${text}'; can't understand '${part}'`)
    const { label = "", operator = "", value = "" } = found
    const field = aliases[label] ?? label
    const absent = field === "metadata.name" || field === "metadata.namespace" ? "" : supported[resource]?.[field]
    if (absent === undefined) return Result.fail(`field label not supported: ${label}`)
    out.push({ path: field.split("."), equal: operator !== "!=", value, absent })
  }
  return Result.succeed(out)
}

export const matches = (selector: FieldSelector, object: KubeObject): boolean =>
  selector.every(({ absent, equal, path, value }) => {
    const found = at(object, ...path)
    return (print(found ?? absent) === value) === equal
  })
