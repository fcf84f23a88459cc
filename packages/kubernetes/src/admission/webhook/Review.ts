/** `AdmissionReview`: a question to a webhook, and what it makes of it. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { at, isArray, isRecord, record, string, strings } from "../../Json.ts"
import type { JsonRecord } from "../../Json.ts"
import type { Resource } from "../../Scheme.ts"
import type { WebReply } from "../../web/Web.ts"
import type { Attributes } from "../Attributes.ts"
import { inVersion, request } from "../Attributes.ts"

const current = "admission.k8s.io/v1"

/** The version of the review that both know. */
export const versionOf = (hook: JsonRecord): "v1" | "v1beta1" =>
  strings(hook["admissionReviewVersions"]).find((one) => one === "v1" || one === "v1beta1") === "v1beta1" ? "v1beta1" : "v1"

export const question = (
  of: Attributes,
  as: Resource,
  hook: JsonRecord,
  uid: string,
  shown: (object: KubeObject) => JsonRecord
): JsonRecord => {
  const versioned = (object: KubeObject | undefined) => (object === undefined ? null : shown(inVersion(of, as, object)))
  return {
    kind: "AdmissionReview",
    apiVersion: `admission.k8s.io/${versionOf(hook)}`,
    request: { uid, ...request(of, as), object: versioned(of.object), oldObject: versioned(of.previous) }
  }
}

export interface Verdict {
  readonly allowed: boolean
  readonly result: JsonRecord
  readonly warnings: ReadonlyArray<string>
  /** Operations of a JSON patch. */
  readonly patch: ReadonlyArray<unknown>
}

const decodeJson = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Unknown))

/** An answer that is none, in the words that client-go has for it. */
const refused = ({ body, code }: WebReply): string => {
  const status = record(Option.getOrUndefined(decodeJson(body)))
  if (status["kind"] === "Status" && typeof status["message"] === "string") return status["message"]
  const said = body.trim()
  switch (code) {
    case 400:
      return `the server rejected our request for an unknown reason`
    case 401:
      return "the server has asked for the client to provide credentials"
    case 403:
      return said === "" ? "unknown" : said
    case 404:
      return "the server could not find the requested resource"
    case 503:
      return "the server is currently unable to handle the request"
    default:
      return code >= 500
        ? `an error on the server (${JSON.stringify(said === "" ? "unknown" : said)}) has prevented the request from succeeding`
        : said
  }
}

const patchOf = (response: JsonRecord): Result.Result<ReadonlyArray<unknown>, string> => {
  const operations = Option.getOrUndefined(decodeJson(Buffer.from(string(response["patch"]) ?? "", "base64").toString()))
  return isArray(operations) ? Result.succeed(operations) : Result.fail("received undecodable patch in webhook response: invalid character")
}

const invalid = (why: string): Result.Result<never, string> => Result.fail(`received invalid webhook response: ${why}`)

/** What the webhook says, or why that is nothing. */
export const verdict = (reply: WebReply, asked: JsonRecord, kind: "mutating" | "validating"): Result.Result<Verdict, string> => {
  if (reply.code < 200 || reply.code > 206) return Result.fail(`failed to call webhook: ${refused(reply)}`)
  const review = Option.getOrUndefined(decodeJson(reply.body))
  if (!isRecord(review) || typeof review["kind"] !== "string") {
    const why =
      reply.body === ""
        ? "unexpected end of JSON input"
        : 'json: cannot unmarshal string into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }'
    return Result.fail(`failed to call webhook: couldn't get version/kind; json parse error: ${why}`)
  }
  const { response } = review
  if (!isRecord(response)) return invalid("webhook response was absent")
  if (asked["apiVersion"] === current) {
    const uid = String(at(asked, "request", "uid"))
    const given = string(response["uid"]) ?? ""
    if (given !== uid) return invalid(`expected response.uid=${JSON.stringify(uid)}, got ${JSON.stringify(given)}`)
    const of = `${string(review["apiVersion"]) ?? ""}, Kind=${review["kind"]}`
    if (of !== `${current}, Kind=AdmissionReview`) {
      return invalid(`expected webhook response of ${current}, Kind=AdmissionReview, got ${of}`)
    }
  }
  const hasPatch = (string(response["patch"]) ?? "") !== ""
  const patchType = string(response["patchType"])
  if (kind === "validating" && hasPatch) return invalid("validating webhook may not return response.patch")
  if (kind === "validating" && patchType !== undefined) return invalid("validating webhook may not return response.patchType")
  if (kind === "mutating" && hasPatch && patchType === undefined && asked["apiVersion"] === current) {
    return invalid("webhook returned response.patch but not response.patchType")
  }
  if (kind === "mutating" && !hasPatch && patchType !== undefined) {
    return invalid("webhook returned response.patchType but not response.patch")
  }
  const said = {
    allowed: response["allowed"] === true,
    result: record(response["status"]),
    warnings: strings(response["warnings"])
  }
  if (!said.allowed || !hasPatch) return Result.succeed({ ...said, patch: [] })
  if (patchType !== undefined && patchType !== "JSONPatch") return Result.fail(`unsupported patch type ${JSON.stringify(patchType)}`)
  return Result.map(patchOf(response), (patch) => ({ ...said, patch }))
}
