/** Patterns of the shell and of `grep` as regular expressions. */
import * as Result from "effect/Result"

/** `undefined`: no pattern after all. */
const compiled = (source: string, flags: string): RegExp | undefined =>
  Result.getOrUndefined(Result.try({ try: () => new RegExp(source, flags), catch: () => undefined }))

const literal = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`)

/** As `fnmatch`: `*`, `?`, `[…]`; a backslash takes the next letter as it is. */
export const ofGlob = (pattern: string): RegExp | undefined =>
  compiled(
    `^${pattern.replaceAll(
      /\\(.)|\[([!^]?)(\]?[^\]]*)\]|[*?]|[^\\[*?]+|[\\[]/gsu,
      (found, quoted?: string, not?: string, inner?: string) => {
        if (quoted !== undefined) return literal(quoted)
        if (inner !== undefined) return `[${not === "" ? "" : "^"}${inner.replaceAll(/[\\[\]]/g, String.raw`\$&`)}]`
        return found === "*" ? ".*" : found === "?" ? "." : literal(found)
      }
    )}$`,
    "su"
  )

/** A basic expression's own marks are those that an extended one quotes. */
const extended = (pattern: string): string =>
  pattern.replaceAll(/\\([|(){}+?])|[|(){}+?]/g, (found, quoted?: string) => quoted ?? `\\${found}`)

const classes: Readonly<Record<string, string>> = {
  "[:alnum:]": "A-Za-z0-9",
  "[:alpha:]": "A-Za-z",
  "[:digit:]": "0-9",
  "[:lower:]": "a-z",
  "[:space:]": String.raw`\s`,
  "[:upper:]": "A-Z"
}

export const ofGrep = (pattern: string, flags: string): RegExp | undefined => {
  const source = flags.includes("F") ? literal(pattern) : flags.includes("E") ? pattern : extended(pattern)
  const named = source.replaceAll(/\[:\w+:\]/gu, (name) => classes[name] ?? name)
  const word = flags.includes("w") ? String.raw`\b(?:${named})\b` : named
  return compiled(flags.includes("x") ? `^(?:${word})$` : word, flags.includes("i") ? "i" : "")
}
