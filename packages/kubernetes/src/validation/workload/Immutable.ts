/** Fields of a spec that stay as they were. */
import { at } from "../../Json.ts"
import { equal } from "../../Equal.ts"
import type { Rule } from "../Rule.ts"

export const immutable =
  (key: string): Rule =>
  (object, previous, report) => {
    const now = at(object, "spec", key)
    const before = at(previous, "spec", key)
    if (now !== before && !equal(now, before)) report.invalid(`spec.${key}`, now, "field is immutable")
  }
