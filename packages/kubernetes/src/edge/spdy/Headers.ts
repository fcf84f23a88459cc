/**
 * Header blocks of SPDY/3: names and values with their lengths, compressed as one zlib stream for each direction of a connection, which
 * begins with a dictionary and is flushed after every block (section 2.6.10 of the protocol's draft 3).
 */
import * as Effect from "effect/Effect"
import { constants, createDeflate, createInflate } from "node:zlib"

export type Headers = Readonly<Record<string, string>>

/** Each with its length in front of it. */
const words =
  "options head post put delete trace accept accept-charset accept-encoding accept-language accept-ranges age allow authorization " +
  "cache-control connection content-base content-encoding content-language content-length content-location content-md5 content-range " +
  "content-type date etag expect expires from host if-match if-modified-since if-none-match if-range if-unmodified-since last-modified " +
  "location max-forwards pragma proxy-authenticate proxy-authorization range referer retry-after server te trailer transfer-encoding " +
  "upgrade user-agent vary via warning www-authenticate method get status 200_OK version HTTP/1.1 url public set-cookie keep-alive origin"

const codes = "100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505"

const phrases =
  "203 Non-Authoritative Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized403 Forbidden404 Not Found" +
  "500 Internal Server Error501 Not Implemented503 Service Unavailable"

const rest =
  "Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMT" +
  "chunked,text/html,image/png,image/jpg,image/gif,application/xml,application/xhtml+xml,text/plain,text/javascript," +
  "publicprivatemax-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0."

const sized = (text: string): Buffer => {
  const bytes = Buffer.from(text)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}

export const dictionary: Buffer = Buffer.concat([
  ...words.split(" ").map((word) => sized(word.replace("_", " "))),
  Buffer.from(codes + phrases + rest)
])

const encoded = (headers: Headers): Buffer => {
  const entries = Object.entries(headers)
  const count = Buffer.alloc(4)
  count.writeUInt32BE(entries.length)
  return Buffer.concat([count, ...entries.flatMap(([name, value]) => [sized(name.toLowerCase()), sized(value)])])
}

/** Names in lower case. `undefined` when the block is cut short. */
const decoded = (block: Buffer): Headers | undefined => {
  const headers: Record<string, string> = {}
  let at = 0
  const number = (): number => {
    at += 4
    return at <= block.length ? block.readUInt32BE(at - 4) : -1
  }
  const text = (): string | undefined => {
    const length = number()
    at += length
    return length < 0 || at > block.length ? undefined : block.subarray(at - length, at).toString()
  }
  for (let left = number(); left > 0; left--) {
    const name = text()
    const value = text()
    if (name === undefined || value === undefined) return undefined
    headers[name.toLowerCase()] = value
  }
  return headers
}

/** More than any header block takes; the streams hold it until it is read. */
const highWaterMark = 1024 * 1024

export interface Codec {
  readonly decode: (block: Uint8Array) => Effect.Effect<Headers | undefined>
  readonly encode: (headers: Headers) => Effect.Effect<Buffer>
}

type Zlib = ReturnType<typeof createInflate> | ReturnType<typeof createDeflate>

/** What comes out for what goes in, up to the flush; nothing once it has failed. Blocks go through one after the other. */
const through = (zlib: Zlib, bytes: Uint8Array): Effect.Effect<Buffer | undefined> =>
  Effect.callback((resume) => {
    if (zlib.destroyed) return resume(Effect.succeed(undefined))
    const failed = () => resume(Effect.succeed(undefined))
    zlib.once("error", failed)
    zlib.write(bytes, () => {
      zlib.off("error", failed)
      const out: unknown = zlib.read()
      resume(Effect.succeed(out instanceof Buffer ? out : Buffer.alloc(0)))
    })
  })

export const make = (): Codec => {
  const options = { dictionary, flush: constants.Z_SYNC_FLUSH, readableHighWaterMark: highWaterMark }
  const inflate = createInflate(options)
  const deflate = createDeflate(options)
  inflate.on("error", () => {})
  return {
    decode: (block) => Effect.map(through(inflate, block), (bytes) => (bytes === undefined ? undefined : decoded(bytes))),
    encode: (headers) => Effect.map(through(deflate, encoded(headers)), (bytes) => bytes ?? Buffer.alloc(0))
  }
}
