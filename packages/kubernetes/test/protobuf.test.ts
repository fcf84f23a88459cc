import * as Protobuf from "@aiopslab/kubernetes/Protobuf"
import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"

/** What kubectl 1.34 sent for `auth can-i get pods`, from its log (`-v=9`). */
const review = `
6b 38 73 00 0a 32 0a 17 61 75 74 68 6f 72 69 7a 61 74 69 6f 6e 2e 6b 38 73 2e 69 6f 2f 76 31 12
17 53 65 6c 66 53 75 62 6a 65 63 74 41 63 63 65 73 73 52 65 76 69 65 77 12 3c 0a 10 0a 00 12 00
1a 00 22 00 2a 00 32 00 38 00 42 00 12 1e 0a 1c 0a 07 64 65 66 61 75 6c 74 12 03 67 65 74 1a 00
22 00 2a 04 70 6f 64 73 32 00 3a 00 1a 08 08 00 12 00 1a 00 20 00 1a 00 22 00`

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(hex.trim().split(/\s+/), (byte) => Number.parseInt(byte, 16))

describe("protobuf bodies", () => {
  it("become the JSON they stand for, without the zero values Go has no pointers to", () => {
    assert.deepStrictEqual(Result.getOrThrow(Protobuf.decode(bytesOf(review))), {
      apiVersion: "authorization.k8s.io/v1",
      kind: "SelfSubjectAccessReview",
      metadata: {},
      spec: { resourceAttributes: { namespace: "default", verb: "get", resource: "pods" } },
      status: { allowed: false }
    })
  })

  it("are refused at any length that cuts them short, and never throw", () => {
    const whole = bytesOf(review)
    // 56 bytes hold the magic number and the type, with an empty object
    const accepted = Array.from({ length: 56 }, (_, length) => length).filter((length) =>
      Result.isSuccess(Protobuf.decode(whole.subarray(0, length)))
    )
    assert.deepStrictEqual(accepted, [])
  })
})
