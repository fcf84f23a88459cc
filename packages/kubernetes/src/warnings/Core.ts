/** Secrets, service accounts, nodes, disruption budgets, runtime classes. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { at, record, strings } from "../Json.ts"
import * as Ip from "../validation/Ip.ts"
import { text } from "../validation/Value.ts"
import { keyWarnings } from "./NodeLabels.ts"

const pem = (value: unknown): boolean => Buffer.from(text(value), "base64").toString().includes("-----BEGIN ")

/** A pair that can't be read is stored, and said to be none. */
export const secret = (object: KubeObject): ReadonlyArray<string> => {
  if (object["type"] !== "kubernetes.io/tls") return []
  const data = record(object["data"])
  if (!pem(data["tls.crt"])) return ["tls: failed to find any PEM data in certificate input"]
  return pem(data["tls.key"]) ? [] : ["tls: failed to find any PEM data in key input"]
}

const mountable = "kubernetes.io/enforce-mountable-secrets"

export const serviceAccount = (object: KubeObject, previous: KubeObject | undefined): ReadonlyArray<string> =>
  object.metadata.annotations?.[mountable] === undefined || previous?.metadata.annotations?.[mountable] !== undefined
    ? []
    : [`metadata.annotations[${mountable}]: deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets`]

export const node = (object: KubeObject): ReadonlyArray<string> => {
  const spec = record(object["spec"])
  return [
    ...(spec["configSource"] === undefined ? [] : ["spec.configSource: the feature is removed"]),
    ...(text(spec["externalID"]) === "" ? [] : ["spec.externalID: this field is deprecated, and is unused by Kubernetes"]),
    ...strings(spec["podCIDRs"]).flatMap((value, i) => Ip.cidrWarnings(`spec.podCIDRs[${i}]`, value))
  ]
}

export const runtimeClass = (object: KubeObject): ReadonlyArray<string> =>
  keyWarnings(at(object, "scheduling", "nodeSelector"), () => "scheduling.nodeSelector")
