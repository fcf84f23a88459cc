/** What Go says about a JSON text that it cannot read. */
import * as Result from "effect/Result"

export const jsonMistake = (text: string): string => {
  const parsed = Result.try({ try: (): unknown => JSON.parse(text), catch: String })
  const position = Number(/position (\d+)/u.exec(Result.isFailure(parsed) ? parsed.failure : "")?.[1] ?? text.length)
  if (position >= text.trimEnd().length) return "unexpected EOF"
  const before = text.slice(0, position).trimEnd().at(-1) ?? ""
  const where =
    before === "{" || before === ","
      ? "looking for beginning of object key string"
      : before === ":" || before === "["
        ? "looking for beginning of value"
        : "after object key:value pair"
  return `invalid character '${text[position] ?? ""}' ${where}`
}
