import { DurationText } from "@aiopslab/core/DurationText"
import { distance, nearest } from "@aiopslab/core/Nearest"
import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

describe("nearest", () => {
  it.each([
    ["detecton", "detection"],
    ["detect", "detection"],
    ["lcoalization", "localization"],
    ["MITIGATION", "mitigation"],
    ["banana", undefined],
    ["", undefined],
    ["x".repeat(100), undefined]
  ])("%s → %s", (name, expected) => {
    assert.strictEqual(nearest(name, ["detection", "localization", "analysis", "mitigation"]), expected)
  })

  it.effect.prop(
    "a distance is symmetric, 0 only for equal texts, and at most the longer length",
    { a: Schema.String, b: Schema.String },
    ({ a, b }) =>
      Effect.sync(() => {
        assert.strictEqual(distance(a, b), distance(b, a))
        assert.strictEqual(distance(a, b) === 0, a === b)
        assert.isAtMost(distance(a, b), Math.max(a.length, b.length))
      })
  )
})

describe("a duration", () => {
  const decode = Schema.decodeUnknownEffect(DurationText)

  it.effect.each([
    ["500ms", 500],
    ["60s", 60_000],
    ["1.5s", 1500],
    ["5m", 300_000],
    ["1h30m", 5_400_000],
    ["1m500ms", 60_500],
    ["0s", 0]
  ] as const)("%s", ([text, millis]) =>
    Effect.gen(function* () {
      assert.strictEqual(Duration.toMillis(yield* decode(text)), millis)
    })
  )

  it.effect.each(["", "60", "60 s", "-5s", "soon", "5M", "s", "30s1m", "1e3s", 60, "9".repeat(40)])("not %j", (text) =>
    Effect.gen(function* () {
      assert.strictEqual((yield* Effect.exit(decode(text)))._tag, "Failure")
    })
  )

  it.effect.prop(
    "whole milliseconds survive a round trip",
    { millis: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 1e12 })) },
    ({ millis }) =>
      Effect.gen(function* () {
        const text = yield* Schema.encodeEffect(DurationText)(Duration.millis(millis))
        assert.strictEqual(Duration.toMillis(yield* decode(text)), millis)
      })
  )
})
