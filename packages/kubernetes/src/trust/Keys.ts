/** A pair of keys on the curve P-256 that follows from a seed. */
import { p256 } from "@noble/curves/nist.js"
import { sha256 } from "@noble/hashes/sha2.js"
import * as Der from "./Der.ts"

const p256Key = Der.sequence(Der.objectId("1.2.840.10045.2.1"), Der.objectId("1.2.840.10045.3.1.7"))

export interface Keys {
  readonly secret: Uint8Array
  /** Uncompressed. */
  readonly point: Uint8Array
  /** SubjectPublicKeyInfo. */
  readonly info: Uint8Array
}

export const keysOf = (seed: string): Keys => {
  // the small table: a cluster signs a few times only
  p256.Point.BASE.precompute(4)
  const secret = sha256(new TextEncoder().encode(seed))
  const point = p256.getPublicKey(secret, false)
  return { secret, point, info: Der.sequence(p256Key, Der.bitString(point)) }
}
