/** The texts that list the indexes of a job's pods: `1,3-5`. */
import * as Result from "effect/Result"
import { quote } from "../Report.ts"

interface Interval {
  readonly from: number
  readonly to: number
}

const integer = (text: string): number | undefined => (/^[+-]?\d+$/.test(text) ? Number(text) : undefined)

export const interval = (text: string, completions: number): Result.Result<Interval, string> => {
  const parts = text.split("-")
  if (parts.length > 2) {
    const why = "violates the requirement that an index interval can have at most two parts separated by '-'"
    return Result.fail(`the fragment ${quote(text)} ${why}`)
  }
  const numbers: Array<number> = []
  for (const part of parts) {
    const found = integer(part)
    if (found === undefined) return Result.fail(`cannot convert string to integer for index: ${quote(part)}`)
    if (found >= completions) return Result.fail(`too large index: ${quote(part)}`)
    numbers.push(found)
  }
  const [from = 0, to = from] = numbers
  return parts.length === 2 && from >= to
    ? Result.fail(`non-increasing order, previous: ${from}, current: ${to}`)
    : Result.succeed({ from, to })
}

/** How many indexes the text lists. */
export const count = (text: string, completions: number): Result.Result<number, string> => {
  if (text === "") return Result.succeed(0)
  let total = 0
  let last: number | undefined
  for (const part of text.split(",")) {
    const found = interval(part, completions)
    if (Result.isFailure(found)) return Result.fail(found.failure)
    const { from, to } = found.success
    if (last !== undefined && last >= from) return Result.fail(`non-increasing order, previous: ${last}, current: ${from}`)
    total += to - from + 1
    last = to
  }
  return Result.succeed(total)
}

/** The first index that both texts list; parts that can't be read count for nothing. */
export const overlap = (one: string, other: string, completions: number): number | undefined => {
  const read = (text: string): ReadonlyArray<Interval> =>
    text === ""
      ? []
      : text.split(",").flatMap((part) => {
          const found = interval(part, completions)
          return Result.isSuccess(found) ? [found.success] : []
        })
  for (const a of read(one)) {
    for (const b of read(other)) if (a.from <= b.to && b.from <= a.to) return Math.max(a.from, b.from)
  }
  return undefined
}
