import { assert, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import * as JobIndexes from "../src/controllers/JobIndexes.ts"

const Indexes = Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 40 })))

it.prop("what is printed of indexes reads as the same indexes", [Indexes], ([indexes]) => {
  const given = new Set(indexes)
  const text = JobIndexes.print(given)
  assert.deepStrictEqual(
    [...JobIndexes.parse(text)],
    [...given].sort((a, b) => a - b)
  )
  assert.strictEqual(JobIndexes.print(JobIndexes.parse(text)), text)
})

it("two in a row are a list, three are a range", () => {
  assert.strictEqual(JobIndexes.print(new Set([0, 1, 3, 4, 5, 9])), "0,1,3-5,9")
})
