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

interface Labels {
  /** Field label, and what an absent field counts as. */
  readonly fields: Readonly<Record<string, string>>
  /** The refusal of any other. */
  readonly refuse?: (label: string) => string
}

/** By the path of a resource. Others select by name and namespace alone. Observed on kube-apiserver 1.34. */
const supported: Readonly<Record<string, Labels>> = {
  "v1/pods": {
    fields: {
      "spec.nodeName": "",
      "spec.restartPolicy": "",
      "spec.schedulerName": "",
      "spec.serviceAccountName": "",
      "spec.hostNetwork": "false",
      "status.phase": "",
      "status.podIP": "",
      "status.podIPs": "",
      "status.nominatedNodeName": ""
    }
  },
  "v1/events": {
    fields: {
      "involvedObject.kind": "",
      "involvedObject.namespace": "",
      "involvedObject.name": "",
      "involvedObject.uid": "",
      "involvedObject.apiVersion": "",
      "involvedObject.resourceVersion": "",
      "involvedObject.fieldPath": "",
      reason: "",
      reportingComponent: "",
      source: "",
      type: ""
    }
  },
  "events.k8s.io/v1/events": {
    fields: {
      "regarding.kind": "",
      "regarding.namespace": "",
      "regarding.name": "",
      "regarding.uid": "",
      "regarding.apiVersion": "",
      "regarding.resourceVersion": "",
      "regarding.fieldPath": "",
      reason: "",
      reportingController: "",
      type: ""
    }
  },
  "v1/nodes": { fields: { "spec.unschedulable": "false" } },
  "v1/namespaces": { fields: { name: "", "status.phase": "" } },
  "v1/secrets": { fields: { type: "" } },
  "v1/services": { fields: { "spec.clusterIP": "", "spec.type": "" } },
  "v1/replicationcontrollers": { fields: { "status.replicas": "0" } },
  "batch/v1/jobs": {
    fields: { "status.successful": "0" },
    refuse: (label) => `field label ${JSON.stringify(label)} not supported for Job`
  },
  "certificates.k8s.io/v1/certificatesigningrequests": { fields: { "spec.signerName": "" } },
  "resource.k8s.io/v1/resourceslices": {
    fields: { "spec.nodeName": "", "spec.driver": "" },
    refuse: (label) => `field label not supported for resource.k8s.io/v1, Kind=ResourceSlice: ${label}`
  }
}

const unknown = (label: string): string =>
  `${JSON.stringify(label)} is not a known field selector: only "metadata.name", "metadata.namespace"`

const unsupported = (label: string): string => `field label not supported: ${label}`

const paths: Readonly<Record<string, ReadonlyArray<string>>> = { name: ["metadata", "name"], source: ["source", "component"] }

const escapable: ReadonlySet<string> = new Set([",", "=", "\\"])

const unescaped = (text: string): Result.Result<string, string> => {
  let out = ""
  for (let i = 0; i < text.length; i++) {
    const character = text[i] ?? ""
    if (character !== "\\") {
      if (character === "=") return Result.fail(`invalid field selector: unescaped character in value: ${character.charCodeAt(0)}`)
      out += character
      continue
    }
    const next = text[++i] ?? ""
    if (!escapable.has(next)) return Result.fail(`invalid field selector: invalid escape sequence: \\${next}`)
    out += next
  }
  return Result.succeed(out)
}

/** Fails with the server's explanation. */
export const parse = (
  resource: {
    readonly apiVersion: string
    readonly plural: string
    readonly namespaced: boolean
    readonly selectable: ReadonlyArray<string>
    readonly custom: unknown
  },
  text: string
): Result.Result<FieldSelector, string> => {
  const out: Array<FieldRequirement> = []
  if (text === "") return Result.succeed(out)
  const table = supported[`${resource.apiVersion}/${resource.plural}`]
  // a backslash keeps a comma in a value
  for (const part of text.match(/(?:\\[^]|[^,\\]|\\$)+/g) ?? []) {
    const found = /^(?<label>[^=!]*)(?<operator>!=|==|=)(?<rest>[^]*)$/.exec(part)?.groups
    if (found === undefined) return Result.fail(`invalid selector: '${text}'; can't understand '${part}'`)
    const read = unescaped(found["rest"] ?? "")
    if (Result.isFailure(read)) return Result.fail(read.failure)
    const value = read.success
    const { label = "", operator = "" } = found
    // a cluster-wide kind with a table of its own does not list the namespace
    const isNamespace = label === "metadata.namespace" && (resource.namespaced || table === undefined)
    const always = label === "metadata.name" || isNamespace || resource.selectable.includes(label)
    const absent = always ? "" : table?.fields[label]
    const refuse = table === undefined ? (resource.custom === undefined ? unknown : unsupported) : (table.refuse ?? unsupported)
    if (absent === undefined) return Result.fail(refuse(label))
    out.push({ path: paths[label] ?? label.split("."), equal: operator !== "!=", value, absent })
  }
  return Result.succeed(out)
}

export const matches = (selector: FieldSelector, object: KubeObject): boolean =>
  selector.every(({ absent, equal, path, value }) => {
    const found = at(object, ...path)
    return (print(found ?? absent) === value) === equal
  })
