/** From the body of a request to an object of the resource that the path names, or the real server's refusal. */
import type { KubeObject, KubeRequest, KubeStatus } from "@aiopslab/core/Kubernetes"
import { patchTypes } from "@aiopslab/core/Kubernetes"
import * as Result from "effect/Result"
import { goFormInMemory } from "../GoForm.ts"
import * as GoJson from "../GoJson.ts"
import * as GoText from "../apply/GoText.ts"
import type { JsonRecord } from "../Json.ts"
import { isRecord, record, string } from "../Json.ts"
import * as Structure from "../custom/Structure.ts"
import type { Resource } from "../Scheme.ts"
import { metadataType, typeOfKind } from "../Scheme.ts"
import * as Status from "../Status.ts"
import * as Decode from "../validation/Decode.ts"
import type { ResourceCall } from "./Call.ts"
import type { Patched } from "./Patched.ts"
import { query } from "./Route.ts"

export interface Decoded {
  /** With the empty lists and maps that are not stored: a refusal prints them. */
  readonly object: KubeObject
  readonly warnings: ReadonlyArray<string>
}

const cannotHandle = (kind: string, version: string, resource: Resource, why: string): KubeStatus =>
  Status.badRequest(`${kind} in version ${JSON.stringify(version)} cannot be handled as a ${resource.kind}: ${why}`)

const short = (apiVersion: string): string => apiVersion.slice(apiVersion.lastIndexOf("/") + 1)

/** Types, unknown fields, quantities. Schemaless objects are checked in their metadata alone. */
const shape = (resource: Resource, value: JsonRecord, reader: Decode.Reader): Result.Result<Decode.Decoded, string> => {
  if (resource.type !== undefined) return Decode.decode(value, resource.type, reader)
  if (metadataType === undefined) return Result.succeed({ value, unknown: [] })
  const { custom } = resource
  return Result.map(Decode.decode(record(value["metadata"]), metadataType), (metadata) => {
    const whole = { ...value, metadata: metadata.value }
    const found = custom === undefined ? { value: whole, unknown: [] } : Structure.apply(whole, custom.schema, metadataType)
    return { value: found.value, unknown: [...found.unknown, ...metadata.unknown.map((path) => `metadata.${path}`)].sort() }
  })
}

const isObject = (value: JsonRecord): value is JsonRecord & KubeObject =>
  isRecord(value["metadata"]) && typeof value["metadata"]["name"] === "string"

/** An object with its kind and a name, which may be empty. */
const asObject = (value: JsonRecord, resource: Resource): KubeObject => {
  const metadata = record(value["metadata"])
  const object: JsonRecord = {
    ...value,
    apiVersion: resource.apiVersion,
    kind: resource.kind,
    metadata: { ...metadata, name: string(metadata["name"]) ?? "" }
  }
  return isObject(object) ? object : { apiVersion: resource.apiVersion, kind: resource.kind, metadata: { name: "" } }
}

/** `why` words a refusal: a patch's result is refused in other words than a body. */
const finish = (
  call: ResourceCall,
  value: JsonRecord,
  why: (text: string) => KubeStatus,
  reader: Decode.Reader = "json"
): Result.Result<Decoded, KubeStatus> => {
  const { request, resource } = call
  const found = shape(resource, value, reader)
  if (Result.isFailure(found)) return Result.fail(why(found.failure))
  const formed = asObject(resource.type === undefined ? found.success.value : goFormInMemory(found.success.value, resource.type), resource)
  const mode = query(request, "fieldValidation") || "Warn"
  if (mode === "Ignore") return Result.map(located(call, formed), (object) => ({ object, warnings: [] }))
  const unknown = reader === "json" ? found.success.unknown : found.success.unknown.toSorted()
  const complaints = complaintsOf(call, unknown)
  if (complaints.length > 0 && mode === "Strict") return Result.fail(why(`strict decoding error: ${complaints.join(", ")}`))
  return Result.map(located(call, formed), (object) => ({ object, warnings: complaints }))
}

const isJson = (request: KubeRequest): boolean => mediaType(request) === "application/json"

/** Unknown and repeated fields, in the order of the text where there is one. */
const complaintsOf = ({ request, resource }: ResourceCall, unknown: ReadonlyArray<string>): ReadonlyArray<string> => {
  const words = (path: string): string => `unknown field ${JSON.stringify(path)}`
  const { text } = request
  if (text === undefined || !isJson(request)) return unknown.map(words)
  const { fields } = GoJson.scan(text)
  if (resource.custom !== undefined) {
    const repeated = fields.filter((path, i) => fields.indexOf(path) < i)
    return [...repeated.map((path) => `duplicate field ${JSON.stringify(path)}`), ...unknown.map(words)]
  }
  if (unknown.length === 0 && new Set(fields).size === fields.length) return []
  const strange = new Set(unknown)
  const seen = new Set<string>()
  const out: Array<string> = []
  for (const path of fields) {
    const again = seen.has(path)
    seen.add(path)
    if (strange.has(path)) {
      if (!again) out.push(words(path))
    } else if (again && !isWithin(path, strange)) out.push(`duplicate field ${JSON.stringify(path)}`)
  }
  return out
}

