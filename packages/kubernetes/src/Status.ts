/**
 * The failures of the API with the real server's codes, reasons and texts (observed on kube-apiserver 1.34, `test/golden`).
 */
import { quoted } from "./apply/GoText.ts"
import { KubeStatus } from "@aiopslab/core/Kubernetes"
import type { JsonRecord } from "./Json.ts"

/** What a failure's text names: `pods "web"`, `deployments.apps "web"`. */
export interface Subject {
  readonly group: string
  readonly plural: string
  readonly kind: string
  /** Of the kind as it is stored, where that is another. */
  readonly kindGroup?: string
}

/** One entry of `details.causes`. */
export interface Cause {
  readonly reason:
    | "FieldValueRequired"
    | "FieldValueInvalid"
    | "FieldValueNotSupported"
    | "FieldValueDuplicate"
    | "FieldValueForbidden"
    | "FieldValueNotFound"
    | "FieldValueTooLong"
    | "FieldValueTooMany"
    | "FieldValueTypeInvalid"
    | "InternalError"
  readonly message: string
  readonly field: string
}

const status = (code: number, reason: string, message: string, details?: JsonRecord): KubeStatus =>
  new KubeStatus({ code, reason, message, ...(details === undefined ? {} : { details }) })

const dotted = (name: string, group: string): string => (group === "" ? name : `${name}.${group}`)

const about = (name: string, group: string, kind: string): JsonRecord => ({
  ...(name === "" ? {} : { name }),
  ...(group === "" ? {} : { group }),
  ...(kind === "" ? {} : { kind })
})

/** The `Status` object of a failure, as in the body of an HTTP answer. */
export const body = (failure: KubeStatus): JsonRecord => ({
  kind: "Status",
  apiVersion: "v1",
  metadata: {},
  status: "Failure",
  message: failure.message,
  ...(failure.reason === "" ? {} : { reason: failure.reason }),
  ...(failure.details === undefined ? {} : { details: failure.details }),
  code: failure.code
})

export const notFound = (subject: Subject, name: string): KubeStatus =>
  status(404, "NotFound", `${dotted(subject.plural, subject.group)} ${quoted(name)} not found`, about(name, subject.group, subject.plural))

export const alreadyExists = (subject: Subject, name: string): KubeStatus =>
  status(
    409,
    "AlreadyExists",
    `${dotted(subject.plural, subject.group)} ${quoted(name)} already exists`,
    about(name, subject.group, subject.plural)
  )

export const conflict = (subject: Subject, name: string, why: string): KubeStatus =>
  status(
    409,
    "Conflict",
    `Operation cannot be fulfilled on ${dotted(subject.plural, subject.group)} ${quoted(name)}: ${why}`,
    about(name, subject.group, subject.plural)
  )

/** The usual conflict: a write on an older resourceVersion. */
export const modified = (subject: Subject, name: string): KubeStatus =>
  conflict(subject, name, "the object has been modified; please apply your changes to the latest version and try again")

/** The delete's own wording, which names the kind. */
export const uidMismatch = (subject: Subject, name: string, wanted: string, actual: string): KubeStatus =>
  conflict(
    { ...subject, group: subject.kindGroup ?? subject.group, plural: subject.kind },
    name,
    `the UID in the precondition (${wanted}) does not match the UID in record (${actual}). The object might have been deleted and then recreated`
  )

export const revisionMismatch = (subject: Subject, name: string, wanted: string, actual: string): KubeStatus =>
  conflict(
    { ...subject, group: subject.kindGroup ?? subject.group, plural: subject.kind },
    name,
    `the ResourceVersion in the precondition (${wanted}) does not match the ResourceVersion in record (${actual}). The object might have been modified`
  )

export const invalid = (subject: Subject, name: string, causes: ReadonlyArray<Cause>): KubeStatus => {
  const group = subject.kindGroup ?? subject.group
  // the text tells a thing once, `details` as often as it was found
  const texts = [...new Set(causes.map((cause) => `${cause.field}: ${cause.message}`))]
  return status(
    422,
    "Invalid",
    `${dotted(subject.kind, group)} ${quoted(name)} is invalid: ${texts.length === 1 ? texts[0] : `[${texts.join(", ")}]`}`,
    { ...about(name, group, subject.kind), causes }
  )
}

/** More than the edge reads, or more than a patch may hold. */
export const tooLarge = (why: string): KubeStatus => status(413, "RequestEntityTooLarge", `Request entity too large: ${why}`)

