/** A Corefile's expressions are RE2's, most of which are JavaScript's too. */
import * as Result from "effect/Result"

/** Undefined for what JavaScript doesn't read. */
export const expression = (text: string): RegExp | undefined =>
  Result.getOrUndefined(
    Result.try({ try: () => new RegExp(text.replaceAll("(?i)", "").replaceAll("(?P<", "(?<"), "iu"), catch: () => undefined })
  )
