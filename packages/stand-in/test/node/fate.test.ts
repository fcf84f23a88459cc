import { assert, describe, it } from "@effect/vitest"
import { fateOf, type Memory } from "../../src/node/Fate.ts"
import type { Disturbance } from "../../src/node/Ways.ts"

const late = (latencyMillis: number, jitterMillis = 0, correlation = 0): Disturbance => ({
  _tag: "Delay",
  latencyMillis,
  jitterMillis,
  correlation
})

/** Gives these numbers, one after the other. */
const drawing = (...numbers: ReadonlyArray<number>) => {
  const left = [...numbers]
  return () => left.shift() ?? assert.fail("nothing more is drawn")
}

describe("a packet", () => {
  it("is as late as all delays together, without chance where there is no jitter", () => {
    assert.strictEqual(fateOf([late(10), late(7)], [], drawing()), 17)
    assert.strictEqual(fateOf([], [], drawing()), 0)
  })

  it("is late evenly between the latency less and more the jitter, and never early", () => {
    assert.deepStrictEqual(
      [0, 0.5, 1].map((number) => fateOf([late(100, 20)], [], drawing(number))),
      [80, 100, 120]
    )
    assert.strictEqual(fateOf([late(10, 30)], [], drawing(0)), 0)
  })

  it("deviates as the one before did, by the correlation", () => {
    const memory: Memory = []
    const of = (number: number) => fateOf([late(100, 20, 75)], memory, drawing(number))
    assert.deepStrictEqual([of(1), of(0), of(0)], [120, 110, 102.5])
  })

  it("has to survive every loss", () => {
    const half: Disturbance = { _tag: "Loss", percent: 50 }
    assert.isUndefined(fateOf([half, half, late(5)], [], drawing(0.74)))
    assert.strictEqual(fateOf([half, half, late(5)], [], drawing(0.76)), 5)
    assert.isUndefined(fateOf([{ _tag: "Partition" }], [], drawing(0.999)))
  })
})
