/**
 * Who asks: client certificate, else bearer token, else nobody; then impersonation, which only `system:masters` may do here.
 */
import { type Identity, KubeStatus } from "@aiopslab/core/Kubernetes"
import * as Result from "effect/Result"
import type { IncomingHttpHeaders } from "node:http"
import type { PeerCertificate } from "node:tls"

const unauthorized = new KubeStatus({ code: 401, reason: "Unauthorized", message: "Unauthorized" })

const list = (value: string | ReadonlyArray<string> | undefined): ReadonlyArray<string> =>
  value === undefined ? [] : typeof value === "string" ? [value] : value

const fromCertificate = (subject: PeerCertificate["subject"] | undefined): Identity | undefined =>
  subject?.CN === undefined ? undefined : { user: list(subject.CN)[0] ?? "", groups: [...list(subject.O), "system:authenticated"] }

const fromToken = (header: string | undefined, tokens: ReadonlyMap<string, Identity>): Identity | undefined =>
  header?.startsWith("Bearer ") === true ? tokens.get(header.slice("Bearer ".length).trim()) : undefined

/** Headers with several values, which `http` joins, arrive in `raw` as they were sent. */
const repeated = (raw: ReadonlyArray<string>, name: string): ReadonlyArray<string> =>
  raw.filter((_, index) => index % 2 === 1 && raw[index - 1]?.toLowerCase() === name)

export const identify = (
  request: { readonly headers: IncomingHttpHeaders; readonly rawHeaders: ReadonlyArray<string> },
  subject: PeerCertificate["subject"] | undefined,
  tokens: ReadonlyMap<string, Identity>
): Result.Result<Identity, KubeStatus> => {
  const identity = fromCertificate(subject) ?? fromToken(request.headers.authorization, tokens)
  if (identity === undefined) return Result.fail(unauthorized)
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
  return Result.succeed({ user, groups: [...repeated(request.rawHeaders, "impersonate-group"), "system:authenticated"] })
}
