/**
 * Who asks: client certificate, else bearer token, else nobody; then impersonation, which only `system:masters` may do here.
 */
import { type Identity, KubeStatus } from "@aiopslab/core/Kubernetes"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { IncomingHttpHeaders } from "node:http"
import type { PeerCertificate } from "node:tls"

const unauthorized = new KubeStatus({ code: 401, reason: "Unauthorized", message: "Unauthorized" })

const list = (value: string | ReadonlyArray<string> | undefined): ReadonlyArray<string> =>
  value === undefined ? [] : typeof value === "string" ? [value] : value

const fromCertificate = (subject: PeerCertificate["subject"] | undefined): Identity | undefined =>
  subject?.CN === undefined ? undefined : { user: list(subject.CN)[0] ?? "", groups: [...list(subject.O), "system:authenticated"] }

/** Whose token it is. */
export type Authenticate = (token: string) => Effect.Effect<Identity | undefined>

const fromToken = (header: string | undefined, tokens: ReadonlyMap<string, Identity>, authenticate: Authenticate | undefined) => {
  if (header?.startsWith("Bearer ") !== true) return Effect.succeed(undefined)
  const token = header.slice("Bearer ".length).trim()
  const known = tokens.get(token)
  return known !== undefined || authenticate === undefined ? Effect.succeed(known) : authenticate(token)
}

/** Headers with several values, which `http` joins, arrive in `raw` as they were sent. */
const repeated = (raw: ReadonlyArray<string>, name: string): ReadonlyArray<string> =>
  raw.filter((_, index) => index % 2 === 1 && raw[index - 1]?.toLowerCase() === name)

export interface Request {
  readonly headers: IncomingHttpHeaders
  readonly rawHeaders: ReadonlyArray<string>
}

export const identify = (
  request: Request,
  subject: PeerCertificate["subject"] | undefined,
  tokens: ReadonlyMap<string, Identity>,
  authenticate?: Authenticate
): Effect.Effect<Identity, KubeStatus> => {
  const certified = fromCertificate(subject)
  const found = certified === undefined ? fromToken(request.headers.authorization, tokens, authenticate) : Effect.succeed(certified)
  return Effect.flatMap(found, (identity) =>
    identity === undefined ? Effect.fail(unauthorized) : Effect.fromResult(impersonating(request, identity))
  )
}

/** A service account is in the groups of all and of its namespace, unless others are asked for. */
const groupsOf = (user: string, asked: ReadonlyArray<string>): ReadonlyArray<string> => {
  const account = /^system:serviceaccount:([^:]+):[^:]+$/.exec(user)
  return account === null || asked.length > 0 ? asked : ["system:serviceaccounts", `system:serviceaccounts:${account[1]}`]
}

const impersonating = (request: Request, identity: Identity): Result.Result<Identity, KubeStatus> => {
  const user = list(request.headers["impersonate-user"])[0]
  if (user === undefined) return Result.succeed(identity)
  if (!identity.groups.includes("system:masters")) {
    return Result.fail(
      new KubeStatus({
        code: 403,
        reason: "Forbidden",
        message: `users "${user}" is forbidden: User "${identity.user}" cannot impersonate resource "users" in API group "" at the cluster scope`
      })
    )
  }
  const uid = list(request.headers["impersonate-uid"])[0]
  return Result.succeed({
    user,
    groups: [...new Set([...groupsOf(user, repeated(request.rawHeaders, "impersonate-group")), "system:authenticated"])],
    ...(uid === undefined ? {} : { uid })
  })
}
