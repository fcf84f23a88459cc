/** Writing answers: JSON, text or bytes, compressed when the client likes it and it pays. */
import type { KubeReply } from "@aiopslab/core/Kubernetes"
import * as Effect from "effect/Effect"
import { gzipSync } from "node:zlib"
import { stringify } from "yaml"
import { jsonText } from "../server/JsonText.ts"
import { accepted } from "../server/Negotiate.ts"
import type { ClientRequest, ClientResponse } from "./Exchange.ts"

/** From this size on the real server compresses a list (`APIResponseCompression`). */
const gzipBytes = 128 * 1024

/** YAML 1.1, so that what would be a time or a yes is quoted, as the real server's writer does. */
const yaml = (body: unknown): string => stringify(body, { version: "1.1", sortMapEntries: true, indentSeq: false, lineWidth: 0 })

const written = (
  request: ClientRequest,
  { body, contentType }: KubeReply
): { readonly text: string | Uint8Array; readonly type: string } => {
  if (body instanceof Uint8Array) return { text: body, type: contentType ?? "application/octet-stream" }
  if (typeof body === "string") return { text: body, type: contentType ?? "text/plain" }
  const { accept } = request.headers
  return contentType === undefined && accept !== undefined && accepted({ accept })?.media === "yaml"
    ? { text: yaml(body), type: "application/yaml" }
    : { text: jsonText((request.url ?? "").replace(/\?.*$/, ""), body), type: contentType ?? "application/json" }
}

export const send = (request: ClientRequest, response: ClientResponse, reply: KubeReply): void => {
  const { text, type } = written(request, reply)
  const headers: Record<string, string | Array<string>> = { "content-type": type, "cache-control": "no-cache, private" }
  if (reply.warnings !== undefined && reply.warnings.length > 0) {
    // as Go: UTF-8, which Node takes for Latin-1
    headers["warning"] = reply.warnings.map((warning) => Buffer.from(`299 - ${JSON.stringify(warning)}`).toString("latin1"))
  }
  const compress = text.length > gzipBytes && (request.headers["accept-encoding"] ?? "").includes("gzip")
  const bytes = compress ? gzipSync(text, { level: 1 }) : typeof text === "string" ? Buffer.from(text) : text
  response.writeHead(reply.code, {
    ...headers,
    ...(compress ? { "content-encoding": "gzip", vary: "accept-encoding" } : {}),
    ...reply.headers,
    "content-length": bytes.length
  })
  response.end(bytes)
}

/** Writes and waits until the client has taken it: a slow watcher holds up nobody but itself. */
export const drained = (response: ClientResponse, chunk: string | Uint8Array): Effect.Effect<void> =>
  Effect.callback((resume) => {
    if (response.write(chunk)) return resume(Effect.void)
    const done = () => resume(Effect.void)
    response.once("drain", done)
    return Effect.sync(() => void response.off("drain", done))
  })
