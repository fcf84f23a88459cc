/**
 * Tokens of service accounts: JSON web tokens as TokenRequest gives them and TokenReview reads them. They are signed with a key of this
 * cluster's own; a token is good while its account is the one that it was made for.
 */
import type { KubeReply, KubeStatus } from "@aiopslab/core/Kubernetes"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { WriteContext } from "../Host.ts"
import type { JsonRecord } from "../Json.ts"
import { at, number, record, string, strings } from "../Json.ts"
import * as Status from "../Status.ts"
import * as Store from "../Store.ts"
import { kubeTime } from "../Time.ts"
import type { ResourceCall } from "./Call.ts"
import * as Decode from "./Decode.ts"
import * as Present from "./Present.ts"
import { find } from "./Read.ts"
import * as Review from "./Review.ts"

const issuer = "https://kubernetes.default.svc"
const subject = { group: "authentication.k8s.io", plural: "tokenrequests", kind: "TokenRequest" }
const shortest = 600
const longest = 2 ** 32
const usual = 3600

const encode = (text: string): string => Buffer.from(text).toString("base64url")

/** A cluster's key follows from what tells it from others. */
const keyOf = (store: Store.Store): string => Store.get(store, "namespaces", "", "kube-system")?.metadata.uid ?? ""

const sign = (store: Store.Store, text: string): Effect.Effect<string> =>
  Effect.promise(() =>
    crypto.subtle
      .importKey("raw", Buffer.from(`token ${keyOf(store)}`), { name: "HMAC", hash: "SHA-256" }, false, ["sign"])
      .then((key) => crypto.subtle.sign("HMAC", key, Buffer.from(text)))
      .then((bytes) => Buffer.from(bytes).toString("base64url"))
  )

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
  const bound = { expirationSeconds: seconds, audiences: audiences.length === 0 ? [issuer] : audiences }
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
      iss: issuer,
      jti,
      "kubernetes.io": { namespace, ...claims, serviceaccount: { name, uid } },
      nbf: issued,
      sub: `system:serviceaccount:${namespace}:${name}`
    }
    const text = `${encode(JSON.stringify({ alg: "HS256" }))}.${encode(JSON.stringify(payload))}`
    const signature = yield* sign(store, text)
    const token = {
      kind: "TokenRequest",
      apiVersion: "authentication.k8s.io/v1",
      metadata: { ...asked.metadata, name, namespace, uid, creationTimestamp: kubeTime(now) },
      spec: { audiences, expirationSeconds, boundObjectRef: spec["boundObjectRef"] ?? null },
      status: { token: `${text}.${signature}`, expirationTimestamp: kubeTime((issued + expirationSeconds) * 1000) }
    }
    return Present.reply(201, token, warnings)
  })

const decodeJson = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Unknown))

/** The `status` of a review, `now` in milliseconds since the epoch. */
const verdict = (store: Store.Store, token: string, now: number): Effect.Effect<JsonRecord> =>
  Effect.gen(function* () {
    const refused = { user: {}, error: "invalid bearer token" }
    const [head = "", body = "", signature] = token.split(".")
    if (signature === undefined || (yield* sign(store, `${head}.${body}`)) !== signature) return refused
    const payload = record(Option.getOrUndefined(decodeJson(Buffer.from(body, "base64url").toString())))
    const claims = payload["kubernetes.io"]
    const namespace = string(at(claims, "namespace")) ?? ""
    const name = string(at(claims, "serviceaccount", "name")) ?? ""
    const uid = string(at(claims, "serviceaccount", "uid")) ?? ""
    const account = Store.get(store, "serviceaccounts", namespace, name)
    if (account?.metadata.uid !== uid || (number(payload["exp"]) ?? 0) * 1000 < now) return refused
    return {
      authenticated: true,
      user: {
        username: `system:serviceaccount:${namespace}:${name}`,
        uid,
        groups: ["system:serviceaccounts", `system:serviceaccounts:${namespace}`, "system:authenticated"],
        extra: { "authentication.kubernetes.io/credential-id": [`JTI=${String(payload["jti"])}`] }
      },
      audiences: strings(payload["aud"])
    }
  })

/** TokenReview. */
export const review = (call: ResourceCall, store: Store.Store, now: number): Effect.Effect<KubeReply, KubeStatus> =>
  Effect.gen(function* () {
    const asked = yield* Effect.fromResult(Review.question(call, now))
    const token = string(at(asked.object, "spec", "token")) ?? ""
    if (token === "") return yield* Effect.fail(Status.badRequest("token is required for TokenReview in authentication"))
    return Review.answered(call, asked, yield* verdict(store, token, now))
  })
