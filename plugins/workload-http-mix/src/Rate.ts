/** `10/s`, `600/m`, `0.5/min`: how often something happens, as requests per second. */
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"

const pattern = /^([0-9]+(?:\.[0-9]+)?)\/(s|m|min|h)$/u
const seconds: Readonly<Record<string, number>> = { s: 1, m: 60, min: 60, h: 3600 }

/** More than a single load generator of the original sends; what lies above is a mistake in the unit. */
const highest = 100_000

const parse = (text: string): number => {
  const [, amount = "0", unit = "s"] = pattern.exec(text) ?? []
  return Number(amount) / (seconds[unit] ?? 1)
}

export const Rate = Schema.String.check(
  Schema.isPattern(pattern, { message: 'must be a number per second, minute or hour: "10/s", "600/m", "36000/h"' })
)
  .annotate({ examples: ["10/s", "600/m"] })
  .pipe(
    Schema.decodeTo(
      Schema.Finite.check(
        Schema.makeFilter((rate: number) => (rate > 0 ? undefined : "must be above 0")),
        Schema.makeFilter((rate: number) => (rate <= highest ? undefined : `must be at most ${highest}/s`))
      ),
      SchemaTransformation.transform({ decode: parse, encode: (rate) => `${rate}/s` })
    )
  )
