/** Bounded texts: what an agent reads is cut to a limit, with a word about how to see the rest. */
export interface Bounded {
  readonly text: string
  readonly truncated: boolean
}

/** Bytes of one observation. */
export const observationLimit = 16 * 1024

const size = (text: string): number => {
  let bytes = 0
  for (const letter of text) bytes += width(letter.codePointAt(0) ?? 0)
  return bytes
}
const width = (code: number): number => (code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4)

const head = (text: string, limit: number): string => {
  let bytes = 0
  let end = 0
  for (const letter of text) {
    bytes += width(letter.codePointAt(0) ?? 0)
    if (bytes > limit) break
    end += letter.length
  }
  const cut = text.slice(0, end)
  const line = cut.lastIndexOf("\n")
  return line > end / 2 ? cut.slice(0, line + 1) : cut
}

const tail = (text: string, limit: number): string => {
  const start = Math.max(0, text.length - limit)
  let cut = text.slice(start)
  while (size(cut) > limit) cut = cut.slice(Math.ceil((size(cut) - limit) / 4))
  const line = cut.indexOf("\n")
  return line >= 0 && line < cut.length / 2 ? cut.slice(line + 1) : cut
}

/** `keep`: which part matters. `both` keeps three quarters of the beginning and a quarter of the end. */
export const bounded = (text: string, keep: "beginning" | "end" | "both", hint: string, limit = observationLimit): Bounded => {
  if (text.length * 4 <= limit || size(text) <= limit) return { text, truncated: false }
  const room = limit - 200 - hint.length
  const first = keep === "end" ? "" : head(text, keep === "both" ? Math.floor(room * 0.75) : room)
  const last = keep === "beginning" ? "" : tail(text, keep === "both" ? Math.floor(room * 0.25) : room)
  const lost = size(text) - size(first) - size(last)
  return { text: `${first}\n[… ${lost} bytes left out here: ${hint} …]\n${last}`, truncated: true }
}
