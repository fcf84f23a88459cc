import * as Manifest from "@aiopslab/core/Manifest"
import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

const head = "apiVersion: aiopslab.dev/v1\nkind: Problem\nmetadata: { name: p }\n"

/** `line:column CODE` of every mistake. */
const mistakes = (input: string | Uint8Array) =>
  Manifest.decode("p.yaml", input).pipe(
    Effect.flip,
    Effect.map(({ errors }) => errors.map((error) => `${error.location?.line ?? "-"}:${error.location?.column ?? "-"} ${error.code}`))
  )

const good = (text: string) => Manifest.decodeProblem("p.yaml", text)

describe("a manifest", () => {
  it.effect("is decoded with defaults, durations, anchors and merge keys", () =>
    Effect.gen(function* () {
      const { content } = yield* good(`\ufeff${head}spec:
  app: { use: shop }
  faults:
    - &first
      use: kill
      with: { pod: a }
      after: 1m30s
    - <<: *first
      with: { pod: b }
  tasks:
    detection: { answer: yes, id: kill-detection-1 } # a string in YAML 1.2
`)
      assert.deepStrictEqual(content.metadata.labels, {})
      assert.deepStrictEqual(content.spec.solution, [])
      assert.deepStrictEqual(
        content.spec.faults.map((fault) => [fault.use, fault.with, fault.after === undefined ? 0 : Duration.toMillis(fault.after)]),
        [
          ["kill", { pod: "a" }, 90_000],
          ["kill", { pod: "b" }, 90_000]
        ]
      )
      assert.deepStrictEqual(content.spec.tasks, { detection: { answer: "yes", id: "kill-detection-1" } })
    })
  )

  it.effect("reports all mistakes at once, each with its place, line, caret, code and hint", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(
        Manifest.decode(
          "problems/p.yaml",
          `apiVersion: aiopslab.dev/v2
kind: Problem
metadata:
  name: Bad Name
spec:
  ap: { use: shop }
  faults:
    - use: 5
      after: soon
      wiht: {}
  tasks: []
extra: 1
`
        )
      )
      assert.strictEqual(
        error.message,
        `problems/p.yaml:1:13: \`apiVersion\`: Expected "aiopslab.dev/v1", got "aiopslab.dev/v2". Did you mean "aiopslab.dev/v1"? [MANIFEST_INVALID_VALUE]
   1 | apiVersion: aiopslab.dev/v2
     |             ^^^^^^^^^^^^^^^
The reference of the manifest lists what each field takes; \`aiopslab schema\` makes editors check it while you type.

problems/p.yaml:4:9: \`metadata.name\`: must be lower case letters, digits and dashes, got "Bad Name". [MANIFEST_INVALID_VALUE]
   4 |   name: Bad Name
     |         ^^^^^^^^
The reference of the manifest lists what each field takes; \`aiopslab schema\` makes editors check it while you type.

problems/p.yaml:5:1: \`spec\` needs the field \`app\`. [MANIFEST_MISSING_FIELD]
   5 | spec:
     | ^^^^
Add \`app:\`.

problems/p.yaml:6:3: \`spec\` has no field \`ap\`. Did you mean "app"? [MANIFEST_UNKNOWN_FIELD]
   6 |   ap: { use: shop }
     |   ^^
Known fields: app, workload, faults, tasks, deadlines, solution.

problems/p.yaml:8:12: \`spec.faults[0].use\`: Expected a text, got 5. [MANIFEST_INVALID_VALUE]
   8 |     - use: 5
     |            ^
The reference of the manifest lists what each field takes; \`aiopslab schema\` makes editors check it while you type.

problems/p.yaml:9:14: \`spec.faults[0].after\`: Expected a duration such as 500ms, 60s, 5m or 1h30m, got "soon". [MANIFEST_INVALID_VALUE]
   9 |       after: soon
     |              ^^^^
The reference of the manifest lists what each field takes; \`aiopslab schema\` makes editors check it while you type.

problems/p.yaml:10:7: \`spec.faults[0]\` has no field \`wiht\`. Did you mean "with"? [MANIFEST_UNKNOWN_FIELD]
  10 |       wiht: {}
     |       ^^^^
Known fields: use, with, after.

problems/p.yaml:11:10: \`spec.tasks\`: Expected a mapping, got a list. [MANIFEST_INVALID_VALUE]
  11 |   tasks: []
     |          ^^
The reference of the manifest lists what each field takes; \`aiopslab schema\` makes editors check it while you type.

problems/p.yaml:12:1: the manifest has no field \`extra\`. [MANIFEST_UNKNOWN_FIELD]
  12 | extra: 1
     | ^^^^^
Known fields: apiVersion, kind, metadata, spec.`
      )
    })
  )

  it.effect.each([
    ["an empty file", "", ["1:1 MANIFEST_EMPTY"]],
    ["only a comment", "# nothing\n", ["1:1 MANIFEST_EMPTY"]],
    ["a scalar", "hello", ["1:1 MANIFEST_INVALID_VALUE"]],
    ["null", "~", ["1:1 MANIFEST_INVALID_VALUE"]],
    ["a list", "- a\n- b\n", ["1:1 MANIFEST_INVALID_VALUE"]],
    ["a misspelt kind", "apiVersion: aiopslab.dev/v1\nkind: Probelm\n", ["2:7 MANIFEST_UNKNOWN_KIND"]],
    ["no kind", "apiVersion: aiopslab.dev/v1\n", ["1:1 MANIFEST_MISSING_FIELD"]],
    ["tabs", "a:\n\tb: 1\n", ["2:1 MANIFEST_TAB"]],
    [
      "a duplicate key",
      "a: 1\nb: { c: 1, c: 2 }\na: *b\n",
      ["2:12 MANIFEST_DUPLICATE_KEY", "3:1 MANIFEST_DUPLICATE_KEY", "3:4 MANIFEST_UNKNOWN_ALIAS"]
    ],
    ["two documents", "a: 1\n---\nb: 2\n", ["3:1 MANIFEST_SEVERAL_DOCUMENTS"]],
    ["an open bracket", "a: [1,\nb: 2\n", ["2:1 MANIFEST_SYNTAX"]],
    ["an unknown tag", "a: !what x\n", ["1:4 MANIFEST_SYNTAX"]],
    ["a NUL byte", "a: \0\n", ["1:4 MANIFEST_CONTROL_CHARACTER"]],
    ["an escape character", "# \u001b[31m\n", ["1:3 MANIFEST_CONTROL_CHARACTER"]],
    ["an alias without anchor", "a: &geo 1\nb: *goe\n", ["2:4 MANIFEST_UNKNOWN_ALIAS"]],
    ["an alias in its own anchor", "a: &a\n  - *a\n", ["2:5 MANIFEST_ALIAS_LOOP"]],
    ["a merge of a scalar", "<<: 5\n", ["1:5 MANIFEST_MERGE"]],
    ["a template", "a: {{ x }}\n", ["1:5 MANIFEST_KEY"]],
    ["__proto__", `${head}spec: { app: { use: a, __proto__: {} }, tasks: {} }\n`, ["4:24 MANIFEST_UNKNOWN_FIELD"]],
    ["a boolean where a text is meant", `${head}spec: { app: { use: true }, tasks: {} }\n`, ["4:21 MANIFEST_INVALID_VALUE"]]
  ] as const)("%s", ([, text, expected]) =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* mistakes(text), [...expected])
    })
  )

  it.effect("a YAML 1.1 boolean is told as what it is", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(good(`${head}spec: { app: { use: true }, tasks: {} }\n`))
      assert.include(error.errors[0].hint, "boolean in YAML; put the value in quotes")
    })
  )

  it.effect("what a merge key brings is reported where it was written", () =>
    Effect.gen(function* () {
      const text = `${head}spec:
  app: { use: a }
  faults:
    - &f { use: x, afer: 1s }
    - <<: *f
      use: y
  tasks: {}
`
      assert.deepStrictEqual(yield* mistakes(text), ["7:20 MANIFEST_UNKNOWN_FIELD", "7:20 MANIFEST_UNKNOWN_FIELD"])
    })
  )

  it.effect("is not read as another kind", () =>
    Effect.gen(function* () {
      const suite = "apiVersion: aiopslab.dev/v1\nkind: Suite\nmetadata: { name: s }\nspec: { problems: [p] }\n"
      assert.strictEqual((yield* Manifest.decodeSuite("s.yaml", suite)).content.spec.problems[0], "p")
      const error = yield* Effect.flip(Manifest.decodeProblem("s.yaml", suite))
      assert.deepStrictEqual(
        error.errors.map(({ code }) => code),
        ["MANIFEST_WRONG_KIND"]
      )
    })
  )

  it.effect("a matrix has defaults", () =>
    Effect.gen(function* () {
      const text = "apiVersion: aiopslab.dev/v1\nkind: Matrix\nmetadata: { name: m }\nspec: { problems: [p], agents: [{ use: nop }] }\n"
      const { content } = yield* Manifest.decodeMatrix("m.yaml", text)
      assert.deepStrictEqual(content.spec.seeds, [0])
      assert.strictEqual(content.spec.repeats, 1)
    })
  )

  it.effect("counts the mistakes beyond fifty", () =>
    Effect.gen(function* () {
      const fields = Array.from({ length: 80 }, (_, index) => `x${index}: 1\n`).join("")
      const found = yield* mistakes(`${head}spec: { app: { use: a }, tasks: {} }\n${fields}`)
      assert.lengthOf(found, 51)
      assert.strictEqual(found.at(-1), "-:- MANIFEST_MORE_MISTAKES")
    })
  )

  it.effect("a problem without its text can be looked into, but has no places", () =>
    Effect.gen(function* () {
      const { content } = yield* good(
        `${head}spec: { app: { use: a, with: { size: [1, 2] } }, faults: [{ use: f, after: 60s }], tasks: {} }\n`
      )
      const manifest = Manifest.ofProblem("p.yaml", content)
      assert.strictEqual(manifest.value(["spec", "app", "with", "size", 1]), 2)
      assert.strictEqual(manifest.value(["spec", "faults", 0, "after"]), "1m")
      assert.isUndefined(manifest.locate(["spec"]))
    })
  )
})