/** Whether a field stands inside one of these. */
const isWithin = (path: string, outer: ReadonlySet<string>): boolean => {
  for (let end = path.length; end > 0; end = Math.max(path.lastIndexOf(".", end - 1), path.lastIndexOf("[", end - 1))) {
    if (outer.has(path.slice(0, end))) return true
  }
  return false
}

/** The object in the namespace of the path; its name has to be the path's. That of a cluster-wide object counts for nothing. */
const located = ({ path, resource }: ResourceCall, object: KubeObject): Result.Result<KubeObject, KubeStatus> => {
  const { namespace: given = "", ...metadata } = object.metadata
  const namespace = resource.namespaced ? path.namespace : ""
  if (namespace !== "" && given !== "" && given !== namespace) {
    return Result.fail(Status.badRequest("the namespace of the provided object does not match the namespace sent on the request"))
  }
  if (path.name !== "" && metadata.name === "") {
    return Result.fail(Status.badRequest(`the name of the object (${path.name} based on URL) was undeterminable: name must be provided`))
  }
  if (path.name !== "" && metadata.name !== path.name) {
    return Result.fail(Status.badRequest(`the name of the object (${metadata.name}) does not match the name on the URL (${path.name})`))
  }
  return Result.succeed({ ...object, metadata: namespace === "" ? metadata : { ...metadata, namespace } })
}

/** JSON when the header says nothing; a header that is only parameters is of no type. */
const mediaType = ({ contentType = "" }: KubeRequest): string =>
  contentType === "" ? "application/json" : (contentType.split(";")[0] ?? "").trim()

/** The edge has decoded them all to JSON. */
const bodyTypes: ReadonlySet<string> = new Set(["application/json", "application/yaml", "application/vnd.kubernetes.protobuf"])

const shownBytes = 30

/** The beginning of a body that was not understood: as it is when it looks like JSON, else in hexadecimal. */
const summary = (text: string): string => {
  const bytes = new TextEncoder().encode(text)
  if (bytes.length === 0) return "<empty>"
  const cut = bytes.length > shownBytes ? " ..." : ""
  const first = bytes.slice(0, shownBytes)
  return `${text.startsWith("{") ? new TextDecoder().decode(first) : [...first].map((byte) => byte.toString(16).padStart(2, "0")).join("")}${cut}`
}

const head = String.raw`struct { APIVersion string "json:\"apiVersion,omitempty\""; Kind string "json:\"kind,omitempty\"" }`

const unrecognized = (kind: string, why: string, text: string): KubeStatus =>
  Status.badRequest(
    `the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; json parse error: ${why} (${summary(text)})`
  )

/** Why a body can't be read at all: it has a text, and no value. */
export const malformed = (call: ResourceCall): KubeStatus | undefined => {
  const { request, resource } = call
  const type = mediaType(request)
  if (request.method === "PATCH") {
    if (request.text === undefined || request.body !== undefined || type === patchTypes.apply || !patches.has(type)) return undefined
    const error = GoJson.errorOf(request.text) ?? ""
    return Status.badRequest(type === patchTypes.strategic ? error : `error decoding patch: ${error}`)
  }
  if (request.method === "DELETE") return malformedOptions(request)
  if (request.text === undefined || request.body !== undefined || !bodyTypes.has(type)) return undefined
  return unrecognized(resource.kind, GoJson.errorOf(request.text) ?? "", request.text)
}

const malformedOptions = ({ body, text }: KubeRequest): KubeStatus | undefined => {
  if (isRecord(body) || body === null || (body === undefined && (text ?? "") === "")) return undefined
  const why =
    body === undefined
      ? (GoJson.errorOf(text ?? "") ?? "")
      : `json: cannot unmarshal ${GoText.jsonKind(body)} into Go value of type ${head}`
  return Status.internal(`couldn't get version/kind; json parse error: ${why}`)
}

const patches: ReadonlySet<string> = new Set(Object.values(patchTypes))

/** A custom resource names its kind and version itself. */
const wrongCustom = (resource: Resource, value: JsonRecord, text: string): KubeStatus | undefined => {
  const kind = string(value["kind"]) ?? ""
  const apiVersion = string(value["apiVersion"]) ?? ""
  if (kind === "") {
    return Status.badRequest(
      `the object provided is unrecognized (must be of type ${resource.kind}): Object 'Kind' is missing in '${text}' (${summary(text)})`
    )
  }
  if (apiVersion !== resource.apiVersion) {
    return Status.badRequest(`the API version in the data (${apiVersion}) does not match the expected API version (${resource.apiVersion})`)
  }
  if (kind === resource.kind) return undefined
  const name = string(record(value["metadata"])["name"]) ?? ""
  const message = `Invalid value: ${JSON.stringify(kind)}: must be ${resource.kind}`
  return Status.invalid({ ...resource, kind }, name, [{ reason: "FieldValueInvalid", message, field: "kind" }])
}