/** An update that does not say which version it is of. */
export const unversioned = (subject: Subject, name: string): KubeStatus =>
  invalid({ ...subject, kind: subject.plural }, name, [
    { reason: "FieldValueInvalid", message: "Invalid value: 0: must be specified for an update", field: "metadata.resourceVersion" }
  ])

/** Of a version that is no number. */
export const unparsedVersion = (resourceVersion: string): KubeStatus | undefined =>
  /^\d+$/.test(resourceVersion) ? undefined : internal(`strconv.ParseUint: parsing ${JSON.stringify(resourceVersion)}: invalid syntax`)

/** A patch that can't be carried out: a failed `test`, a path that is not there. */
export const unprocessable: KubeStatus = status(422, "Invalid", "the server rejected our request due to an error in our request", {})

export const badRequest = (message: string): KubeStatus => status(400, "BadRequest", message)

export const upgradeRequired: KubeStatus = badRequest("Upgrade request required")

export const internal = (message: string): KubeStatus => status(500, "", message)

export const unknownPath: KubeStatus = status(404, "NotFound", "the server could not find the requested resource", {})

/** A path outside the API: over HTTP it is a page of text, which clients report in these words. */
export const pageNotFound: KubeStatus = status(404, "NotFound", "the server could not find the requested resource")

export const methodNotAllowed: KubeStatus = status(
  405,
  "MethodNotAllowed",
  "the server does not allow this method on the requested resource",
  {}
)

export const unsupportedBody: KubeStatus = status(
  415,
  "UnsupportedMediaType",
  "the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf"
)

export const unsupportedPatch: KubeStatus = status(415, "UnsupportedMediaType", "415: Unsupported Media Type", {})

export const notAcceptable = (message: string): KubeStatus => status(406, "NotAcceptable", message)

export const noRepresentation = (available: string): KubeStatus =>
  status(406, "NotAcceptable", `406: Not Acceptable\n\nAvailable representations: ${available}`, {})

export const expired = (asked: number, oldest: number): KubeStatus =>
  status(410, "Expired", `too old resource version: ${asked} (${oldest})`)

export const internalError = (message: string): KubeStatus =>
  status(500, "InternalError", `Internal error occurred: ${message}`, { causes: [{ message }] })

export const unavailable = (message: string): KubeStatus => status(503, "ServiceUnavailable", message)

/** Custom resources know no strategic merge. */
export const unsupportedCustomPatch: KubeStatus = status(
  415,
  "UnsupportedMediaType",
  "the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml"
)

/** A list of a moment whose changes are gone. */
export const compacted: KubeStatus = status(
  410,
  "Expired",
  "The provided from parameter is too old to display a consistent list result. You must start a new list without the from."
)

/** The like for a page token; `token` goes on at the present moment, where the pages no longer agree. */
export const expiredPage = (token: string): KubeStatus =>
  status(
    410,
    "Expired",
    "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.",
    { continue: token }
  )

/** A read at a moment that has not come. */
export const tooLargeRevision = (asked: number, current: number, resource: { readonly id: string }): KubeStatus =>
  status(504, "Timeout", `Timeout: Too large resource version: ${asked}, current: ${current}`, {
    causes: [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }],
    // the real server's cache is waited for; it does not cache events
    ...(resource.id === "events" ? {} : { retryAfterSeconds: 1 })
  })

export const tooManyRequests = (message: string, details: JsonRecord): KubeStatus => status(429, "TooManyRequests", message, details)

/** An admission rule's refusal: `namespaces "default" is forbidden: this namespace may not be deleted`. */
export const forbidden = (subject: Subject, name: string, why: string): KubeStatus =>
  status(
    403,
    "Forbidden",
    `${dotted(subject.plural, subject.group)}${name === "" ? "" : ` ${quoted(name)}`} is forbidden: ${why}`,
    about(name, subject.group, subject.plural)
  )

/** A refusal for a path that is no resource. */
export const forbiddenPath = (user: string, verb: string, path: string): KubeStatus =>
  status(403, "Forbidden", `forbidden: User "${user}" cannot ${verb} path "${path}"`, {})

export const namespaceTerminating = (subject: Subject, name: string, namespace: string): KubeStatus =>
  status(
    403,
    "Forbidden",
    `${dotted(subject.plural, subject.group)} ${quoted(name)} is forbidden: unable to create new content in namespace ${namespace} because it is being terminated`,
    {
      ...about(name, subject.group, subject.plural),
      causes: [{ reason: "NamespaceTerminating", message: `namespace ${namespace} is being terminated`, field: "metadata.namespace" }]
    }
  )
