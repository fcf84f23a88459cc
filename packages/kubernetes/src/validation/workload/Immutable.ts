/** Fields of a spec that stay as they were. */
import { at } from "../../Json.ts"
import { equal } from "../../Equal.ts"
import * as Internal from "../Internal.ts"
import { shownSelector } from "../LabelSelector.ts"
import type { Rule } from "../Rule.ts"

export const immutable =
  (key: string): Rule =>
  (object, previous, report) => {
    const now = at(object, "spec", key)
    const before = at(previous, "spec", key)
    if (now !== before && !equal(now, before)) report.invalid(`spec.${key}`, now, "field is immutable")
  }

export const sameSelector: Rule = (object, previous, report) => {
  const now = at(object, "spec", "selector")
  const before = at(previous, "spec", "selector")
  const same = (now === undefined) === (before === undefined) && Internal.equal("metav1.LabelSelector", now, before)
  if (!same) report.invalid("spec.selector", shownSelector(now), "field is immutable")
}
