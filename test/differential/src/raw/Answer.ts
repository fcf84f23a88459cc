/** What a server says to some bytes: over TLS, HTTP/1.1, one connection for each. */
import * as Effect from "effect/Effect"
import { connect } from "node:tls"
import type { RawRequest } from "./Requests.ts"

export interface Target {
  readonly url: string
  readonly token: string
  readonly namespace: string
}

export interface Answer {
  /** 0: the server closed the connection without an answer. */
  readonly code: number
  readonly contentType: string
  readonly body: string
}

const bytesOf = ({ body, head }: RawRequest, { namespace, token, url }: Target): Buffer => {
  const [first = "", ...headers] = head
  const isOwn = headers.some((header) => header.startsWith("Authorization:"))
  const lines = [first, `Host: ${new URL(url).host}`, ...(isOwn ? [] : [`Authorization: Bearer ${token}`]), ...headers]
  const closing = headers.some((header) => header.startsWith("Connection:")) ? [] : ["Connection: close"]
  return Buffer.concat([
    Buffer.from(`${[...lines, ...closing].join("\r\n").replaceAll("NAMESPACE", namespace)}\r\n\r\n`),
    body ?? Buffer.alloc(0)
  ])
}

const dechunked = (body: string): string => {
  let rest = body
  let out = ""
  for (;;) {
    const end = rest.indexOf("\r\n")
    const size = Number.parseInt(rest.slice(0, end), 16)
    if (end < 0 || !(size > 0)) return out
    out += rest.slice(end + 2, end + 2 + size)
    rest = rest.slice(end + 2 + size + 2)
  }
}

const read = (text: string): Answer => {
  const end = text.indexOf("\r\n\r\n")
  const [status = "", ...headers] = text.slice(0, end < 0 ? undefined : end).split("\r\n")
  const code = Number(status.split(" ")[1] ?? 0)
  // what comes before the answer proper
  if (code === 100) return read(text.slice(end + 4))
  const header = (name: string): string =>
    headers
      .find((one) => one.toLowerCase().startsWith(`${name}:`))
      ?.slice(name.length + 1)
      .trim() ?? ""
  const body = end < 0 ? "" : text.slice(end + 4)
  return {
    code,
    contentType: header("content-type"),
    // lengths count bytes, of which a character of this text is one
    body: Buffer.from(header("transfer-encoding") === "chunked" ? dechunked(body) : body, "latin1").toString("utf8")
  }
}

/** A server that is silent for so long has nothing to say: one that hangs is a difference, too. */
const patienceMillis = 10_000

export const answerOf = (request: RawRequest, target: Target): Effect.Effect<Answer> =>
  Effect.callback((resume) => {
    const { hostname, port } = new URL(target.url)
    const chunks: Array<Buffer> = []
    const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false, ALPNProtocols: ["http/1.1"] }, () => {
      socket.write(bytesOf(request, target))
    })
    socket.on("data", (chunk: Buffer) => chunks.push(chunk))
    socket.on("error", () => {})
    socket.setTimeout(patienceMillis, () => socket.destroy())
    socket.once("close", () => resume(Effect.succeed(read(Buffer.concat(chunks).toString("latin1")))))
    return Effect.sync(() => socket.destroy())
  })
