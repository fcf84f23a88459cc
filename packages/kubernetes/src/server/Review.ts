/** Reviews: questions to the authorizer, posted as objects that are not stored. `kubectl auth can-i` and `whoami` ask them. */
import type { KubeReply, KubeStatus } from "@aiopslab/core/Kubernetes"
import * as Result from "effect/Result"
import type { JsonRecord } from "../Json.ts"
import { at, isRecord, record, string, strings } from "../Json.ts"
import type { Attributes } from "../Rbac.ts"
import { groupsOf, isAllowed, isAllowedIn, rules } from "../Rbac.ts"
import * as Status from "../Status.ts"
import type { Store } from "../Store.ts"
import { kubeTime } from "../Time.ts"
import type { ResourceCall } from "./Call.ts"
import * as Present from "./Present.ts"

const attributesOf = (spec: unknown): Attributes => {
  const path = at(spec, "nonResourceAttributes")
  if (path !== undefined) {
    return { kind: "path", verb: string(at(path, "verb")) ?? "", path: string(at(path, "path")) ?? "" }
  }
  const resource = record(at(spec, "resourceAttributes"))
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

const nameless = { group: "authorization.k8s.io", plural: "", kind: "" }

const bad = (field: string, value: string, why: string): KubeStatus =>
  Status.invalid(nameless, "", [{ reason: "FieldValueInvalid", message: `Invalid value: ${value}: ${why}`, field }])

/** What is wrong with an access review. */
const refusal = (call: ResourceCall, spec: unknown): KubeStatus | undefined => {
  const { path, resource } = call
  if ((at(spec, "resourceAttributes") === undefined) === (at(spec, "nonResourceAttributes") === undefined)) {
    return bad("spec.resourceAttributes", "null", "exactly one of nonResourceAttributes or resourceAttributes must be specified")
  }
  if (resource.plural === "selfsubjectaccessreviews") return undefined
  if ((string(at(spec, "user")) ?? "") === "" && strings(at(spec, "groups")).length === 0) {
    return bad("spec.user", '""', "at least one of user or group must be specified")
  }
  if (resource.plural !== "localsubjectaccessreviews") return undefined
  const namespace = string(at(spec, "resourceAttributes", "namespace")) ?? ""
  return namespace === path.namespace
    ? undefined
    : bad("spec.resourceAttributes.namespace", JSON.stringify(namespace), "must match metadata.namespace")
}

/** `now` in milliseconds since the epoch. */
export const create = (call: ResourceCall, store: Store, now: number): Result.Result<KubeReply, KubeStatus> => {
  const { identity, request, resource } = call
  if (!isRecord(request.body))
    return Result.fail(Status.badRequest(`the object provided is unrecognized (must be of type ${resource.kind})`))
  const spec = request.body["spec"]
  const given = record(request.body["metadata"])
  const answer = (status: unknown, more: JsonRecord = {}): KubeReply =>
    Present.reply(201, {
      ...record(request.body),
      kind: resource.kind,
      apiVersion: resource.apiVersion,
      metadata: given,
      ...more,
      status
    })
  switch (resource.plural) {
    case "selfsubjectreviews":
      return Result.succeed(
        answer({ userInfo: { username: identity.user, groups: groupsOf(identity) } }, { metadata: { creationTimestamp: kubeTime(now) } })
      )
    case "selfsubjectrulesreviews": {
      const namespace = string(at(spec, "namespace")) ?? ""
      if (namespace === "") return Result.fail(Status.badRequest("no namespace on request"))
      const all = rules(store, identity, namespace)
      const status = {
        resourceRules: all.filter((rule) => rule["nonResourceURLs"] === undefined),
        nonResourceRules: all.filter((rule) => rule["nonResourceURLs"] !== undefined),
        incomplete: false
      }
      return Result.succeed(answer(status, { spec: {} }))
    }
    default: {
      const refused = refusal(call, spec)
      if (refused !== undefined) return Result.fail(refused)
      if (resource.plural === "selfsubjectaccessreviews") {
        return Result.succeed(answer({ allowed: isAllowed(store, identity, attributesOf(spec)) }))
      }
      // the groups that an authenticated user is in are for who asks to name
      const groups = strings(at(spec, "groups"))
      return Result.succeed(answer({ allowed: isAllowedIn(store, string(at(spec, "user")) ?? "", groups, attributesOf(spec)) }))
    }
  }
}
