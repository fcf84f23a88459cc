/** What the value of a `messageExpression` says: a text of one line. Others say nothing. */

/** In bytes. */
const longest = 5 * 1024

export const said = (value: unknown): string | undefined => {
  const text = typeof value === "string" ? value.trim() : ""
  return text === "" || Buffer.byteLength(text) > longest || text.includes("\n") ? undefined : text
}
