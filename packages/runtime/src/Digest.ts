/** Digests of JSON values, by which runs, trials and kept clusters are told apart. */
import * as crypto from "node:crypto"

/** SHA-256 of the JSON text, in hex. */
export const ofJson = (value: unknown): string => crypto.createHash("sha256").update(JSON.stringify(value)).digest("hex")

/** A UUID (version 8, RFC 9562) made of the digest: the same value gives the same id. */
export const uuidOf = (value: unknown): string => {
  const hex = ofJson(value)
  const variant = ((parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
