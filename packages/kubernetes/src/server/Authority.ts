/** Who issues the tokens of service accounts, and whose they are. */
import type { Identity } from "@aiopslab/core/Kubernetes"
import * as Result from "effect/Result"
import type { JsonRecord } from "../Json.ts"
import { at, number, string, strings } from "../Json.ts"
import * as Principals from "../Principals.ts"
import * as Store from "../Store.ts"
import type { TokenKey } from "../trust/TokenKey.ts"
import * as TokenKeys from "../trust/TokenKey.ts"
import type { Trust } from "../trust/Trust.ts"
import * as Trusts from "../trust/Trust.ts"

export interface Authority {
  readonly issuer: string
  readonly keyAt: (store: Store.Store) => TokenKey
}

/** Without a cluster's own trust the key follows from what tells this server from others. */
export const make = (trust: Trust | undefined): Authority => {
  if (trust !== undefined) return { issuer: Trusts.issuer, keyAt: () => trust.key }
  const keys = new Map<string, TokenKey>()
  return {
    issuer: "https://kubernetes.default.svc",
    keyAt: (store) => {
      const seed = Store.get(store, "namespaces", "", "kube-system")?.metadata.uid ?? ""
      const key = keys.get(seed) ?? TokenKeys.make(`token ${seed}`)
      keys.set(seed, key)
      return key
    }
  }
}

/** Of tokens that are kept in Secrets. */
export const legacyIssuer = "kubernetes/serviceaccount"

export interface Bearer {
  readonly identity: Identity
  readonly audiences: ReadonlyArray<string>
}

const bearer = (
  namespace: string,
  name: string,
  uid: string,
  audiences: ReadonlyArray<string>,
  extra: NonNullable<Identity["extra"]>
): Bearer => ({
  identity: {
    ...Principals.accountIdentity({ namespace, name }),
    uid,
    ...(Object.keys(extra).length === 0 ? {} : { extra })
  },
  audiences
})

const invalid = "invalid bearer token"

const isAccount = (store: Store.Store, namespace: string, name: string, uid: string): boolean =>
  Store.get(store, "serviceaccounts", namespace, name)?.metadata.uid === uid

/** What a token is bound to, and under which claims. */
const bindings = { pod: "pods", secret: "secrets", node: "nodes" } as const

const isBound = (store: Store.Store, namespace: string, claims: unknown): boolean =>
  Object.entries(bindings).every(([kind, resource]) => {
    const uid = string(at(claims, kind, "uid")) ?? ""
    // the node of a pod's token is told, not asked for
    if (uid === "" || (kind === "node" && at(claims, "pod") !== undefined)) return true
    return Store.get(store, resource, kind === "node" ? "" : namespace, string(at(claims, kind, "name")) ?? "")?.metadata.uid === uid
  })

const extraOf = (payload: JsonRecord, claims: unknown): NonNullable<Identity["extra"]> => {
  const text = (kind: "pod" | "node", key: "name" | "uid"): NonNullable<Identity["extra"]> => {
    const found = string(at(claims, kind, key))
    return found === undefined ? {} : { [`authentication.kubernetes.io/${kind}-${key}`]: [found] }
  }
  return {
    "authentication.kubernetes.io/credential-id": [`JTI=${String(payload["jti"])}`],
    ...text("node", "name"),
    ...text("node", "uid"),
    ...text("pod", "name"),
    ...text("pod", "uid")
  }
}

const legacy = (store: Store.Store, token: string, payload: JsonRecord): Result.Result<Bearer, string> => {
  const claim = (key: string): string => string(payload[`kubernetes.io/serviceaccount/${key}`]) ?? ""
  const namespace = claim("namespace")
  const [name, uid] = [claim("service-account.name"), claim("service-account.uid")]
  const secret = Store.get(store, "secrets", namespace, claim("secret.name"))
  const kept = Buffer.from(string(at(secret, "data", "token")) ?? "", "base64").toString()
  return kept === token && isAccount(store, namespace, name, uid)
    ? Result.succeed(bearer(namespace, name, uid, [], {}))
    : Result.fail(invalid)
}

/** Whose token it is, for one of these audiences; `now` in milliseconds since the epoch. */
export const bearerOf = (
  authority: Authority,
  store: Store.Store,
  token: string,
  now: number,
  audiences: ReadonlyArray<string>
): Result.Result<Bearer, string> => {
  const payload = authority.keyAt(store).read(token)
  if (payload === undefined) return Result.fail(invalid)
  if (payload["iss"] === legacyIssuer) return legacy(store, token, payload)
  const claims = payload["kubernetes.io"]
  const namespace = string(at(claims, "namespace")) ?? ""
  const name = string(at(claims, "serviceaccount", "name")) ?? ""
  const uid = string(at(claims, "serviceaccount", "uid")) ?? ""
  const given = strings(payload["aud"])
  const shared = given.filter((one) => audiences.includes(one))
  if (shared.length === 0) {
    const quoted = (list: ReadonlyArray<string>) => `[${list.map((one) => JSON.stringify(one)).join(" ")}]`
    return Result.fail(`[${invalid}, token audiences ${quoted(given)} is invalid for the target audiences ${quoted(audiences)}]`)
  }
  if (!isAccount(store, namespace, name, uid) || !isBound(store, namespace, claims)) return Result.fail(invalid)
  if ((number(payload["exp"]) ?? 0) * 1000 < now) return Result.fail(`[${invalid}, service account token has expired]`)
  return Result.succeed(bearer(namespace, name, uid, shared, extraOf(payload, claims)))
}
