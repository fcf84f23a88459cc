/**
 * Signatures of P-256 with SHA-256 that follow from key and message alone (RFC 6979): OpenSSL, which Node signs with, draws a nonce, and
 * a cluster of a seed shall have the bytes of that seed. The curve's arithmetic is OpenSSL's; in JavaScript it took a twentieth of a
 * cold start.
 */
import { createECDH, createHash, createHmac, createPublicKey, verify } from "node:crypto"

const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n

export const sha512 = (bytes: Uint8Array): Buffer => createHash("sha512").update(bytes).digest()

export const sha256 = (bytes: Uint8Array): Buffer => createHash("sha256").update(bytes).digest()

const integer = (bytes: Buffer): bigint => BigInt(`0x${bytes.toString("hex")}`)
const octets = (value: bigint): Buffer => Buffer.from(value.toString(16).padStart(64, "0"), "hex")

/** The uncompressed point of a secret: 0x04, x, y. */
export const publicPoint = (secret: Uint8Array): Buffer => {
  const curve = createECDH("prime256v1")
  curve.setPrivateKey(secret)
  return curve.getPublicKey()
}

/** Fermat: the order is a prime. */
const inverse = (value: bigint): bigint => {
  let result = 1n
  let base = value
  for (let exponent = order - 2n; exponent > 0n; exponent >>= 1n) {
    if ((exponent & 1n) === 1n) result = (result * base) % order
    base = (base * base) % order
  }
  return result
}

/** RFC 6979, section 3.2. */
const nonceOf = (secret: Uint8Array, digest: bigint): bigint => {
  const keyed = (key: Buffer, ...parts: ReadonlyArray<Uint8Array>): Buffer =>
    createHmac("sha256", key).update(Buffer.concat(parts)).digest()
  let key: Buffer = Buffer.alloc(32, 0)
  let value: Buffer = Buffer.alloc(32, 1)
  for (const step of [0, 1]) {
    key = keyed(key, value, Uint8Array.of(step), secret, octets(digest % order))
    value = keyed(key, value)
  }
  for (;;) {
    value = keyed(key, value)
    const nonce = integer(value)
    if (nonce > 0n && nonce < order) return nonce
    key = keyed(key, value, Uint8Array.of(0))
    value = keyed(key, value)
  }
}

/** The two halves of a signature, 32 bytes each. `secret` is 32 bytes, and not zero. */
export const sign = (message: Uint8Array, secret: Uint8Array): { readonly r: Buffer; readonly s: Buffer } => {
  const digest = integer(sha256(message))
  const nonce = nonceOf(secret, digest)
  const r = integer(publicPoint(octets(nonce)).subarray(1, 33)) % order
  const s = (inverse(nonce) * (digest + r * integer(Buffer.from(secret)))) % order
  return { r: octets(r), s: octets(s) }
}

/** `signature` is both halves, `info` the key as SubjectPublicKeyInfo. */
export const verifies = (message: Uint8Array, signature: Uint8Array, info: Uint8Array): boolean =>
  verify(
    "sha256",
    message,
    { key: createPublicKey({ format: "der", type: "spki", key: Buffer.from(info) }), dsaEncoding: "ieee-p1363" },
    signature
  )
