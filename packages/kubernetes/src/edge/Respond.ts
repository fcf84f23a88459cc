/** Writing answers: JSON, text or bytes, compressed when the client likes it and it pays. */
import type { KubeReply } from "@aiopslab/core/Kubernetes"
import * as Effect from "effect/Effect"
import { gzipSync } from "node:zlib"
import { stringify } from "yaml"
import { isRecord } from "../Json.ts"
import { type Layout, jsonText } from "../server/JsonText.ts"
import { accepted } from "../server/Negotiate.ts"
import type { ClientRequest, ClientResponse } from "./Exchange.ts"
import { listBytes } from "./ListBytes.ts"

/** From this size on the real server compresses a list (`APIResponseCompression`). */
const gzipBytes = 128 * 1024

/** YAML 1.1, so that what would be a time or a yes is quoted, as the real server's writer does. */
const yaml = (body: unknown): string => stringify(body, { version: "1.1", sortMapEntries: true, indentSeq: false, lineWidth: 0 })

/** Programs with which people look at answers (apiserver `pkg/endpoints/handlers/negotiation`). */
const people = /^(?:curl|Wget|Mozilla\/5\.0)/u

/** A refusal is no Table: who takes nothing else gets it as it comes. */
const isOutside = (accept: string, body: unknown): boolean =>
  isRecord(body) && body["kind"] === "Status" && accept.split(",").every((one) => one.includes("as="))

const layoutOf = ({ headers, url = "" }: ClientRequest, body: unknown): Layout => {
  if (isOutside(headers.accept ?? "", body)) return "lines"
  const asked = new URLSearchParams(url.includes("pretty") ? url.slice(url.indexOf("?") + 1) : "").get("pretty") ?? ""
  if (asked !== "") return /^(?:1|t|T|true|True|TRUE)$/u.test(asked) ? "lines" : "line"
  return people.test(headers["user-agent"] ?? "") ? "lines" : "line"
}

const textOf = (request: ClientRequest, body: unknown): string | Buffer => {
  const layout = layoutOf(request, body)
  const list = layout === "line" ? listBytes(body) : undefined
  return list ?? jsonText((request.url ?? "").replace(/\?.*$/, ""), body, layout)
}

const written = (
  request: ClientRequest,
  { body, contentType }: KubeReply
): { readonly text: string | Uint8Array; readonly type: string } => {
  if (body instanceof Uint8Array) return { text: body, type: contentType ?? "application/octet-stream" }
  if (typeof body === "string") return { text: body, type: contentType ?? "text/plain" }
  const { accept } = request.headers
  return contentType === undefined && accept !== undefined && accepted({ accept })?.media === "yaml"
    ? { text: yaml(body), type: "application/yaml" }
    : { text: textOf(request, body), type: contentType ?? "application/json" }
}

/** Letters of one warning, and of all together when they don't fit (apiserver/pkg/endpoints/filters/warning.go). */
const longestWarning = 256
const longestWarnings = 4 * 1024

/** Each once and without letters that no header may have; all are cut where together they would be too long for one. */
const warningsOf = (warnings: ReadonlyArray<string>): ReadonlyArray<string> => {
  const each = [...new Set(warnings.map((warning) => warning.replaceAll(/[\u0000-\u001f\u007f]/gu, "")))]
  if (each.reduce((sum, { length }) => sum + length, 0) <= longestWarnings) return each
  const kept: Array<string> = []
  let length = 0
  for (const warning of each) {
    const cut = Array.from(warning).slice(0, longestWarning).join("")
    length += cut.length
    if (length > longestWarnings) break
    kept.push(cut)
  }
  return kept
}

export const send = (request: ClientRequest, response: ClientResponse, reply: KubeReply): void => {
  const { text, type } = written(request, reply)
  const headers: Record<string, string | Array<string>> = { "content-type": type, "cache-control": "no-cache, private" }
  if (reply.warnings !== undefined && reply.warnings.length > 0) {
    // as Go: UTF-8, which Node takes for Latin-1
    headers["warning"] = warningsOf(reply.warnings).map((warning) => Buffer.from(`299 - ${JSON.stringify(warning)}`).toString("latin1"))
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
  Effect.suspend(() => {
    if (response.write(chunk)) return Effect.void
    return Effect.callback((resume) => {
      const done = () => resume(Effect.void)
      response.once("drain", done)
      return Effect.sync(() => void response.off("drain", done))
    })
  })
