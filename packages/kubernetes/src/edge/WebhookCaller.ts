/** Calls webhooks outside the cluster over HTTPS, trusting the authority that their configuration names. */
import * as Effect from "effect/Effect"
import { request as httpsRequest } from "node:https"
import type { Caller } from "../web/Outside.ts"
import type { WebReply } from "../web/Web.ts"

/** Node's failures in the words of Go. */
const reworded = (error: NodeJS.ErrnoException, host: string): string => {
  switch (error.code) {
    case "ECONNREFUSED":
      return `dial tcp ${host}: connect: connection refused`
    case "ENOTFOUND":
      return `dial tcp: lookup ${host.replace(/:\d+$/u, "")}: no such host`
    case "ECONNRESET":
      return "EOF"
    case "DEPTH_ZERO_SELF_SIGNED_CERT":
    case "SELF_SIGNED_CERT_IN_CHAIN":
    case "UNABLE_TO_VERIFY_LEAF_SIGNATURE":
    case "UNABLE_TO_GET_ISSUER_CERT_LOCALLY":
      return "tls: failed to verify certificate: x509: certificate signed by unknown authority"
    default:
      return error.message
  }
}

const header = (value: string | ReadonlyArray<string> | undefined): string => (typeof value === "string" ? value : (value ?? []).join(", "))

export const call: Caller = ({ authority, url }, request, timeoutSeconds) =>
  Effect.callback<WebReply, string>((resume) => {
    const at = new URL(request.target, url)
    const outgoing = httpsRequest(
      at,
      { method: request.method, headers: request.headers, agent: false, ...(authority === undefined ? {} : { ca: authority }) },
      (response) => {
        const chunks: Array<Buffer> = []
        response.on("data", (chunk: Buffer) => void chunks.push(chunk))
        response.once("error", (error) => resume(Effect.fail(reworded(error, at.host))))
        response.once("end", () =>
          resume(
            Effect.succeed({
              code: response.statusCode ?? 0,
              headers: Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, header(value)])),
              body: Buffer.concat(chunks).toString()
            })
          )
        )
      }
    )
    outgoing.once("error", (error) => resume(Effect.fail(reworded(error, at.host))))
    outgoing.end(request.body)
    return Effect.sync(() => void outgoing.destroy())
  }).pipe(Effect.timeoutOrElse({ duration: `${timeoutSeconds} seconds`, orElse: () => Effect.fail("context deadline exceeded") }))
