import * as GoJson from "@aiopslab/kubernetes/GoJson"
import { assert, describe, it } from "@effect/vitest"

/** Recorded from kube-apiserver 1.34. */
const errors: ReadonlyArray<readonly [string, string]> = [
  ["x", "invalid character 'x' looking for beginning of value"],
  ["{", "unexpected end of JSON input"],
  ["", "unexpected end of JSON input"],
  ['{"a":}', "invalid character '}' looking for beginning of value"],
  ['{"a" 1}', "invalid character '1' after object key"],
  ["{a:1}", "invalid character 'a' looking for beginning of object key string"],
  ["[1,]", "invalid character ']' looking for beginning of value"],
  ['{"a":1}x', "invalid character 'x' after top-level value"],
  ["[1 2]", "invalid character '2' after array element"],
  ['{"a":1 "b":2}', "invalid character '\"' after object key:value pair"]
]

describe("the text of a document", () => {
  for (const [text, error] of errors) {
    it(`${JSON.stringify(text)} is refused in Go's words`, () => {
      assert.strictEqual(GoJson.scan(text).error, error)
    })
  }

  it("gives its fields in order, repeated ones again", () => {
    const text = '{"a":{"b":[{"c":1},{"c":2,"c":[]}],"d.e":null},"a":3, "f\\u0067": {} }'
    assert.deepStrictEqual(GoJson.scan(text), {
      fields: ["a", "a.b", "a.b[0].c", "a.b[1].c", "a.b[1].c", "a.d.e", "a", "fg"],
      error: undefined
    })
  })

  it("what JSON.parse takes is no error, and the other way round", () => {
    for (const text of [
      '{"a":[1,-2.5e3,true,null,"\\n"]}',
      " [] ",
      '"x"',
      "01",
      "1.",
      "[1",
      "nul",
      '{"a":1,}',
      '"\\x"',
      "-",
      '{"a":"\u0001"}'
    ]) {
      const parses = ((): boolean => {
        try {
          JSON.parse(text)
          return true
        } catch {
          return false
        }
      })()
      assert.strictEqual(GoJson.scan(text).error === undefined, parses, text)
    }
  })
})
