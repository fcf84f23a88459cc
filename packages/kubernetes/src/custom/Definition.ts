/** From a stored CustomResourceDefinition to the resources that it makes the server serve: one a served version. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import type { JsonRecord } from "../Json.ts"
import { at, isRecord, record, records, string, strings } from "../Json.ts"
import type { Custom, Resource, Subresource } from "../Scheme.ts"
import { apiVersionOf, metadataType, remembered, resourceId } from "../Scheme.ts"
import { sha256 } from "../trust/Ecdsa.ts"
import * as Structure from "./Structure.ts"

const verbs = ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"]
const partVerbs = ["get", "patch", "update"]

/** `v1` before `v2beta1` before `v1alpha1`, then by name: the order in which versions are preferred. */
const rank = (version: string): readonly [number, number, number] => {
  const found = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version)
  if (found === null) return [3, 0, 0]
  return [found[2] === undefined ? 0 : found[2] === "beta" ? 1 : 2, -Number(found[1]), -Number(found[3] ?? 0)]
}

export const byPriority = (a: string, b: string): number => {
  const [left, right] = [rank(a), rank(b)]
  for (const i of [0, 1, 2] as const) if (left[i] !== right[i]) return left[i] - right[i]
  return a < b ? -1 : 1
}

const condition = (definition: KubeObject, type: string): string | undefined =>
  string(records(at(definition, "status", "conditions")).find((one) => one["type"] === type)?.["status"])

export const isEstablished = (definition: KubeObject): boolean => condition(definition, "Established") === "True"

export const idOf = (definition: KubeObject): string =>
  resourceId(string(at(definition, "spec", "group")) ?? "", string(at(definition, "spec", "names", "plural")) ?? "")

const subresourcesOf = (group: string, version: string, kind: string, declared: JsonRecord): ReadonlyMap<string, Subresource> => {
  const out = new Map<string, Subresource>()
  if (declared["status"] !== undefined) out.set("status", { name: "status", kind, group, version, verbs: partVerbs })
  if (declared["scale"] !== undefined) {
    out.set("scale", { name: "scale", kind: "Scale", group: "autoscaling", version: "v1", verbs: partVerbs })
  }
  return out
}

const customOf = (definition: KubeObject, version: JsonRecord, versions: ReadonlyArray<JsonRecord>): Custom => {
  const schema = at(version, "schema", "openAPIV3Schema")
  const scale = at(version, "subresources", "scale")
  const group = string(at(definition, "spec", "group")) ?? ""
  const kind = string(at(definition, "spec", "names", "kind")) ?? ""
  const own = string(version["name"]) ?? ""
  const better = versions
    .filter((one) => one["deprecated"] !== true && one["served"] === true)
    .map((one) => string(one["name"]) ?? "")
    .sort(byPriority)[0]
  const usual = `${group}/${own} ${kind} is deprecated${better === undefined ? "" : `; use ${group}/${better} ${kind}`}`
  return {
    schema: isRecord(schema) ? schema : {},
    listKind: string(at(definition, "spec", "names", "listKind")) ?? `${kind}List`,
    columns: records(version["additionalPrinterColumns"]),
    scale: isRecord(scale) ? scale : undefined,
    warning: version["deprecated"] === true ? (string(version["deprecationWarning"]) ?? usual) : undefined
  }
}

/** An object as another version shows it: nothing is converted, what the version's schema doesn't know is left out. */
const shownAs = (apiVersion: string, schema: JsonRecord): ((object: KubeObject) => KubeObject) =>
  remembered((object) => ({
    ...Structure.apply(object, schema, metadataType).value,
    apiVersion,
    kind: object.kind,
    metadata: object.metadata
  }))

/** By it clients notice that objects are stored in another version. */
const hashOf = (stored: string): string => sha256(new TextEncoder().encode(stored)).subarray(0, 8).toString("base64")

const resourcesOf = (definition: KubeObject): ReadonlyArray<Resource> => {
  if (!isEstablished(definition)) return []
  const spec = record(definition["spec"])
  const names = record(at(definition, "status", "acceptedNames"))
  const group = string(spec["group"]) ?? ""
  const plural = string(names["plural"]) ?? ""
  const kind = string(names["kind"]) ?? ""
  const versions = [...records(spec["versions"])].sort((a, b) => byPriority(String(a["name"]), String(b["name"])))
  const made = (version: JsonRecord): Resource => {
    const name = string(version["name"]) ?? ""
    return {
      id: resourceId(group, plural),
      group,
      version: name,
      apiVersion: apiVersionOf(group, name),
      kind,
      plural,
      singular: string(names["singular"]) ?? kind.toLowerCase(),
      namespaced: spec["scope"] === "Namespaced",
      shortNames: strings(names["shortNames"]),
      categories: strings(names["categories"]),
      verbs,
      subresources: subresourcesOf(group, name, kind, record(version["subresources"])),
      storageVersionHash: version["storage"] === true ? hashOf(`${group}/${name}/${kind}`) : "",
      type: undefined,
      hidden: false,
      selectable: records(version["selectableFields"]).map((one) => (string(one["jsonPath"]) ?? "").replace(/^\./, "")),
      stored: undefined,
      custom: customOf(definition, version, versions)
    }
  }
  const storage = versions.find((version) => version["storage"] === true)
  if (storage === undefined) return []
  const storing = made(storage)
  const storageSchema = storing.custom?.schema ?? {}
  return versions
    .filter((version) => version["served"] === true)
    .map((version) => {
      const resource = made(version)
      if (version === storage) return resource
      return {
        ...resource,
        stored: {
          resource: storing,
          toStorage: shownAs(storing.apiVersion, storageSchema),
          fromStorage: shownAs(resource.apiVersion, resource.custom?.schema ?? {})
        }
      }
    })
}

const known = new WeakMap<KubeObject, ReadonlyArray<Resource>>()

/** The same definition gives the same resources. */
export const resources = (definition: KubeObject): ReadonlyArray<Resource> => {
  const found = known.get(definition)
  if (found !== undefined) return found
  const made = resourcesOf(definition)
  known.set(definition, made)
  return made
}