const isNamed = (value: unknown): boolean => typeof value === "string" || value === null || value === undefined

export const body = (call: ResourceCall): Result.Result<Decoded, KubeStatus> => {
  const { request, resource } = call
  if (!bodyTypes.has(mediaType(request))) return Result.fail(Status.unsupportedBody)
  // null is an object without fields
  const value = request.body === null ? {} : request.body
  if (!isRecord(value)) {
    const why =
      value === undefined
        ? "unexpected end of JSON input"
        : `json: cannot unmarshal ${GoText.jsonKind(value)} into Go value of type ${head}`
    return Result.fail(unrecognized(resource.kind, why, request.text ?? (value === undefined ? "" : JSON.stringify(value))))
  }
  if (resource.custom !== undefined) {
    const wrong = wrongCustom(resource, value, request.text ?? JSON.stringify(value))
    if (wrong !== undefined) return Result.fail(wrong)
  }
  const misnamed = Object.keys(value).find((key) => (key === "kind" || key === "apiVersion") && !isNamed(value[key]))
  if (misnamed !== undefined) {
    const why = `json: cannot unmarshal ${GoText.jsonKind(value[misnamed])} into Go struct field .${misnamed} of type string`
    return Result.fail(unrecognized(resource.kind, why, request.text ?? JSON.stringify(value)))
  }
  const kind = string(value["kind"]) ?? resource.kind
  const apiVersion = string(value["apiVersion"]) ?? resource.apiVersion
  const other = otherKind(call, kind, apiVersion)
  if (other !== undefined) return Result.fail(cannotHandle(kind, short(apiVersion), resource, other))
  return finish(call, value, (why) => cannotHandle(kind, short(apiVersion), resource, why))
}

/** Why an object of a kind and version is none of the resource that is written to. */
const otherKind = ({ resource, scheme }: ResourceCall, kind: string, apiVersion: string): string | undefined =>
  kind === resource.kind && apiVersion === resource.apiVersion
    ? undefined
    : scheme.byKind.has(`${apiVersion}/${kind}`)
      ? `converting (${short(apiVersion)}.${kind}) to (${resource.group === "" ? "core" : resource.group.split(".")[0]}.${resource.kind}): unknown conversion`
      : `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme "pkg/runtime/scheme.go:110"`

const nameless = { group: "", plural: "", kind: "" }

const unpatched = (shown: string, why: string): KubeStatus => {
  const message = `Invalid value: ${GoText.quoted(shown)}: ${why}`
  return Status.invalid(nameless, "", [{ reason: "FieldValueInvalid", message, field: "patch" }])
}

/** The result of an apply. */
export const applied = (call: ResourceCall, value: JsonRecord): Result.Result<Decoded, KubeStatus> =>
  finish(call, value, (why) => unpatched(JSON.stringify(value), why))

/** The result of a patch. A refusal prints it as text, or prints the patch. */
export const patched = (call: ResourceCall, patch: Patched): Result.Result<Decoded, KubeStatus> => {
  const { reader, value } = patch
  const refused = (why: string): KubeStatus => unpatched(patch.shown(), why)
  const { resource } = call
  if (reader === "json" && resource.custom === undefined) {
    const other = otherKind(call, string(value["kind"]) ?? resource.kind, string(value["apiVersion"]) ?? resource.apiVersion)
    if (other !== undefined) return Result.fail(refused(other))
  }
  const direct = finish(call, value, refused, reader)
  const isClear = Result.isSuccess(direct) && direct.success.warnings.length === 0
  return isClear ? direct : finish(call, patch.inOrder(), refused, reader)
}

/** The call about an object of another kind, as bodies of subresources are. */
export const ofKind = (call: ResourceCall, apiVersion: string, kind: string): ResourceCall => {
  const [group = "", version = ""] = apiVersion.includes("/") ? apiVersion.split("/") : ["", apiVersion]
  const { resource } = call
  return {
    ...call,
    resource: { ...resource, group, version, apiVersion, kind, type: typeOfKind(apiVersion, kind), custom: undefined, stored: undefined }
  }
}

/** The body of a request that makes an object of another kind than the path names; its name may be another than the path's. */
export const posted = (call: ResourceCall, apiVersion: string, kind: string): Result.Result<Decoded, KubeStatus> => {
  const other = ofKind(call, apiVersion, kind)
  return body({ ...other, path: { ...other.path, name: "" } })
}
