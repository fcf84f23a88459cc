/** ConfigMaps and Secrets. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { equal } from "../../Equal.ts"
import type { JsonRecord } from "../../Json.ts"
import { record } from "../../Json.ts"
import * as Names from "../Names.ts"
import type { Report } from "../Report.ts"
import { text } from "../Value.ts"

const limit = 1024 * 1024

const keys = (value: unknown, path: string, report: Report): void => {
  for (const key of Object.keys(record(value))) report.each(`${path}[${key}]`, key, Names.explainConfigKey(key))
}

/** Of base64. */
const bytes = (value: unknown): number => {
  const encoded = text(value).replace(/=+$/, "")
  return Math.floor((encoded.length * 3) / 4)
}

const size = (value: unknown, measure: (item: unknown) => number): number => {
  let sum = 0
  for (const item of Object.values(record(value))) sum += measure(item)
  return sum
}

export const configMap = (object: KubeObject, _: KubeObject | undefined, report: Report): void => {
  const binary = record(object["binaryData"])
  for (const key of Object.keys(record(object["data"]))) {
    report.each(`data[${key}]`, key, Names.explainConfigKey(key))
    if (Object.hasOwn(binary, key)) report.invalid(`data[${key}]`, key, "duplicate of key present in binaryData")
  }
  keys(binary, "binaryData", report)
  if (size(object["data"], (item) => Buffer.byteLength(text(item))) + size(binary, bytes) > limit) report.tooLong("[]", limit)
}

const set = "field is immutable when `immutable` is set"

const kept =
  (...parts: ReadonlyArray<string>) =>
  (object: KubeObject, previous: KubeObject | undefined, report: Report): void => {
    if (previous?.["immutable"] !== true) return
    if (object["immutable"] !== true) report.forbidden("immutable", set)
    for (const part of parts) if (!equal(record(object[part]), record(previous[part]))) report.forbidden(part, set)
  }

export const configMapUpdate = kept("data", "binaryData")

const keptData = kept("data")

export const secretUpdate = (object: KubeObject, previous: KubeObject | undefined, report: Report): void => {
  if (object["type"] !== previous?.["type"]) report.invalid("type", text(object["type"]), "field is immutable")
  keptData(object, previous, report)
}

const accountKey = "kubernetes.io/service-account.name"

/** The keys that a type wants, one of them at least. */
const wanted: Readonly<Record<string, ReadonlyArray<string>>> = {
  "kubernetes.io/dockercfg": [".dockercfg"],
  "kubernetes.io/dockerconfigjson": [".dockerconfigjson"]
}

export const secret = (object: KubeObject, _: KubeObject | undefined, report: Report): void => {
  const data = record(object["data"])
  keys(data, "data", report)
  if (size(data, bytes) > limit) report.tooLong("data", limit)
  const type = text(object["type"])
  const missing = (key: string): void => {
    if (!(key in data)) report.required(`data[${key}]`)
  }
  for (const key of wanted[type] ?? []) {
    missing(key)
    if (key in data) json(data, key, report)
  }
  switch (type) {
    case "kubernetes.io/service-account-token":
      if ((object.metadata.annotations?.[accountKey] ?? "") === "") report.required(`metadata.annotations[${accountKey}]`)
      return
    case "kubernetes.io/basic-auth":
      if (!("username" in data) && !("password" in data)) for (const key of ["username", "password"]) missing(key)
      return
    case "kubernetes.io/ssh-auth":
      if (text(data["ssh-privatekey"]) === "") report.required("data[ssh-privatekey]")
      return
    case "kubernetes.io/tls":
      for (const key of ["tls.crt", "tls.key"]) missing(key)
  }
}

/** A value that must hold a JSON object; the text says how Go's decoder fails on it. */
const json = (data: JsonRecord, key: string, report: Report): void => {
  const content = Buffer.from(text(data[key]), "base64").toString().trim()
  const why = content === "" ? "unexpected end of JSON input" : jsonFailure(content)
  if (why !== undefined) report.invalid(`data[${key}]`, "<secret contents redacted>", why)
}

const goKinds: Readonly<Record<string, string>> = { '"': "string", "[": "array", t: "bool", f: "bool" }

const jsonFailure = (content: string): string | undefined => {
  const first = content.charAt(0)
  if (first === "{" || content === "null") return undefined
  const kind = goKinds[first] ?? (/[-\d]/.test(first) ? "number" : undefined)
  return kind === undefined
    ? `invalid character '${first}' looking for beginning of value`
    : `json: cannot unmarshal ${kind} into Go value of type map[string]interface {}`
}
