/** Reviews: questions about identities, posted as objects that are not stored. `kubectl auth can-i` and `whoami` ask them. */
import type { KubeObject, KubeReply, KubeStatus } from "@aiopslab/core/Kubernetes"
import * as Result from "effect/Result"
import * as Owners from "../apply/Ownership.ts"
import type { JsonRecord } from "../Json.ts"
import { at, record, string, strings } from "../Json.ts"
import type { Attributes } from "../Rbac.ts"
import { isAllowed, isAllowedIn, rules, userInfo } from "../Rbac.ts"
import * as Status from "../Status.ts"
import type { Store } from "../Store.ts"
import { kubeTime } from "../Time.ts"
import { accessReview, evaluationError } from "../validation/access/Review.ts"
import { Report } from "../validation/Report.ts"
import type { ResourceCall } from "./Call.ts"
import * as Decode from "./Decode.ts"
import * as Present from "./Present.ts"
import * as WriteOptions from "./WriteOptions.ts"
import * as Written from "./Written.ts"

const attributesOf = (spec: JsonRecord): Attributes => {
  const path = spec["nonResourceAttributes"]
  if (path !== undefined) {
    return { kind: "path", verb: string(at(path, "verb")) ?? "", path: string(at(path, "path")) ?? "" }
  }
  const resource = record(spec["resourceAttributes"])
  const text = (key: string): string => string(resource[key]) ?? ""
  return {
    kind: "resource",
    verb: text("verb"),
    group: text("group"),
    resource: text("resource"),
    subresource: text("subresource"),
    namespace: text("namespace"),
    name: text("name")
  }
}

export const isReview = (id: string): boolean => id.endsWith("reviews.authorization.k8s.io") || id.endsWith("reviews.authentication.k8s.io")

/** The question as it was asked, and who asked what of it. */
export interface Question {
  readonly object: KubeObject
  /** As the answer shows it. */
  readonly metadata: JsonRecord
  readonly warnings: ReadonlyArray<string>
}

/** Metadata that only the server can know is not looked at. */
const kept = (metadata: JsonRecord): JsonRecord => {
  const {
    creationTimestamp: _,
    deletionGracePeriodSeconds: __,
    deletionTimestamp: ___,
    name,
    selfLink: ____,
    uid: _____,
    ...rest
  } = metadata
  return name === "" ? rest : { ...rest, name }
}

/** `now` in milliseconds since the epoch. */
export const question = (call: ResourceCall, now: number): Result.Result<Question, KubeStatus> =>
  Result.gen(function* () {
    const { object: given, warnings } = yield* Decode.body(call)
    const { object } = yield* Written.storable(call, given)
    const { manager } = WriteOptions.read(call.request)
    const { resource } = call
    const { uid: _, ...metadata } = object.metadata
    const after = { ...object, metadata }
    const owners = Owners.Ownership.after(undefined, { resource, before: undefined, after, manager, subresource: "", now })
    return { object, metadata: { ...kept(object.metadata), managedFields: owners.encoded }, warnings }
  })

/** The question with its answer. */
export const answered = ({ resource }: ResourceCall, { metadata, object, warnings }: Question, status: JsonRecord): KubeReply =>
  Present.reply(201, { ...object, kind: resource.kind, apiVersion: resource.apiVersion, metadata, status }, warnings)

/** An answer without the question. */
const plain = ({ resource }: ResourceCall, { warnings }: Question, more: JsonRecord): KubeReply =>
  Present.reply(201, { kind: resource.kind, apiVersion: resource.apiVersion, ...more }, warnings)

const nameless = { group: "authorization.k8s.io", plural: "", kind: "" }

const isGranted = ({ identity, resource }: ResourceCall, store: Store, spec: JsonRecord): boolean => {
  if (resource.plural === "selfsubjectaccessreviews") return isAllowed(store, identity, attributesOf(spec))
  // the groups that an authenticated user is in are for who asks to name
  return isAllowedIn(store, string(spec["user"]) ?? "", strings(spec["groups"]), attributesOf(spec))
}

export const create = (call: ResourceCall, store: Store, now: number): Result.Result<KubeReply, KubeStatus> =>
  Result.flatMap(question(call, now), (asked) => {
    const { identity, path, resource } = call
    const { metadata, object } = asked
    const spec = record(object["spec"])
    switch (resource.plural) {
      case "selfsubjectreviews":
        return Result.succeed(
          plain(call, asked, { metadata: { creationTimestamp: kubeTime(now) }, status: { userInfo: userInfo(identity) } })
        )
      case "selfsubjectrulesreviews": {
        const namespace = string(spec["namespace"]) ?? ""
        if (namespace === "") return Result.fail(Status.badRequest("no namespace on request"))
        const all = rules(store, identity, namespace)
        const status = {
          resourceRules: all.filter((rule) => rule["nonResourceURLs"] === undefined),
          nonResourceRules: all.filter((rule) => rule["nonResourceURLs"] !== undefined),
          incomplete: false
        }
        return Result.succeed(plain(call, asked, { metadata: {}, spec: {}, status }))
      }
      default: {
        const report = new Report()
        accessReview(resource.plural, path.namespace === "" ? metadata : { ...metadata, namespace: path.namespace })(
          object,
          undefined,
          report
        )
        if (report.failed) return Result.fail(Status.invalid(nameless, "", report.causes))
        const allowed = isGranted(call, store, spec)
        const error = evaluationError(spec)
        return Result.succeed(answered(call, asked, error === "" ? { allowed } : { allowed, evaluationError: error }))
      }
    }
  })
