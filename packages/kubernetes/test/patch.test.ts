import { equal, share } from "@aiopslab/kubernetes/Equal"
import * as JsonPatch from "@aiopslab/kubernetes/patch/JsonPatch"
import * as MergePatch from "@aiopslab/kubernetes/patch/MergePatch"
import * as StrategicPatch from "@aiopslab/kubernetes/patch/StrategicPatch"
import { builtInScheme } from "@aiopslab/kubernetes/Scheme"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

const Value = Schema.Record(
  Schema.Literals(["a", "b", "c"]),
  Schema.Union([
    Schema.Null,
    Schema.Boolean,
    Schema.Literals([1, 2]),
    Schema.Array(Schema.Literals(["x", "y"])),
    Schema.Record(Schema.Literals(["d", "e"]), Schema.Literals(["x", "y"]))
  ])
).annotate({ title: "JSON" })

/** A document as stored: without nulls, which a merge patch can't set. */
const stored = (value: typeof Value.Type): unknown => MergePatch.apply({}, value)

const json = (document: unknown, ...patch: ReadonlyArray<unknown>): unknown =>
  Result.getOrElse(JsonPatch.apply(document, patch), () => "inapplicable")

describe("JSON Patch", () => {
  // RFC 6902, appendix A
  const cases: ReadonlyArray<readonly [string, unknown, ReadonlyArray<unknown>, unknown]> = [
    ["adds a member", { foo: "bar" }, [{ op: "add", path: "/baz", value: "qux" }], { foo: "bar", baz: "qux" }],
    ["adds an item before another", { foo: ["a", "b"] }, [{ op: "add", path: "/foo/1", value: "q" }], { foo: ["a", "q", "b"] }],
    ["appends", { foo: ["a"] }, [{ op: "add", path: "/foo/-", value: ["b"] }], { foo: ["a", ["b"]] }],
    [
      "removes",
      { a: 1, b: [1, 2] },
      [
        { op: "remove", path: "/a" },
        { op: "remove", path: "/b/0" }
      ],
      { b: [2] }
    ],
    ["replaces", { a: 1 }, [{ op: "replace", path: "/a", value: 2 }], { a: 2 }],
    ["moves", { a: { b: 1 }, c: {} }, [{ op: "move", from: "/a/b", path: "/c/d" }], { a: {}, c: { d: 1 } }],
    ["moves within a list", { a: [1, 2, 3] }, [{ op: "move", from: "/a/0", path: "/a/2" }], { a: [2, 3, 1] }],
    ["copies", { a: 1 }, [{ op: "copy", from: "/a", path: "/b" }], { a: 1, b: 1 }],
    [
      "tests and goes on",
      { a: [1, { b: 2 }] },
      [
        { op: "test", path: "/a/1", value: { b: 2 } },
        { op: "add", path: "/c", value: 1 }
      ],
      { a: [1, { b: 2 }], c: 1 }
    ],
    [
      "unescapes",
      { "a/b": 1, "m~n": 2 },
      [
        { op: "remove", path: "/a~1b" },
        { op: "remove", path: "/m~0n" }
      ],
      {}
    ],
    ["replaces the whole document", { a: 1 }, [{ op: "replace", path: "", value: 5 }], 5],
    // what follows is kube-apiserver's own
    ["replaces what is not there", { a: 1 }, [{ op: "replace", path: "/x", value: 1 }], { a: 1, x: 1 }],
    ["counts from the end", { a: [1, 2] }, [{ op: "remove", path: "/a/-1" }], { a: [1] }],
    ["appends at -1", { a: [1] }, [{ op: "add", path: "/a/-1", value: 2 }], { a: [1, 2] }],
    ["reads an index with a leading zero", { a: [1, 2] }, [{ op: "replace", path: "/a/01", value: 3 }], { a: [1, 3] }],
    ["takes no heed of what is before the first slash", { a: 1 }, [{ op: "add", path: "q/b", value: 2 }], { a: 1, b: 2 }],
    ["without a value sets null", { a: 1 }, [{ op: "add", path: "/b" }], { a: 1, b: null }],
    ["tests for null what is not there", { a: 1 }, [{ op: "test", path: "/b", value: null }], { a: 1 }]
  ]
  for (const [name, document, patch, wanted] of cases)
    it(`an operation ${name}`, () => assert.deepStrictEqual(json(document, ...patch), wanted))

  const failing: ReadonlyArray<readonly [string, unknown]> = [
    ["a failed test", { op: "test", path: "/a", value: 2 }],
    ["a parent that is not there", { op: "add", path: "/x/y", value: 1 }],
    ["removing what is not there", { op: "remove", path: "/x" }],
    ["replacing below what is not there", { op: "replace", path: "/x/y", value: 1 }],
    ["an index beyond the end", { op: "add", path: "/b/3", value: 1 }],
    ["an index before the beginning", { op: "remove", path: "/b/-3" }],
    ["an index that is no number", { op: "add", path: "/b/x", value: 1 }],
    ["a path without a slash", { op: "add", path: "a", value: 1 }],
    ["a move from nowhere", { op: "move", from: "/x", path: "/y" }],
    ["an unknown operation", { op: "spam", path: "/a" }]
  ]
  for (const [name, op] of failing) it(`refuses ${name}`, () => assert.strictEqual(json({ a: 1, b: [1, 2] }, op), "inapplicable"))
})

