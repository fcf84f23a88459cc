/** Signs JSON web tokens with ES256 and reads them back. The key follows from a seed, and so does every signature (RFC 6979). */
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { JsonRecord } from "../Json.ts"
import { isRecord } from "../Json.ts"
import { remembered } from "../Remembered.ts"
import { sha256, sign, verifies } from "./Ecdsa.ts"
import { keysOf } from "./Keys.ts"

export interface TokenKey {
  readonly sign: (claims: object) => string
  /** The claims of a token that this key has signed. */
  readonly read: (token: string) => JsonRecord | undefined
  /** A JSON Web Key Set (RFC 7517). */
  readonly jwks: () => JsonRecord
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64url")

const decodeJson = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Unknown))

export const make = (seed: string): TokenKey => {
  let made: ReturnType<typeof keysOf> | undefined
  const keys = () => (made ??= keysOf(seed))
  const kid = () => base64url(sha256(keys().info))

  const claimsOf = (token: string): JsonRecord | undefined => {
    const [head = "", body = "", signature = "", ...more] = token.split(".")
    const signed = Buffer.from(signature, "base64url")
    // a signature has one form alone
    if (more.length > 0 || signed.length !== 64 || base64url(signed) !== signature) return undefined
    if (!verifies(bytesOf(`${head}.${body}`), signed, keys().info)) return undefined
    const claims = Option.getOrUndefined(decodeJson(Buffer.from(body, "base64url").toString()))
    return isRecord(claims) ? claims : undefined
  }

  return {
    sign: (claims) => {
      const text = [{ alg: "ES256", kid: kid() }, claims].map((part) => base64url(bytesOf(JSON.stringify(part)))).join(".")
      const { r, s } = sign(bytesOf(text), keys().secret)
      return `${text}.${base64url(Buffer.concat([r, s]))}`
    },
    // with every request of their owner
    read: remembered(claimsOf, 256),
    jwks: () => {
      const { point } = keys()
      const [x, y] = [point.subarray(1, 33), point.subarray(33)].map(base64url)
      return { keys: [{ use: "sig", kty: "EC", kid: kid(), crv: "P-256", alg: "ES256", x, y }] }
    }
  }
}
