/** Carries out the patch of a request: JSON, merge or strategic merge. */
import type { KubeStatus } from "@aiopslab/core/Kubernetes"
import { patchTypes } from "@aiopslab/core/Kubernetes"
import * as Result from "effect/Result"
import * as GoText from "../apply/GoText.ts"
import { goJson, sorted, sortedWhole } from "../GoEncoder.ts"
import { inGoOrder } from "../GoOrder.ts"
import type { JsonRecord } from "../Json.ts"
import { array, at, isArray, isRecord, record } from "../Json.ts"
import type { Open } from "../patch/JsonPatch.ts"
import * as JsonPatch from "../patch/JsonPatch.ts"
import * as MergePatch from "../patch/MergePatch.ts"
import { spent } from "../patch/Spent.ts"
import * as StrategicPatch from "../patch/StrategicPatch.ts"
import type { Type } from "../scheme/Type.ts"
import * as Status from "../Status.ts"
import type { Reader } from "../validation/Decode.ts"
import type { ResourceCall } from "./Call.ts"

export interface Patched {
  readonly value: JsonRecord
  /** The same in the order in which the real server reads it, and tells what is wrong. */
  readonly inOrder: () => JsonRecord
  /** Who reads the result. */
  readonly reader: Reader
  /** What a refusal of the result prints. */
  readonly shown: () => string
}

const typeOf = ({ contentType = "" }: { readonly contentType?: string }): string => contentType.split(";")[0]?.trim() ?? ""

/** Whether a JSON patch looks at managedFields, which need not be known for any other. */
const namesOwners = (body: unknown): boolean =>
  array(body).some((operation) =>
    [at(operation, "path"), at(operation, "from")].some(
      (path) => typeof path === "string" && (path === "" || path === "/metadata" || path.startsWith("/metadata/managedFields"))
    )
  )

/** Most operations of a JSON patch. */
const maxOperations = 10_000

const map = "map[string]interface {}"

const unmarshal = (value: unknown, into: string): string => `json: cannot unmarshal ${GoText.jsonKind(value)} into Go ${into}`

/** The first operation of a JSON patch that is not one, in the words of Go's decoder. */
const malformed = (body: ReadonlyArray<unknown>): string | undefined => {
  for (const operation of body) {
    if (operation === null) continue
    if (!isRecord(operation)) return unmarshal(operation, "value of type handlers.jsonPatchOp")
    for (const name of ["op", "path", "from"]) {
      const value = operation[name]
      if (value !== undefined && value !== null && typeof value !== "string") {
        return unmarshal(value, `struct field jsonPatchOp.${name} of type string`)
      }
    }
  }
  return undefined
}

const byJson = (target: JsonRecord, body: unknown, open: Open): Result.Result<JsonRecord, KubeStatus> => {
  if (body === null) return Result.succeed(target)
  if (!isArray(body))
    return Result.fail(Status.badRequest(`error decoding patch: ${unmarshal(body, "value of type []handlers.jsonPatchOp")}`))
  const wrong = malformed(body)
  if (wrong !== undefined) return Result.fail(Status.badRequest(`error decoding patch: ${wrong}`))
  if (body.length > maxOperations) {
    return Result.fail(Status.tooLarge(`The allowed maximum operations in a JSON patch is ${maxOperations}, got ${body.length}`))
  }
  return Result.mapBoth(JsonPatch.apply(target, body, open), { onSuccess: record, onFailure: () => Status.unprocessable })
}

const byStrategy = (target: JsonRecord, body: unknown, type: Type): Result.Result<JsonRecord, KubeStatus> => {
  if (body === null) return Result.succeed(target)
  if (!isRecord(body)) return Result.fail(Status.badRequest(unmarshal(body, `value of type ${map}`)))
  return Result.mapError(StrategicPatch.apply(target, body, type), ({ kind, message }) =>
    kind === "format" ? Status.badRequest(message) : Status.internal(message)
  )
}

/** Of any JSON object. `type` is `undefined` where there is no strategic merge. */
const patch = (
  call: ResourceCall,
  target: JsonRecord,
  type: Type | undefined,
  open: Open = JsonPatch.unopened
): Result.Result<JsonRecord, KubeStatus> => {
  const { body } = call.request
  switch (typeOf(call.request)) {
    case patchTypes.json:
      return byJson(target, body, open)
    case patchTypes.merge:
      if (body === null) return Result.fail(Status.badRequest("Invalid JSON Patch"))
      return isRecord(body)
        ? Result.succeed(record(MergePatch.apply(target, body, open)))
        : Result.fail(Status.badRequest(`error decoding patch: ${unmarshal(body, `value of type ${map}`)}`))
    case patchTypes.strategic:
      return type === undefined ? Result.fail(Status.unsupportedPatch) : byStrategy(target, body, type)
    default:
      return Result.fail(Status.unsupportedPatch)
  }
}

/** An object, patched. `owned` gives it with its owners. */
export const patched = (call: ResourceCall, previous: JsonRecord, owned: () => JsonRecord): Result.Result<Patched, KubeStatus> => {
  const { request, resource } = call
  const { type } = resource
  const target = namesOwners(request.body) ? owned() : previous
  return Result.map(patch(call, target, type), (value): Patched => {
    if (typeOf(request) === patchTypes.strategic) {
      return {
        value,
        reader: "converter",
        inOrder: () => (type === undefined ? value : record(inGoOrder(value, type))),
        shown: () => GoText.plain(spent(record(request.body), previous, type))
      }
    }
    // the patch is carried out on the text that Go writes
    const inOrder = (): JsonRecord => {
      const whole = owned()
      const text = record(type === undefined ? sortedWhole(whole) : inGoOrder(whole, type))
      return Result.getOrElse(patch(call, text, type, sorted), () => value)
    }
    return { value, reader: "json", inOrder, shown: () => goJson(inOrder()) }
  })
}
