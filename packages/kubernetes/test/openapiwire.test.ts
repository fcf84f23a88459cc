import * as OpenApiWire from "@aiopslab/kubernetes/server/OpenApiWire"
import { assert, describe, it } from "@effect/vitest"

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex")
const field = (tag: string, content: string): string => `${tag}${(content.length / 2).toString(16).padStart(2, "0")}${content}`
const text = (tag: string, value: string): string => field(tag, Buffer.from(value).toString("hex"))

describe("OpenAPI v2 as protobuf", () => {
  it("writes each field under its number, maps as pairs, extensions as YAML", () => {
    const encoded = OpenApiWire.encode({
      swagger: "2.0",
      definitions: { A: { type: "object", required: ["b"], properties: { b: { maximum: 1, "x-a": [1] } } } }
    })
    const maximum = "39000000000000f03f"
    const extension = field("fa01", text("0a", "x-a") + field("12", text("12", "[1]")))
    const b = field("0a", text("0a", "b") + field("12", maximum + extension))
    const schema = field("b201", text("0a", "object")) + text("9a01", "b") + field("ca01", b)
    assert.strictEqual(hex(encoded), text("0a", "2.0") + field("4a", field("0a", text("0a", "A") + field("12", schema))))
  })

  it("has what is said of a reference beside it", () => {
    const of = (schema: Readonly<Record<string, unknown>>) => hex(OpenApiWire.encode({ definitions: { A: schema } }))
    assert.strictEqual(of({ allOf: [{ $ref: "#/definitions/B" }] }), of({ $ref: "#/definitions/B" }))
    assert.notStrictEqual(of({ allOf: [{ $ref: "#/definitions/B" }, { type: "object" }] }), of({ $ref: "#/definitions/B" }))
  })
})
