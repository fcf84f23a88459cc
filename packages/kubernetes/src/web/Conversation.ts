/** HTTP/1.1 as the bytes of one connection, from the side of the server: as much of it as clients use. Pure. */
import type { WebReply, WebRequest } from "./Web.ts"
import { reasonOf } from "./Web.ts"

/** What stands at the beginning of some bytes. */
export type Read =
  | { readonly _tag: "Incomplete" }
  /** Another protocol, or more than is read. */
  | { readonly _tag: "Malformed" }
  | { readonly _tag: "Request"; readonly request: WebRequest; readonly rest: Uint8Array; readonly then: "keep" | "close" }

const longestHead = 64 * 1024
const longestBody = 16 * 1024 * 1024

const incomplete: Read = { _tag: "Incomplete" }
const malformed: Read = { _tag: "Malformed" }

const latin = new TextDecoder("latin1")
const utf8 = new TextDecoder()

/** Where a CRLF begins, or a negative number. */
const lineEnd = (bytes: Uint8Array, from: number): number => {
  for (let at = bytes.indexOf(13, from); at >= 0; at = bytes.indexOf(13, at + 1)) if (bytes[at + 1] === 10) return at
  return -1
}

/** Where the empty line after the head begins. */
const headEnd = (bytes: Uint8Array): number => {
  for (let at = lineEnd(bytes, 0); at >= 0; at = lineEnd(bytes, at + 2)) if (bytes[at + 2] === 13 && bytes[at + 3] === 10) return at
  return -1
}

const headersOf = (lines: ReadonlyArray<string>): Readonly<Record<string, string>> | undefined => {
  const headers: Record<string, string> = {}
  for (const line of lines) {
    const colon = line.indexOf(":")
    if (colon <= 0) return undefined
    const name = line.slice(0, colon).toLowerCase()
    const value = line.slice(colon + 1).trim()
    headers[name] = name in headers ? `${headers[name]}, ${value}` : value
  }
  return headers
}

type Body = { readonly body: Uint8Array; readonly end: number } | "incomplete" | "malformed"

export const concatenated = (parts: ReadonlyArray<Uint8Array>): Uint8Array => {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

const chunked = (bytes: Uint8Array, from: number): Body => {
  const parts: Array<Uint8Array> = []
  let total = 0
  for (let at = from; ;) {
    const end = lineEnd(bytes, at)
    if (end < 0) return bytes.length - at > longestHead ? "malformed" : "incomplete"
    const size = /^[0-9a-fA-F]{1,8}/u.exec(latin.decode(bytes.subarray(at, end)))?.[0]
    if (size === undefined) return "malformed"
    const length = Number.parseInt(size, 16)
    if (length === 0) {
      // trailers, if any, end with an empty line
      for (let line = end + 2; ;) {
        const next = lineEnd(bytes, line)
        if (next < 0) return "incomplete"
        if (next === line) return { body: concatenated(parts), end: next + 2 }
        line = next + 2
      }
    }
    total += length
    if (total > longestBody) return "malformed"
    const begin = end + 2
    if (bytes.length < begin + length + 2) return "incomplete"
    parts.push(bytes.subarray(begin, begin + length))
    at = begin + length + 2
  }
}

const bodyOf = (bytes: Uint8Array, from: number, headers: Readonly<Record<string, string>>): Body => {
  if (headers["transfer-encoding"]?.toLowerCase().endsWith("chunked") === true) return chunked(bytes, from)
  const length = headers["content-length"] ?? "0"
  if (!/^\d+$/u.test(length) || Number(length) > longestBody) return "malformed"
  const end = from + Number(length)
  return bytes.length < end ? "incomplete" : { body: bytes.subarray(from, end), end }
}

export const read = (bytes: Uint8Array): Read => {
  // who speaks HTTP begins with a method
  if (!/^[A-Z]{0,16}(?: |$)/u.test(latin.decode(bytes.subarray(0, 17)))) return malformed
  const end = headEnd(bytes)
  if (end < 0) return bytes.length > longestHead ? malformed : incomplete
  const [first = "", ...lines] = latin.decode(bytes.subarray(0, end)).split("\r\n")
  const [, method, target, minor] = /^([A-Z]+) (\S+) HTTP\/1\.([01])$/u.exec(first) ?? []
  const headers = headersOf(lines)
  if (method === undefined || target === undefined || headers === undefined) return malformed
  const body = bodyOf(bytes, end + 4, headers)
  if (body === "incomplete") return incomplete
  if (body === "malformed") return malformed
  const connection = (headers["connection"] ?? "").toLowerCase()
  return {
    _tag: "Request",
    request: { method, target, headers, body: utf8.decode(body.body) },
    rest: bytes.subarray(body.end),
    then: connection.includes("close") || (minor === "0" && !connection.includes("keep-alive")) ? "close" : "keep"
  }
}

const encoder = new TextEncoder()

/** A reply as bytes; `method` of its request, because that to a HEAD has no body. */
export const written = ({ body, code, headers }: WebReply, method: string, then: "keep" | "close"): Uint8Array => {
  const bytes = encoder.encode(body)
  const all = { ...headers, "content-length": String(bytes.length), ...(then === "close" ? { connection: "close" } : {}) }
  const head = [`HTTP/1.1 ${code} ${reasonOf(code)}`, ...Object.entries(all).map(([name, value]) => `${name}: ${value}`), "", ""]
  const start = encoder.encode(head.join("\r\n"))
  return method === "HEAD" ? start : concatenated([start, bytes])
}
