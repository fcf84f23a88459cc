import { equal } from "@aiopslab/kubernetes/Equal"
import { compare } from "@aiopslab/kubernetes/apply/Compare"
import * as Element from "@aiopslab/kubernetes/apply/Element"
import type { FieldSet } from "@aiopslab/kubernetes/apply/FieldSet"
import * as Fields from "@aiopslab/kubernetes/apply/FieldSet"
import { fieldsOf } from "@aiopslab/kubernetes/apply/Fields"
import * as FieldsV1 from "@aiopslab/kubernetes/apply/FieldsV1"
import { merge } from "@aiopslab/kubernetes/apply/Merge"
import { remove } from "@aiopslab/kubernetes/apply/Remove"
import { freeField } from "@aiopslab/kubernetes/apply/Shape"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

const Step = Schema.Literals([
  "f:a",
  "f:b",
  "f:.",
  'k:{"n":1}',
  'k:{"n":1,"p":"T"}',
  'k:{"n":10}',
  'v:"x"',
  "v:1",
  "v:10",
  "v:true",
  "i:0",
  "i:2"
])
const Path = Schema.Array(Step).check(Schema.isMinLength(1), Schema.isMaxLength(3))
const Paths = Schema.Array(Path).check(Schema.isMaxLength(8)).annotate({ title: "paths" })

type Texts = typeof Paths.Type

const elementOf = (text: string): Element.Element => Result.getOrThrow(Element.decode(text)) ?? Element.field(text)

const setOf = (paths: Texts): FieldSet => Fields.of(paths.map((path) => path.map(elementOf)))

/** The set as a model has it: its paths as texts. */
const textsOf = (set: FieldSet): ReadonlySet<string> => new Set(Fields.paths(set).map((path) => path.map(({ text }) => text).join(" ")))

const modelOf = (paths: Texts): ReadonlySet<string> => new Set(paths.map((path) => path.join(" ")))

const same = (set: FieldSet, wanted: ReadonlySet<string>): void => {
  assert.deepStrictEqual([...textsOf(set)].sort(), [...wanted].sort())
  normal(set)
}

/** Sorted, without repeats, and no node without a meaning. */
const normal = (set: FieldSet): void => {
  for (const [i, node] of set.entries()) {
    const next = set[i + 1]
    if (next !== undefined) assert.isBelow(Element.compare(node.element, next.element), 0)
    assert.isTrue(node.member || node.children.length > 0)
    normal(node.children)
  }
}

const isBelow = (path: string, set: ReadonlySet<string>): boolean => [...set].some((one) => path === one || path.startsWith(`${one} `))

