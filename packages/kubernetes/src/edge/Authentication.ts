/** Who sends a request, by client certificate, else by bearer token; and whom it is from, where it is sent for somebody else. */
import { type Identity, KubeStatus } from "@aiopslab/core/Kubernetes"
import * as Effect from "effect/Effect"
import type { IncomingHttpHeaders } from "node:http"
import type { PeerCertificate } from "node:tls"
import { authenticated } from "../Principals.ts"
import { type Authorize, impersonated, type Nobody } from "./Impersonation.ts"

const unauthorized = new KubeStatus({ code: 401, reason: "Unauthorized", message: "Unauthorized" })

const list = (value: string | ReadonlyArray<string> | undefined): ReadonlyArray<string> =>
  value === undefined ? [] : typeof value === "string" ? [value] : value

const fromCertificate = (subject: PeerCertificate["subject"] | undefined): Identity | undefined =>
  subject?.CN === undefined ? undefined : { user: list(subject.CN)[0] ?? "", groups: [...list(subject.O), authenticated] }

/** Whose token it is. */
export type Authenticate = (token: string) => Effect.Effect<Identity | undefined>

const fromToken = (header: string | undefined, tokens: ReadonlyMap<string, Identity>, authenticate: Authenticate | undefined) => {
  if (header?.startsWith("Bearer ") !== true) return Effect.succeed(undefined)
  const token = header.slice("Bearer ".length).trim()
  const known = tokens.get(token)
  return known !== undefined || authenticate === undefined ? Effect.succeed(known) : authenticate(token)
}

export interface Request {
  readonly headers: IncomingHttpHeaders
  readonly rawHeaders: ReadonlyArray<string>
}

/** Who may be believed. */
export interface Believed {
  readonly tokens: ReadonlyMap<string, Identity>
  /** Of the tokens that the cluster issues. */
  readonly authenticate: Authenticate | undefined
  readonly authorize: Authorize
}

export const identify = (
  request: Request,
  subject: PeerCertificate["subject"] | undefined,
  { authenticate, authorize, tokens }: Believed
): Effect.Effect<Identity, KubeStatus | Nobody> => {
  const certified = fromCertificate(subject)
  const found = certified === undefined ? fromToken(request.headers.authorization, tokens, authenticate) : Effect.succeed(certified)
  return Effect.flatMap(found, (identity) =>
    identity === undefined ? Effect.fail(unauthorized) : impersonated(request.rawHeaders, identity, authorize)
  )
}
