/** Frames of SPDY/3: those that Kubernetes' streams are made of. */

export const types = { synStream: 1, synReply: 2, rstStream: 3, settings: 4, ping: 6, goAway: 7, headers: 8, windowUpdate: 9 } as const

/** The sender's last frame of a stream. */
export const fin = 1

export type SpdyFrame =
  | { readonly _tag: "Control"; readonly type: number; readonly flags: number; readonly body: Buffer }
  | { readonly _tag: "Data"; readonly stream: number; readonly flags: number; readonly body: Buffer }

const headBytes = 8
const version = 3
const controlBit = 0x8000

/** The first frame of some bytes, and what follows it; `undefined` while it isn't whole. */
export const first = (bytes: Buffer): readonly [SpdyFrame, Buffer] | undefined => {
  if (bytes.length < headBytes) return undefined
  const end = headBytes + bytes.readUIntBE(5, 3)
  if (bytes.length < end) return undefined
  const flags = bytes.readUInt8(4)
  const body = bytes.subarray(headBytes, end)
  const frame: SpdyFrame =
    (bytes.readUInt16BE(0) & controlBit) === 0
      ? { _tag: "Data", stream: bytes.readUInt32BE(0), flags, body }
      : { _tag: "Control", type: bytes.readUInt16BE(2), flags, body }
  return [frame, bytes.subarray(end)]
}

export const data = (stream: number, flags: number, body: Uint8Array): Buffer => {
  const head = Buffer.alloc(headBytes)
  head.writeUInt32BE(stream, 0)
  head.writeUInt8(flags, 4)
  head.writeUIntBE(body.length, 5, 3)
  return Buffer.concat([head, body])
}

export const control = (type: number, flags: number, body: Uint8Array): Buffer => {
  const head = Buffer.alloc(headBytes)
  head.writeUInt16BE(controlBit | version, 0)
  head.writeUInt16BE(type, 2)
  head.writeUInt8(flags, 4)
  head.writeUIntBE(body.length, 5, 3)
  return Buffer.concat([head, body])
}

/** Of a stream that the other side began: its number and its headers, still compressed. */
export const synStream = (body: Buffer): { readonly stream: number; readonly block: Buffer } => ({
  stream: body.length < 10 ? 0 : body.readUInt32BE(0) & 0x7fff_ffff,
  block: body.subarray(10)
})

/** The number of a stream with a block of headers behind it. */
export const numbered = (stream: number, block: Uint8Array = Buffer.alloc(0)): Buffer => {
  const number = Buffer.alloc(4)
  number.writeUInt32BE(stream)
  return Buffer.concat([number, block])
}
