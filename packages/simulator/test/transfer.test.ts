import type { Leg, Path } from "@aiopslab/simulator/Impairments"
import * as Transfer from "@aiopslab/simulator/Transfer"
import { mix } from "@aiopslab/simulator/traffic/Hash"
import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

const delay = (latencyMillis: number, jitterMillis = 0, correlation = 0): Leg => ({
  delays: [{ _tag: "Delay", latencyMillis, jitterMillis, correlation }],
  loss: 0
})
const loses = (loss: number): Leg => ({ delays: [], loss })
const free = loses(0)

const draws = (count: number): ReadonlyArray<number> => Array.from({ length: count }, (_, i) => mix(7, i))

const backs = (path: Path, count = 4_000): ReadonlyArray<number> =>
  draws(count).map((hash) => Transfer.exchange(path, 30_000, "answered", hash).back)

const deviation = (values: ReadonlyArray<number>): number => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)
}

const share = Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 }))
const paths = Arbitrary.schema(
  Schema.Struct({ there: share, back: share, late: Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 40_000 })) })
)

describe("a question over an impaired path", () => {
  it.effect.prop("is lost, unheard or answered, and answered within its asker's patience", { of: paths }, ({ of: { back, late, there } }) =>
    Effect.sync(() => {
      const path: Path = { there: { ...delay(late), loss: there }, back: loses(back) }
      const chances = Transfer.chances(path, 20_000)
      assert.approximately(chances.lost + chances.unheard + chances.answered, 1, 1e-9)
      for (const chance of Object.values(chances)) assert.isAtLeast(chance, -1e-9)
      if (chances.answered < 1e-9) return
      const times = Transfer.exchange(path, 20_000, "answered", mix(3, late))
      assert.isAtMost(times.there + times.back, 20_000)
    })
  )

  it("takes as much longer as its packets are delayed, each way by what is sent that way", () => {
    const path: Path = { there: delay(30), back: { delays: [...delay(100).delays, ...delay(5).delays], loss: 0 } }
    assert.deepStrictEqual(Transfer.exchange(path, 30_000, "answered", 1), { there: 30, back: 105 })
    assert.deepStrictEqual(Transfer.chances(path, 30_000), { lost: 0, unheard: 0, answered: 1 })
    assert.deepStrictEqual(Transfer.chances(path, 120), { lost: 0, unheard: 1, answered: 0 })
    assert.deepStrictEqual(Transfer.chances(path, 20), { lost: 1, unheard: 0, answered: 0 })
  })

  it("varies evenly by the jitter, and less when packets correlate, as netem's do", () => {
    const even = backs({ there: free, back: delay(100, 50) })
    assert.isAtLeast(Math.min(...even), 50)
    assert.isAtMost(Math.max(...even), 150)
    assert.approximately(deviation(even), 50 / Math.sqrt(3), 1)
    // an autoregressive mean of numbers: its variance falls by (1 - c) / (1 + c)
    const alike = backs({ there: free, back: delay(100, 50, 60) })
    assert.approximately(deviation(alike), (50 / Math.sqrt(3)) * Math.sqrt(0.4 / 1.6), 1)
  })

  it("is sent again after 200 ms, and twice as long each time", () => {
    const times = backs({ there: free, back: loses(0.5) })
    const seen = [0, 200, 600, 1400].map((millis) => times.filter((time) => time === millis).length / times.length)
    for (const [i, one] of seen.entries()) assert.approximately(one, 0.5 ** (i + 1), 0.03)
    assert.isTrue(times.every((time) => Number.isInteger(Math.log2(time / 200 + 1))))
  })

  it("fails as often as all of its sendings within the patience are lost", () => {
    // 0, 0.2, 0.6, 1.4, 3, 6.2 and 12.6 s
    assert.approximately(Transfer.chances({ there: free, back: loses(0.99) }, 20_000).unheard, 0.99 ** 7, 1e-9)
    assert.approximately(Transfer.chances({ there: loses(0.99), back: free }, 20_000).lost, 0.99 ** 7, 1e-9)
  })
})

describe("a connection over an impaired path", () => {
  it("opens after a second when a packet of its opening is lost, then three", () => {
    const times = draws(4_000).map((hash) => Transfer.opening({ there: free, back: loses(0.5) }, hash))
    const seen = [0, 1_000, 3_000].map((millis) => times.filter((time) => time === millis).length / times.length)
    for (const [i, one] of seen.entries()) assert.approximately(one, 0.5 ** (i + 1), 0.03)
    assert.strictEqual(Transfer.opening({ there: loses(1), back: free }, 1), Infinity)
    assert.strictEqual(Transfer.opening({ there: delay(40), back: delay(60) }, 1), 100)
  })
})

describe("a name", () => {
  it("is asked for twice, five seconds each", () => {
    assert.strictEqual(Transfer.lookUp({ there: delay(3_000), back: free }, 1), 3_000)
    assert.isUndefined(Transfer.lookUp({ there: delay(5_001), back: free }, 1))
    const late = draws(4_000).map((hash) => Transfer.lookUp({ there: loses(0.5), back: free }, hash))
    for (const [outcome, expected] of [
      [0, 0.5],
      [5_000, 0.25],
      [undefined, 0.25]
    ] as const)
      assert.approximately(late.filter((one) => one === outcome).length / late.length, expected, 0.03)
  })
})
