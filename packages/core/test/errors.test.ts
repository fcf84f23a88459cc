import { markdown } from "@aiopslab/core/ErrorReference"
import { catalogue, LabError, labError } from "@aiopslab/core/LabError"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as fs from "node:fs"

const entries = Object.entries(catalogue)

describe("the error catalogue", () => {
  it("every entry has a code in capitals, a title without full stop, and a message that is a sentence", () => {
    for (const [code, { title }] of entries) {
      assert.match(code, /^[A-Z]+(?:_[A-Z]+)+$/u)
      assert.match(title, /^[A-Z].*[^.]$/u, code)
    }
    const sections = markdown.split(/^## /mu).slice(1)
    assert.lengthOf(sections, entries.length)
    for (const section of sections) {
      assert.notMatch(section, /"undefined"|undefined[,.]|\[object/u)
      assert.match(section, /What to do: \S/u)
    }
  })

  it("no two areas use the same code", () => {
    const folder = new URL("../src/errors/", import.meta.url)
    const codes = fs
      .readdirSync(folder)
      .flatMap((file) => [...fs.readFileSync(new URL(file, folder), "utf8").matchAll(/^ {2}([A-Z_]+): entry/gmu)].map(([, code]) => code))
    assert.lengthOf(codes, new Set(codes).size)
    assert.deepStrictEqual(new Set(codes), new Set(entries.map(([code]) => code)))
  })

  it("docs/reference/errors.md is up to date (node --conditions=@aiopslab/source packages/core/scripts/errors-reference.ts)", () => {
    assert.strictEqual(fs.readFileSync(new URL("../../../docs/reference/errors.md", import.meta.url), "utf8"), markdown)
  })

  it.effect("an error survives encoding", () =>
    Effect.gen(function* () {
      const error = labError("MANIFEST_EMPTY", {}, { file: "a", line: 1, column: 1, frame: "f" })
      const codec = Schema.fromJsonString(LabError)
      const again = yield* Schema.decodeEffect(codec)(yield* Schema.encodeEffect(codec)(error))
      assert.strictEqual(again.message, error.message)
    })
  )
})
