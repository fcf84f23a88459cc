/** Spans of time as manifests write them: `500ms`, `60s`, `5m`, `1h30m`. */
import * as Duration from "effect/Duration"
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"

const units = [
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
  ["ms", 1]
] as const
const pattern = /^(?=.)(?:[0-9]+(?:\.[0-9]+)?h)?(?:[0-9]+(?:\.[0-9]+)?m(?!s))?(?:[0-9]+(?:\.[0-9]+)?s)?(?:[0-9]+ms)?$/u
const part = /([0-9.]+)(ms|h|m|s)/gu

const decode = (text: string): Duration.Duration => {
  const scale = new Map<string, number>(units)
  let millis = 0
  for (const [, amount, unit] of text.matchAll(part)) millis += Number(amount) * (scale.get(unit ?? "") ?? 0)
  return Duration.millis(millis)
}

const encode = (duration: Duration.Duration): string => {
  let rest = Math.round(Duration.toMillis(duration))
  let text = ""
  for (const [unit, size] of units) {
    const amount = Math.floor(rest / size)
    if (amount > 0) text += `${amount}${unit}`
    rest -= amount * size
  }
  return text === "" ? "0s" : text
}

/** `60s` ⇄ 60 seconds. Units are h, m, s and ms, the larger first; whole milliseconds survive a round trip. */
export const DurationText = Schema.String.check(
  Schema.isMaxLength(32),
  Schema.isPattern(pattern, { message: "Expected a duration such as 500ms, 60s, 5m or 1h30m" })
).pipe(Schema.decodeTo(Schema.Duration, SchemaTransformation.transform({ decode, encode })))