describe("a set of fields", () => {
  it.effect.prop("does what a set of paths does", { a: Paths, b: Paths }, ({ a, b }) =>
    Effect.sync(() => {
      const [left, right] = [setOf(a), setOf(b)]
      const [x, y] = [modelOf(a), modelOf(b)]
      same(left, x)
      same(Fields.union(left, right), new Set([...x, ...y]))
      same(Fields.intersection(left, right), new Set([...x].filter((path) => y.has(path))))
      same(Fields.difference(left, right), new Set([...x].filter((path) => !y.has(path))))
      same(Fields.without(left, right), new Set([...x].filter((path) => !isBelow(path, y))))
      for (const path of b) assert.strictEqual(Fields.has(left, path.map(elementOf)), x.has(path.join(" ")))
    })
  )

  it.effect.prop("keeps the laws of its algebra", { a: Paths, b: Paths, c: Paths }, (given) =>
    Effect.sync(() => {
      const [a, b, c] = [setOf(given.a), setOf(given.b), setOf(given.c)]
      const equals = (x: FieldSet, y: FieldSet): void => assert.isTrue(Fields.equals(x, y))
      equals(Fields.union(a, b), Fields.union(b, a))
      equals(Fields.union(Fields.union(a, b), c), Fields.union(a, Fields.union(b, c)))
      equals(Fields.intersection(a, Fields.union(b, c)), Fields.union(Fields.intersection(a, b), Fields.intersection(a, c)))
      equals(Fields.union(Fields.difference(a, b), Fields.intersection(a, b)), a)
      equals(Fields.intersection(Fields.difference(a, b), b), Fields.empty)
      equals(Fields.difference(a, Fields.union(b, c)), Fields.difference(Fields.difference(a, b), c))
    })
  )

  it.effect.prop("is read back as it was written, in whatever order", { a: Paths }, ({ a }) =>
    Effect.sync(() => {
      const set = setOf(a)
      const written: unknown = JSON.parse(JSON.stringify(FieldsV1.encode(set)))
      assert.isTrue(Fields.equals(Result.getOrThrow(FieldsV1.decode(written)), set))
      const reversed = (value: unknown): unknown =>
        typeof value === "object" && value !== null
          ? Object.fromEntries(
              Object.entries(value)
                .reverse()
                .map(([key, item]) => [key, reversed(item)])
            )
          : value
      assert.isTrue(Fields.equals(Result.getOrThrow(FieldsV1.decode(reversed(written))), set))
    })
  )

  it("skips kinds of elements that it does not know, and refuses malformed ones", () => {
    assert.deepStrictEqual(Result.getOrThrow(FieldsV1.decode({ "z:a": {}, "f:a": {} })), setOf([["f:a"]]))
    assert.isTrue(Result.isFailure(FieldsV1.decode({ f: {} })))
    assert.isTrue(Result.isFailure(FieldsV1.decode({ "k:{": {} })))
    assert.isTrue(Result.isFailure(FieldsV1.decode({ "f:a": 1 })))
  })
})

const Leaf = Schema.Union([Schema.Literals([1, 2, "x"]), Schema.Array(Schema.Literals([1, 2]))])
const Tree = Schema.Record(
  Schema.Literals(["a", "b", "c"]),
  Schema.Union([Leaf, Schema.Record(Schema.Literals(["d", "e"]), Leaf)])
).annotate({ title: "tree" })

const clean = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

describe("without a schema", () => {
  it.effect.prop("objects differ exactly where their fields do", { a: Tree, b: Tree }, (given) =>
    Effect.sync(() => {
      const [a, b] = [clean(given.a), clean(given.b)]
      const { added, modified, removed } = compare(a, b, freeField)
      assert.strictEqual(equal(a, b), [added, modified, removed].every(Fields.isEmpty))
      const back = compare(b, a, freeField)
      assert.isTrue(Fields.equals(back.added, removed))
      assert.isTrue(Fields.equals(back.removed, added))
      assert.isTrue(Fields.equals(back.modified, modified))
    })
  )

  it.effect.prop("a merge gives what is applied, and nothing of the rest is lost", { a: Tree, b: Tree }, (given) =>
    Effect.sync(() => {
      const [live, config] = [clean(given.a), clean(given.b)]
      const merged = merge(live, config, freeField)
      const applied = compare(config, merged, freeField)
      assert.isTrue(Fields.isEmpty(applied.removed))
      assert.isTrue(Fields.isEmpty(Fields.intersection(applied.modified, fieldsOf(config, freeField))))
      assert.deepStrictEqual(merge(merged, config, freeField), merged)
    })
  )

  it.effect.prop("what is removed is gone, and all else stays", { a: Tree, b: Tree }, (given) =>
    Effect.sync(() => {
      const [live, other] = [clean(given.a), clean(given.b)]
      const fields = fieldsOf(live, freeField)
      const gone = Fields.intersection(fields, fieldsOf(other, freeField))
      const left = fieldsOf(remove(live, gone, freeField) ?? {}, freeField)
      assert.isTrue(Fields.isEmpty(Fields.intersection(left, gone)))
      assert.isTrue(Fields.isEmpty(Fields.difference(Fields.without(fields, gone), left)))
    })
  )
})