describe("JSON merge patch", () => {
  // RFC 7386, appendix A
  const cases: ReadonlyArray<readonly [unknown, unknown, unknown]> = [
    [{ a: "b" }, { a: "c" }, { a: "c" }],
    [{ a: "b" }, { a: null }, {}],
    [{ a: "b", b: "c" }, { a: null }, { b: "c" }],
    [{ a: ["b"] }, { a: "c" }, { a: "c" }],
    [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
    [["a", "b"], ["c"], ["c"]],
    [{ a: "foo" }, null, null],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }]
  ]
  for (const [target, patch, wanted] of cases) {
    it(`${JSON.stringify(patch)} on ${JSON.stringify(target)}`, () => assert.deepStrictEqual(MergePatch.apply(target, patch), wanted))
  }

  it.effect.prop("the difference of two documents leads from one to the other", { a: Value, b: Value }, ({ a, b }) =>
    Effect.sync(() => {
      const patch = MergePatch.diff(stored(a), stored(b))
      assert.isTrue(equal(patch === undefined ? stored(a) : MergePatch.apply(stored(a), patch), stored(b)))
    })
  )
})

describe("structural sharing", () => {
  it.effect.prop("gives an equal value, and the very parts that stayed", { a: Value, b: Value }, ({ a, b }) =>
    Effect.sync(() => {
      const shared = share(a, b)
      assert.isTrue(equal(shared, b))
      for (const key of ["a", "b", "c"] as const) if (equal(a[key], b[key])) assert.strictEqual(shared[key], a[key])
      assert.strictEqual(share(a, structuredClone(a)), a)
    })
  )
})

describe("strategic merge patch", () => {
  const type = builtInScheme.byId.get("deployments.apps")?.type
  const container = (name: string, image: string, ...env: ReadonlyArray<string>) => ({
    name,
    image,
    env: env.map((one) => ({ name: one }))
  })
  const deployment = (...containers: ReadonlyArray<unknown>) => ({ spec: { template: { spec: { containers } } } })
  const apply = (target: Readonly<Record<string, unknown>>, patch: Readonly<Record<string, unknown>>) =>
    Result.getOrElse(StrategicPatch.apply(target, patch, type), ({ message }) => message)

  it("merges containers and their environment by name; a new item comes first, as observed on 1.34", () => {
    assert.deepStrictEqual(
      apply(
        deployment(container("c", "nginx", "A", "B")),
        deployment({ name: "c", env: [{ name: "C" }, { name: "B", value: "3" }] }, { name: "d", image: "x" })
      ),
      deployment({ name: "c", image: "nginx", env: [{ name: "C" }, { name: "A" }, { name: "B", value: "3" }] }, { name: "d", image: "x" })
    )
  })

  it("deletes an item by its key", () => {
    assert.deepStrictEqual(
      apply(deployment(container("c", "a"), container("d", "b")), deployment({ name: "c", $patch: "delete" })),
      deployment(container("d", "b"))
    )
  })

  it("replaces a list, and a map, when told to", () => {
    assert.deepStrictEqual(
      apply(deployment(container("c", "a")), deployment({ $patch: "replace" }, { name: "z", image: "i" })),
      deployment({ name: "z", image: "i" })
    )
    assert.deepStrictEqual(apply({ spec: { replicas: 1, paused: true } }, { spec: { $patch: "replace", replicas: 2 } }), {
      spec: { replicas: 2 }
    })
  })

  it("orders a list as $setElementOrder says", () => {
    const patch = {
      spec: {
        template: { spec: { "$setElementOrder/containers": [{ name: "d" }, { name: "c" }], containers: [{ name: "c", image: "n" }] } }
      }
    }
    assert.deepStrictEqual(
      apply(deployment(container("c", "a"), container("d", "b")), patch),
      deployment(container("d", "b"), { ...container("c", "n") })
    )
  })

  it("keeps the keys that $retainKeys names", () => {
    assert.deepStrictEqual(
      apply(
        { spec: { strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1 } } } },
        { spec: { strategy: { $retainKeys: ["type"], type: "Recreate" } } }
      ),
      { spec: { strategy: { type: "Recreate" } } }
    )
  })

  it("adds to and deletes from lists of values that merge", () => {
    const target = { metadata: { finalizers: ["a", "b"] } }
    assert.deepStrictEqual(apply(target, { metadata: { finalizers: ["c"] } }), { metadata: { finalizers: ["c", "a", "b"] } })
    assert.deepStrictEqual(apply(target, { metadata: { "$deleteFromPrimitiveList/finalizers": ["a"] } }), {
      metadata: { finalizers: ["b"] }
    })
  })

  it("refuses an item without its key", () => {
    assert.strictEqual(
      apply(deployment(container("c", "a")), deployment({ image: "x" })),
      "map: map[image:x] does not contain declared merge key: name"
    )
  })
})
