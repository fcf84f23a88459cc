import * as Manifest from "@aiopslab/core/Manifest"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

const codes = (input: string | Uint8Array): ReadonlyArray<string> => {
  const result = Effect.runSync(Effect.result(Manifest.decode("p.yaml", input)))
  return Result.isSuccess(result) ? [] : result.failure.errors.map(({ code }) => code)
}

const laughs = (levels: number, item: (below: string) => string): string =>
  ["a0: &a0 { x: 1 }", ...Array.from({ length: levels }, (_, level) => `a${level + 1}: &a${level + 1} ${item(`*a${level}`)}`)].join("\n")

const mebibyte = 1 << 20

describe("a hostile manifest is refused in time linear in its size", () => {
  it.each([
    ["50 MB", "a".repeat(50_000_000), "MANIFEST_TOO_LARGE"],
    ["50 MB of bytes", new Uint8Array(50_000_000), "MANIFEST_TOO_LARGE"],
    ["a million brackets", "[".repeat(mebibyte), "MANIFEST_TOO_LARGE"],
    ["a million closing brackets", "}".repeat(mebibyte), "MANIFEST_TOO_LARGE"],
    ["half a million dashes", "- ".repeat(mebibyte / 2), "MANIFEST_TOO_LARGE"],
    ["a hundred thousand keys", Array.from({ length: 100_000 }, (_, index) => `k${index}: 1\n`).join(""), "MANIFEST_TOO_LARGE"],
    ["90 thousand brackets", "[".repeat(90_000), "MANIFEST_TOO_DEEP"],
    ["deep block lists", "- ".repeat(200), "MANIFEST_TOO_DEEP"],
    ["deep mappings", Array.from({ length: 200 }, (_, depth) => `${" ".repeat(depth)}a:\n`).join(""), "MANIFEST_TOO_DEEP"],
    ["billion laughs", laughs(9, (below) => `[${Array.from({ length: 9 }, () => below).join(", ")}]`), "MANIFEST_EXPANDS_TOO_FAR"],
    [
      "billion laughs by merge keys",
      `${laughs(1, () => `{ ${Array.from({ length: 3000 }, (_, index) => `k${index}: 1`).join(", ")} }`)}\n${Array.from({ length: 2000 }, (_, index) => `m${index}: { <<: *a1 }`).join("\n")}`,
      "MANIFEST_EXPANDS_TOO_FAR"
    ],
    ["not UTF-8", new Uint8Array([97, 58, 32, 10, 0xff, 97]), "MANIFEST_ENCODING"],
    ["UTF-16", new Uint8Array([0xff, 0xfe, 97, 0, 58, 0]), "MANIFEST_ENCODING"],
    ["a million line breaks", "\n".repeat(mebibyte), "MANIFEST_TOO_LARGE"],
    ["one key of a megabyte", `${"k".repeat(mebibyte - 10)}: 1`, "MANIFEST_SYNTAX"],
    ["one value of a megabyte", `a: ${"v".repeat(mebibyte - 10)}`, "MANIFEST_MISSING_FIELD"]
  ])("%s", { timeout: 10_000 }, (_, input, code) => {
    assert.include(codes(input), code)
  })

  it("a file that is too large is named", () => {
    const error = Effect.runSync(Effect.flip(Manifest.decode("p.yaml", new Uint8Array(2_000_000))))
    assert.strictEqual(error.errors[0].text, "p.yaml has 2000000 bytes; the limit is 1048576 bytes.")
  })

  it("the line of wrong UTF-8 is named", () => {
    const error = Effect.runSync(Effect.flip(Manifest.decode("p.yaml", new Uint8Array([97, 58, 32, 10, 98, 0xff, 97]))))
    assert.strictEqual(error.errors[0].location?.line, 2)
    assert.strictEqual(error.errors[0].location?.column, 2)
  })

  it("a long line is cut around the caret and cannot move the cursor", () => {
    const error = Effect.runSync(Effect.flip(Manifest.decode("p.yaml", `kind: ${"x".repeat(5000)}\u0085 ? - *a`)))
    for (const line of error.message.split("\n")) {
      assert.isBelow(line.length, 300)
      assert.notMatch(line, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/u)
    }
  })
})

const base = `apiVersion: aiopslab.dev/v1
kind: Problem
metadata:
  name: revoke-auth
  labels: { level: application }
spec:
  app: { use: hotel-reservation }
  faults:
    - &f { use: revoke, with: { store: mongodb-geo }, after: 60s }
    - <<: *f
      use: other
  tasks:
    detection: { answer: "yes", id: revoke-detection-1 }
  solution:
    - >-
      kubectl exec deploy/mongodb-geo --
      mongo admin
`

/** What is put into the text, where, and how much of it goes. */
const Edit = Schema.Struct({
  at: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: base.length })),
  remove: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 40 })),
  insert: Schema.Union([
    Schema.Literals([
      "*f",
      "&f ",
      "<<: ",
      "\t",
      "- ",
      "? ",
      "{",
      "}",
      "[",
      "]",
      '"',
      "'",
      "|",
      ">",
      "---\n",
      "...\n",
      "!x ",
      "!!set ",
      "%YAML 1.1\n",
      ": ",
      "#",
      "\r",
      "\0",
      "\u2028",
      "~",
      ".nan",
      "0x",
      "__proto__",
      "\n"
    ]),
    Schema.String
  ])
})

const edited = (edits: ReadonlyArray<typeof Edit.Type>): string =>
  edits.reduce((text, { at, insert, remove }) => text.slice(0, at) + insert + text.slice(at + remove), base)

const never = (input: string | Uint8Array) => {
  const exit = Effect.runSyncExit(Manifest.decode("p.yaml", input))
  if (Exit.isSuccess(exit)) return
  const [reason] = exit.cause.reasons
  assert.strictEqual(reason?._tag, "Fail")
  if (reason?._tag !== "Fail") return
  for (const { location } of reason.error.errors) {
    if (location === undefined) continue
    assert.isAtLeast(location.line, 1)
    assert.isAtLeast(location.column, 1)
    assert.match(location.frame, /\^/u)
  }
}

describe("no input makes decoding crash", () => {
  it.effect.prop(
    "random bytes",
    { bytes: Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 255 }))) },
    ({ bytes }) => Effect.sync(() => never(Uint8Array.from(bytes))),
    { arbitrary: { runs: 500 } }
  )

  it.effect.prop("random text", { text: Schema.String }, ({ text }) => Effect.sync(() => never(text)), { arbitrary: { runs: 500 } })

  it.effect.prop("a mutated manifest", { edits: Schema.Array(Edit) }, ({ edits }) => Effect.sync(() => never(edited(edits))), {
    arbitrary: { runs: 1000 }
  })
})
