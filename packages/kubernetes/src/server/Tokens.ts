/** Tokens of service accounts, as TokenRequest gives them and TokenReview reads them; and what tells others how to check them. */
import type { KubeReply, KubeStatus } from "@aiopslab/core/Kubernetes"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { WriteContext } from "../Host.ts"
import type { JsonRecord } from "../Json.ts"
import { at, number, record, string, strings } from "../Json.ts"
import { userOf } from "../Principals.ts"
import { userInfo } from "../Rbac.ts"
import * as Status from "../Status.ts"
import * as Store from "../Store.ts"
import { kubeTime } from "../Time.ts"
import type { ResourceCall } from "./Call.ts"
import type { Authority } from "./Authority.ts"
import { bearerOf } from "./Authority.ts"
import * as Decode from "./Decode.ts"
import * as Present from "./Present.ts"
import { find } from "./Read.ts"
import * as Review from "./Review.ts"

const subject = { group: "authentication.k8s.io", plural: "tokenrequests", kind: "TokenRequest" }
const shortest = 600
const longest = 2 ** 32
const usual = 3600

interface Bound {
  readonly expirationSeconds: number
  readonly audiences: ReadonlyArray<string>
  readonly claims: JsonRecord
}

/** What a token may be bound to. */
const kinds: Readonly<Record<string, string>> = { Pod: "pods", Secret: "secrets", Node: "nodes" }

const requested = (call: ResourceCall, store: Store.Store, account: string, spec: JsonRecord): Result.Result<Bound, KubeStatus> => {
  const seconds = number(spec["expirationSeconds"]) ?? usual
  const invalid = (why: string): Result.Result<never, KubeStatus> =>
    Result.fail(
      Status.invalid(subject, "", [
        { reason: "FieldValueInvalid", message: `Invalid value: ${seconds}: ${why}`, field: "spec.expirationSeconds" }
      ])
    )
  if (seconds < shortest) return invalid("may not specify a duration less than 10 minutes")
  if (seconds > longest) return invalid("may not specify a duration larger than 2^32 seconds")
  const audiences = strings(spec["audiences"])
  const bound = { expirationSeconds: seconds, audiences: audiences.length === 0 ? [call.authority.issuer] : audiences }
  const reference = record(spec["boundObjectRef"])
  const kind = string(reference["kind"])
  if (kind === undefined) return Result.succeed({ ...bound, claims: {} })
  const plural = kinds[kind]
  if (plural === undefined) {
    const apiVersion = string(reference["apiVersion"]) ?? ""
    const version = apiVersion.includes("/") ? apiVersion : `/${apiVersion}`
    return Result.fail(Status.badRequest(`cannot bind token to object of type ${version}, Kind=${kind}`))
  }
  const name = string(reference["name"]) ?? ""
  const object = Store.get(store, plural, plural === "nodes" ? "" : call.path.namespace, name)
  if (object === undefined) return Result.fail(Status.notFound({ group: "", plural, kind }, name))
  if (plural === "pods" && (string(at(object, "spec", "serviceAccountName")) ?? "") !== account) {
    return Result.fail(
      Status.badRequest(
        `cannot bind token for serviceaccount ${JSON.stringify(account)} to pod running with different serviceaccount name.`
      )
    )
  }
  return Result.succeed({ ...bound, claims: { [kind.toLowerCase()]: { name, uid: object.metadata.uid } } })
}

/** `serviceaccounts/token`. */
export const request = (call: ResourceCall, store: Store.Store): Effect.Effect<KubeReply, KubeStatus> =>
  Effect.gen(function* () {
    const { object: asked, warnings } = yield* Effect.fromResult(Decode.posted(call, "authentication.k8s.io/v1", "TokenRequest"))
    const given = asked.metadata.name
    if (given !== "" && given !== call.path.name) {
      const message = `Invalid value: ${JSON.stringify(given)}: must match the service account name if specified`
      return yield* Status.invalid(subject, call.path.name, [{ reason: "FieldValueInvalid", message, field: "metadata.name" }])
    }
    const account = yield* Effect.fromResult(find(call, store))
    const { name, namespace = "", uid } = account.metadata
    const spec = record(asked["spec"])
    const { audiences, claims, expirationSeconds } = yield* Effect.fromResult(requested(call, store, name, spec))
    const { jti, now } = yield* call.host.write(call.identity, (current, context: WriteContext) =>
      Result.succeed([{ jti: context.uid(), now: context.now }, current] as const)
    )
    const issued = Math.floor(now / 1000)
    const payload = {
      aud: audiences,
      exp: issued + expirationSeconds,
      iat: issued,
      iss: call.authority.issuer,
      jti,
      "kubernetes.io": { namespace, ...claims, serviceaccount: { name, uid } },
      nbf: issued,
      sub: userOf({ namespace, name })
    }
    const token = {
      kind: "TokenRequest",
      apiVersion: "authentication.k8s.io/v1",
      metadata: { ...asked.metadata, name, namespace, uid, creationTimestamp: kubeTime(now) },
      spec: { audiences, expirationSeconds, boundObjectRef: spec["boundObjectRef"] ?? null },
      status: { token: call.authority.keyAt(store).sign(payload), expirationTimestamp: kubeTime((issued + expirationSeconds) * 1000) }
    }
    return Present.reply(201, token, warnings)
  })

/** TokenReview. `now` in milliseconds since the epoch. */
export const review = (call: ResourceCall, store: Store.Store, now: number): Result.Result<KubeReply, KubeStatus> =>
  Result.gen(function* () {
    const { authority } = call
    const question = yield* Review.question(call, now)
    const token = string(at(question.object, "spec", "token")) ?? ""
    if (token === "") return yield* Result.fail(Status.badRequest("token is required for TokenReview in authentication"))
    const asked = strings(at(question.object, "spec", "audiences"))
    const found = bearerOf(authority, store, token, now, asked.length === 0 ? [authority.issuer] : asked)
    const status = Result.match(found, {
      onFailure: (error): JsonRecord => ({ user: {}, error }),
      onSuccess: ({ audiences, identity }): JsonRecord => ({
        authenticated: true,
        user: userInfo(identity),
        ...(audiences.length === 0 ? {} : { audiences })
      })
    })
    return Review.answered(call, question, status)
  })

/** `/.well-known/openid-configuration` and `/openid/v1/jwks`. `address` is where clients outside the cluster find the server. */
export const discovery = (authority: Authority, store: Store.Store, address: string, path: string): KubeReply | undefined => {
  switch (path) {
    case "/.well-known/openid-configuration":
      return {
        code: 200,
        contentType: "application/json",
        body: {
          issuer: authority.issuer,
          jwks_uri: `https://${address}/openid/v1/jwks`,
          response_types_supported: ["id_token"],
          subject_types_supported: ["public"],
          id_token_signing_alg_values_supported: ["ES256"]
        }
      }
    case "/openid/v1/jwks":
      return { code: 200, contentType: "application/jwk-set+json", body: authority.keyAt(store).jwks() }
    default:
      return undefined
  }
}