describe("decodeAt", () => {
  const text = `${head}spec:
  app:
    use: shop
    with: { size: big, colour: [red, 5], extra: 1 }
  workload: { use: mix }
  tasks: {}
`
  const Config = Schema.Struct({ size: Schema.Int, colour: Schema.Array(Schema.String) })

  it.effect("reports mistakes inside `with` with their places", () =>
    Effect.gen(function* () {
      const manifest = yield* good(text)
      const error = yield* Effect.flip(Effect.fromResult(Manifest.decodeAt(manifest, ["spec", "app", "with"], Config)))
      assert.deepStrictEqual(error.map(({ location, text }) => `${location?.line}:${location?.column} ${text}`).toSorted(), [
        '7:19 `spec.app.with.size`: Expected a number, got "big".',
        "7:38 `spec.app.with.colour[1]`: Expected a text, got 5.",
        "7:42 `spec.app.with` has no field `extra`."
      ])
    })
  )

  it.effect("an absent `with` is an empty one; what it lacks is reported at its parent", () =>
    Effect.gen(function* () {
      const manifest = yield* good(text)
      const path = ["spec", "workload", "with"]
      assert.deepStrictEqual(
        yield* Effect.fromResult(Manifest.decodeAt(manifest, path, Schema.Struct({ rate: Schema.optionalKey(Schema.Int) }))),
        {}
      )
      const error = yield* Effect.flip(Effect.fromResult(Manifest.decodeAt(manifest, path, Config)))
      assert.deepStrictEqual(
        error.map(({ location }) => `${location?.line}:${location?.column}`),
        ["8:3", "8:3"]
      )
    })
  )

  it.effect("a component that takes nothing says so", () =>
    Effect.gen(function* () {
      const manifest = yield* good(text)
      const error = yield* Effect.flip(Effect.fromResult(Manifest.decodeAt(manifest, ["spec", "app", "with"], Schema.Struct({}))))
      assert.deepStrictEqual(
        error.map(({ code }) => code),
        Array.from({ length: 3 }, () => "MANIFEST_UNKNOWN_FIELD")
      )
    })
  )
})
