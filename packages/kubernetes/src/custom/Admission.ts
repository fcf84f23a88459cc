/** What the server itself writes into a CustomResourceDefinition: the names it may leave out, its first status, its generation. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import * as Result from "effect/Result"
import { equal } from "../Equal.ts"
import { at, record, records, string, strings } from "../Json.ts"
import type { Admit } from "../Registry.ts"
import { definitions } from "./Schemes.ts"

const defaulted = (object: KubeObject): KubeObject => {
  const { preserveUnknownFields: preserves, ...spec } = record(object["spec"])
  const names = record(spec["names"])
  const kind = string(names["kind"]) ?? ""
  return {
    ...object,
    spec: {
      ...spec,
      ...(preserves === true ? { preserveUnknownFields: true } : {}),
      names:
        kind === "" ? names : { ...names, singular: names["singular"] || kind.toLowerCase(), listKind: names["listKind"] || `${kind}List` },
      conversion: spec["conversion"] ?? { strategy: "None" }
    }
  }
}

const storageOf = (object: KubeObject): string | undefined => {
  const found = records(at(object, "spec", "versions")).find((version) => version["storage"] === true)
  return found === undefined ? undefined : (string(found["name"]) ?? "")
}

export const admit: Admit = (object, previous, resource) => {
  if (resource.id !== definitions) return Result.succeed(object)
  const next = defaulted(object)
  const storage = storageOf(next)
  if (previous === undefined) {
    const status = { conditions: null, acceptedNames: { plural: "", kind: "" }, storedVersions: storage === undefined ? [] : [storage] }
    return Result.succeed({ ...next, metadata: { ...next.metadata, generation: 1 }, status })
  }
  const stored = strings(at(previous, "status", "storedVersions"))
  const status =
    storage === undefined || stored.includes(storage)
      ? previous["status"]
      : { ...record(previous["status"]), storedVersions: [...stored, storage] }
  const generation = (previous.metadata.generation ?? 1) + (equal(next["spec"], previous["spec"]) ? 0 : 1)
  return Result.succeed({ ...next, metadata: { ...next.metadata, generation }, status })
}
