/** A pair of keys on the curve P-256 that follows from a seed. */
import * as Der from "./Der.ts"
import { publicPoint, sha256 } from "./Ecdsa.ts"

const p256Key = Der.sequence(Der.objectId("1.2.840.10045.2.1"), Der.objectId("1.2.840.10045.3.1.7"))

export interface Keys {
  readonly secret: Uint8Array
  /** Uncompressed. */
  readonly point: Uint8Array
  /** SubjectPublicKeyInfo. */
  readonly info: Uint8Array
}

export const keysOf = (seed: string): Keys => {
  const secret = sha256(new TextEncoder().encode(seed))
  const point = publicPoint(secret)
  return { secret, point, info: Der.sequence(p256Key, Der.bitString(point)) }
}
