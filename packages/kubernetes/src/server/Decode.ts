/** From the body of a request to an object of the resource that the path names, or the real server's refusal. */
import type { KubeObject, KubeStatus } from "@aiopslab/core/Kubernetes"
import * as Result from "effect/Result"
import { goForm, goFormInMemory } from "../GoForm.ts"
import type { JsonRecord } from "../Json.ts"
import { isRecord, record, string } from "../Json.ts"
import type { Resource, Scheme } from "../Scheme.ts"
import type { Struct } from "../scheme/Type.ts"
import * as Status from "../Status.ts"
import * as Decode from "../validation/Decode.ts"
import type { ResourceCall } from "./Call.ts"
import { query } from "./Route.ts"

export interface Decoded {
  readonly object: KubeObject
  /** With the empty lists and maps that are not stored: what a refusal prints. */
  readonly given: () => KubeObject
  readonly warnings: ReadonlyArray<string>
}

const cannotHandle = (kind: string, version: string, resource: Resource, why: string): KubeStatus =>
  Status.badRequest(`${kind} in version ${JSON.stringify(version)} cannot be handled as a ${resource.kind}: ${why}`)

const short = (apiVersion: string): string => apiVersion.slice(apiVersion.lastIndexOf("/") + 1)

const metadataType = (scheme: Scheme): Struct | undefined => {
  const type = scheme.type("apimachinery.pkg.apis.meta.v1.ObjectMeta")
  return type?.kind === "struct" ? type : undefined
}

/** Types, unknown fields, quantities. Schemaless objects are checked in their metadata alone. */
const shape = (scheme: Scheme, resource: Resource, value: JsonRecord): Result.Result<Decode.Decoded, string> => {
  if (resource.type !== undefined) return Decode.decode(value, resource.type)
  const type = metadataType(scheme)
  if (type === undefined) return Result.succeed({ value, unknown: [] })
  return Result.map(Decode.decode(record(value["metadata"]), type), (metadata) => ({
    value: { ...value, metadata: metadata.value },
    unknown: metadata.unknown.map((path) => `metadata.${path}`)
  }))
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
const finish = (call: ResourceCall, value: JsonRecord, why: (text: string) => KubeStatus): Result.Result<Decoded, KubeStatus> => {
  const { request, resource, scheme } = call
  const found = shape(scheme, resource, value)
  if (Result.isFailure(found)) return Result.fail(why(found.failure))
  const unknown = found.success.unknown.map((path) => `unknown field ${JSON.stringify(path)}`)
  const mode = query(request, "fieldValidation") ?? "Warn"
  if (unknown.length > 0 && mode === "Strict") return Result.fail(why(`strict decoding error: ${unknown.join(", ")}`))
  const { type } = resource
  const { value: known } = found.success
  const formed = type === undefined ? known : goForm(known, type)
  return Result.map(located(call, asObject(formed, resource)), (object) => ({
    object,
    given: () =>
      type === undefined ? object : Result.getOrElse(located(call, asObject(goFormInMemory(known, type), resource)), () => object),
    warnings: mode === "Warn" ? unknown : []
  }))
}

/** The object in the namespace of the path, under the name of the path. */
const located = ({ path, resource }: ResourceCall, object: KubeObject): Result.Result<KubeObject, KubeStatus> => {
  const { name, namespace = "" } = object.metadata
  if (path.name !== "" && name !== "" && name !== path.name) {
    return Result.fail(Status.badRequest(`the name of the object (${name}) does not match the name on the URL (${path.name})`))
  }
  const wanted = resource.namespaced ? path.namespace : ""
  if (namespace !== "" && namespace !== wanted) {
    return Result.fail(Status.badRequest("the namespace of the provided object does not match the namespace sent on the request"))
  }
  return Result.succeed({
    ...object,
    metadata: {
      ...object.metadata,
      name: name === "" ? path.name : name,
      ...(wanted === "" ? {} : { namespace: wanted })
    }
  })
}

/** The edge has decoded them all to JSON. */
const bodyTypes: ReadonlySet<string> = new Set(["application/json", "application/yaml", "application/vnd.kubernetes.protobuf"])

export const body = (call: ResourceCall): Result.Result<Decoded, KubeStatus> => {
  const { request, resource, scheme } = call
  const type = (request.contentType ?? "application/json").split(";")[0]?.trim() ?? ""
  if (!bodyTypes.has(type)) return Result.fail(Status.unsupportedBody)
  const value = request.body
  if (!isRecord(value)) {
    const text = value === undefined ? "unexpected end of JSON input" : "json: cannot unmarshal into Go value of type struct"
    return Result.fail(
      Status.badRequest(
        `the object provided is unrecognized (must be of type ${resource.kind}): couldn't get version/kind; json parse error: ${text} (${JSON.stringify(value) ?? ""})`
      )
    )
  }
  const kind = string(value["kind"]) ?? resource.kind
  const apiVersion = string(value["apiVersion"]) ?? resource.apiVersion
  if (kind !== resource.kind || apiVersion !== resource.apiVersion) {
    const known = scheme.byKind.get(`${apiVersion}/${kind}`)
    return Result.fail(
      cannotHandle(
        kind,
        short(apiVersion),
        resource,
        known === undefined
          ? `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme "pkg/runtime/scheme.go:110"`
          : `converting (${short(apiVersion)}.${kind}) to (${resource.group === "" ? "core" : resource.group.split(".")[0]}.${resource.kind}): unknown conversion`
      )
    )
  }
  return finish(call, value, (why) => cannotHandle(kind, short(apiVersion), resource, why))
}

const nameless = { group: "", plural: "", kind: "" }

/** The result of a patch. */
export const patched = (call: ResourceCall, value: JsonRecord): Result.Result<Decoded, KubeStatus> =>
  finish(call, value, (why) => {
    const message = `Invalid value: ${JSON.stringify(JSON.stringify(value))}: ${why}`
    return Status.invalid(nameless, "", [{ reason: "FieldValueInvalid", message, field: "patch" }])
  })
