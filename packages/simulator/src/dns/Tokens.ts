/** The words of a Corefile, with the variables of the process put in. */

export interface Token {
  readonly text: string
  /** Empty: the Corefile itself; else the file that it imports. */
  readonly file: string
  readonly line: number
  /** A quoted word may go over several. */
  readonly endLine: number
}

type Variables = Readonly<Record<string, string>>

/** `{$NAME}`, and `{%NAME%}`; nothing for a name that there isn't. */
const filled = (word: string, variables: Variables): string =>
  word.replaceAll(
    /\{%([^%}]+)%\}|\{\$([^}]+)\}/gu,
    (_, windows: string | undefined, unix: string | undefined) => variables[windows ?? unix ?? ""] ?? ""
  )

/** Words may be quoted; a `#` at the beginning of a word makes the rest of its line a comment. */
export const tokensOf = (file: string, text: string, variables: Variables): ReadonlyArray<Token> => {
  const out: Array<Token> = []
  const word = /"((?:[^"\\]|\\[^])*)"|(#[^\n]*)|([^\s"]\S*)|(\n)/gu
  let line = 1
  for (const [, quoted, comment, plain, newline] of text.matchAll(word)) {
    if (newline !== undefined) line++
    else if (quoted !== undefined) {
      const endLine = line + quoted.split("\n").length - 1
      out.push({ text: filled(quoted.replaceAll('\\"', '"'), variables), file, line, endLine })
      line = endLine
    } else if (comment === undefined) out.push({ text: filled(plain ?? "", variables), file, line, endLine: line })
  }
  return out
}
