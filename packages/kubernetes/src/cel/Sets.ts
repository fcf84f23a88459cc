/** `sets.contains(list, list)` and the like: lists in which order and repetition count for nothing. */
import type { Environment } from "@marcbachmann/cel-js"
import { equal } from "../Equal.ts"

class SetsNamespace {
  readonly name = "sets"
}

type List = ReadonlyArray<unknown>

const has = (list: List, wanted: unknown): boolean => list.some((one) => equal(one, wanted))
const contains = (list: List, part: List): boolean => part.every((one) => has(list, one))

export const withSets = (env: Environment): Environment =>
  env
    .registerType("SetsNamespace", SetsNamespace)
    .registerConstant("sets", "SetsNamespace", new SetsNamespace())
    .registerFunction("SetsNamespace.contains(list, list): bool", (_: SetsNamespace, list: List, part: List) => contains(list, part))
    .registerFunction("SetsNamespace.intersects(list, list): bool", (_: SetsNamespace, a: List, b: List) => a.some((one) => has(b, one)))
    .registerFunction(
      "SetsNamespace.equivalent(list, list): bool",
      (_: SetsNamespace, a: List, b: List) => contains(a, b) && contains(b, a)
    )
