import { assert, describe, it } from "@effect/vitest"
import { createPublicKey, verify } from "node:crypto"
import * as Ecdsa from "../src/trust/Ecdsa.ts"

const secret = Buffer.from("c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721", "hex")

// RFC 6979, appendix A.2.5, with SHA-256
const examples: ReadonlyArray<readonly [message: string, r: string, s: string]> = [
  [
    "sample",
    "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716",
    "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"
  ],
  [
    "test",
    "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367",
    "019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083"
  ]
]

describe("a signature that follows from key and message", () => {
  it.each(examples)("is RFC 6979's for %j", (message, r, s) => {
    const found = Ecdsa.sign(Buffer.from(message), secret)
    assert.deepStrictEqual([found.r.toString("hex"), found.s.toString("hex")], [r, s])
  })

  it("is one that OpenSSL accepts, for a hundred keys", () => {
    for (let i = 0; i < 100; i++) {
      const key = Ecdsa.sha256(Buffer.from(`key ${i}`))
      const point = Ecdsa.publicPoint(key)
      const jwk = { kty: "EC", crv: "P-256", x: point.toString("base64url", 1, 33), y: point.toString("base64url", 33) }
      const { r, s } = Ecdsa.sign(Buffer.from(`message ${i}`), key)
      const accepted = verify(
        "sha256",
        Buffer.from(`message ${i}`),
        { key: createPublicKey({ format: "jwk", key: jwk }), dsaEncoding: "ieee-p1363" },
        Buffer.concat([r, s])
      )
      assert.isTrue(accepted, String(i))
    }
  })
})
