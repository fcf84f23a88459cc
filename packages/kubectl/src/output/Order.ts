/** The order of `--sort-by`: missing values first, times and numbers by value, quantities by amount, texts by their bytes. */
import * as Fields from "../Fields.ts"
import * as Quantity from "../Quantity.ts"

export const compareValues = (a: unknown, b: unknown): number => {
  if (a === b) return 0
  if (a === undefined || a === null) return -1
  if (b === undefined || b === null) return 1
  if (typeof a === "number" && typeof b === "number") return a - b
  const [left, right] = [Fields.plain(a), Fields.plain(b)]
  const [leftAmount, rightAmount] = [Quantity.parse(left), Quantity.parse(right)]
  if (leftAmount !== undefined && rightAmount !== undefined) return leftAmount - rightAmount
  return left < right ? -1 : left > right ? 1 : 0
}
