/** Reviews: questions to the authorizer, posted as objects that are not stored. `kubectl auth can-i` and `whoami` ask them. */
import type { Identity, KubeReply, KubeStatus } from "@aiopslab/core/Kubernetes"
import * as Result from "effect/Result"
import { at, isRecord, record, string, strings } from "../Json.ts"
import type { Attributes } from "../Rbac.ts"
import { groupsOf, isAllowed, rules } from "../Rbac.ts"
import * as Status from "../Status.ts"
import type { Store } from "../Store.ts"
import { kubeTime } from "../Time.ts"
import type { ResourceCall } from "./Call.ts"
import * as Present from "./Present.ts"

const attributesOf = (spec: unknown, namespace: string): Attributes => {
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
    namespace: text("namespace") || namespace,
    name: text("name")
  }
}

/** Who a SubjectAccessReview is about. */
const subjectOf = (spec: unknown): Identity => ({ user: string(at(spec, "user")) ?? "", groups: strings(at(spec, "groups")) })

export const isReview = (id: string): boolean => id.endsWith("reviews.authorization.k8s.io") || id.endsWith("reviews.authentication.k8s.io")

/** `now` in milliseconds since the epoch. */
export const create = (call: ResourceCall, store: Store, now: number): Result.Result<KubeReply, KubeStatus> => {
  const { identity, path, request, resource } = call
  if (!isRecord(request.body))
    return Result.fail(Status.badRequest(`the object provided is unrecognized (must be of type ${resource.kind})`))
  const spec = request.body["spec"]
  const answer = (status: unknown, metadata: unknown = {}): KubeReply =>
    Present.reply(201, { ...record(request.body), kind: resource.kind, apiVersion: resource.apiVersion, metadata, status })
  switch (resource.plural) {
    case "selfsubjectreviews":
      return Result.succeed(
        answer({ userInfo: { username: identity.user, groups: groupsOf(identity) } }, { creationTimestamp: kubeTime(now) })
      )
    case "selfsubjectrulesreviews": {
      const all = rules(store, identity, string(at(spec, "namespace")) ?? "default")
      return Result.succeed(
        answer({
          resourceRules: all.filter((rule) => rule["nonResourceURLs"] === undefined),
          nonResourceRules: all.filter((rule) => rule["nonResourceURLs"] !== undefined),
          incomplete: false
        })
      )
    }
    case "selfsubjectaccessreviews":
      return Result.succeed(answer({ allowed: isAllowed(store, identity, attributesOf(spec, "")) }))
    default:
      return Result.succeed(answer({ allowed: isAllowed(store, subjectOf(spec), attributesOf(spec, path.namespace)) }))
  }
}
