/** The part of DER (X.690) that a certificate needs. */

const join = (parts: ReadonlyArray<Uint8Array>): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]))

const lengthOf = (bytes: number): ReadonlyArray<number> => {
  if (bytes < 0x80) return [bytes]
  return bytes < 0x100 ? [0x81, bytes] : [0x82, bytes >> 8, bytes & 0xff]
}

const tagged = (tag: number, content: Uint8Array): Uint8Array => join([Uint8Array.of(tag, ...lengthOf(content.length)), content])

const text = (value: string): Uint8Array => new TextEncoder().encode(value)

export const sequence = (...parts: ReadonlyArray<Uint8Array>): Uint8Array => tagged(0x30, join(parts))
export const set = (...parts: ReadonlyArray<Uint8Array>): Uint8Array => tagged(0x31, join(parts))
/** Big-endian, not negative. */
export const integer = (bytes: Uint8Array): Uint8Array => {
  const first = bytes.findIndex((byte) => byte !== 0)
  const digits = first === -1 ? Uint8Array.of(0) : bytes.subarray(first)
  return tagged(0x02, (digits[0] ?? 0) < 0x80 ? digits : join([Uint8Array.of(0), digits]))
}
export const truth: Uint8Array = Uint8Array.of(0x01, 0x01, 0xff)
/** `unused` counts the bits of the last byte that mean nothing. */
export const bitString = (bytes: Uint8Array, unused = 0): Uint8Array => tagged(0x03, join([Uint8Array.of(unused), bytes]))
export const octetString = (bytes: Uint8Array): Uint8Array => tagged(0x04, bytes)
export const utf8 = (value: string): Uint8Array => tagged(0x0c, text(value))
/** Seconds, until 2049. */
export const utcTime = (millis: number): Uint8Array => {
  const digits = new Date(millis)
    .toISOString()
    .replace(/\.\d+Z$/u, "Z")
    .replace(/[-:T]/gu, "")
  return tagged(0x17, text(digits.slice(2)))
}
/** `[n]` around or instead of something. */
export const explicit = (n: number, content: Uint8Array): Uint8Array => tagged(0xa0 + n, content)
export const implicit = (n: number, content: Uint8Array): Uint8Array => tagged(0x80 + n, content)

const base128 = (value: number): ReadonlyArray<number> =>
  value < 0x80 ? [value] : [...base128(value >> 7).map((byte) => byte | 0x80), value & 0x7f]

/** `1.2.840.10045.2.1`. */
export const objectId = (dotted: string): Uint8Array => {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number)
  return tagged(0x06, Uint8Array.from([first * 40 + second, ...rest.flatMap(base128)]))
}

export const pem = (label: string, der: Uint8Array): string => {
  const lines =
    Buffer.from(der)
      .toString("base64")
      .match(/.{1,64}/gu) ?? []
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`
}
