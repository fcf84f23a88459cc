/**
 * The change of an object from client-side to server-side apply by kubectl: what its last client-side apply set and nobody changed
 * since is no conflict, and the annotation that client-side apply keeps follows.
 */
import { goJson, sortedWhole } from "../GoEncoder.ts"
import type { JsonRecord } from "../Json.ts"
import { at, isRecord, record, string, withAt } from "../Json.ts"
import * as Result from "effect/Result"
import type { Field } from "../scheme/Type.ts"
import { compare } from "./Compare.ts"
import type { FieldSet } from "./FieldSet.ts"
import * as Fields from "./FieldSet.ts"
import { fieldsOf } from "./Fields.ts"
import { goValue } from "./GoValue.ts"

const annotation = "kubectl.kubernetes.io/last-applied-configuration"
const path = ["metadata", "annotations", annotation]

/** The name under which kubectl applies on the server, unless told otherwise. */
export const manager = "kubectl"

const read = (live: JsonRecord): JsonRecord | undefined => {
  const text = string(at(live, ...path)) ?? ""
  const parsed = Result.try((): unknown => JSON.parse(text))
  return Result.isSuccess(parsed) && isRecord(parsed.success) ? parsed.success : undefined
}

/** The fields that kubectl may take over. */
export const granted = (live: JsonRecord, field: Field): FieldSet => {
  const last = read(live)
  if (last === undefined || last["apiVersion"] !== live["apiVersion"]) return Fields.empty
  const { added, modified, removed } = compare(last, goValue(live, field), field)
  return Fields.difference(Fields.difference(Fields.difference(fieldsOf(last, field), modified), added), removed)
}

/** The object with the configuration as its annotation, when it has one. */
export const followed = (object: JsonRecord, config: JsonRecord): JsonRecord => {
  if ((string(at(object, ...path)) ?? "") === "") return object
  const annotations = at(config, "metadata", "annotations")
  const bare = isRecord(annotations)
    ? { ...config, metadata: { ...record(config["metadata"]), annotations: withAt(annotations, [annotation], undefined) } }
    : config
  return withAt(object, path, `${goJson(sortedWhole(bare))}\n`)
}
