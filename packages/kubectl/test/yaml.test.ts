import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { yaml } from "../src/output/Yaml.ts"

// each line was printed by kubectl 1.34
const printed = `a: "N"
b: "on"
c: <<
d: =
e: ".5"
f: "012"
g: "1_000"
h: "yes"
i: |
  x
  y
j: |-
  x
  y
k: "a\\tb"
l: é
m: '@x'
"n": 'a #b'
o: "2026-01-01"
p: ""
q: '- x'
r: 'a: b'
s: ' a'
t: "null"
u: "~"
v: "1e3"
w: "0x1"
x: "y"
z:
- 1
- b: true
  c: []
  d: {}
`
const value = {
  a: "N",
  b: "on",
  c: "<<",
  d: "=",
  e: ".5",
  f: "012",
  g: "1_000",
  h: "yes",
  i: "x\ny\n",
  j: "x\ny",
  k: "a\tb",
  l: "é",
  m: "@x",
  n: "a #b",
  o: "2026-01-01",
  p: "",
  q: "- x",
  r: "a: b",
  s: " a",
  t: "null",
  u: "~",
  v: "1e3",
  w: "0x1",
  x: "y",
  z: [1, { d: {}, c: [], b: true }]
}

describe("YAML", () => {
  it("quotes the key of a managed object itself nowhere, and leaves texts alone", () =>
    assert.strictEqual(
      yaml({ data: { a: "x\n'.': y\n" }, fields: { "f:x": { ".": {} } } }),
      "data:\n  a: |\n    x\n    '.': y\nfields:\n  f:x:\n    .: {}\n"
    ))

  it.effect("is written as kubectl writes it", () => Effect.sync(() => assert.strictEqual(yaml(value), printed)))
})

it.effect("keys stand in the order of go-yaml: numbers by their value, letters last", () =>
  Effect.sync(() => {
    const keys = ['k:{"port":80}', 'k:{"port":443}', ".", "f:a", "a10", "a9", "a09", "ab", "a-b", "B", "b"]
    const shown = yaml(Object.fromEntries(keys.map((key) => [key, 1])))
      .split("\n")
      .map((line) => line.replace(/^(["']?)(.*)\1: 1$/u, "$2"))
    assert.deepStrictEqual(shown.slice(0, -1), [".", "B", "a-b", "a9", "a09", "a10", "ab", "b", "f:a", 'k:{"port":80}', 'k:{"port":443}'])
  })
)
