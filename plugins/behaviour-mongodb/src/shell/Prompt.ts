/** Input that is typed, piped or in a here-document: statements over several lines, and the prompt's own words. */

const balance = (text: string): number => {
  let depth = 0
  let quote = ""
  for (let i = 0; i < text.length; i++) {
    const char = text[i] ?? ""
    if (quote !== "") {
      if (char === "\\") i += 1
      else if (char === quote) quote = ""
    } else if (char === '"' || char === "'" || char === "`") quote = char
    else if (char === "/" && text[i + 1] === "/") {
      const end = text.indexOf("\n", i)
      if (end < 0) break
      i = end
    } else if ("([{".includes(char)) depth += 1
    else if (")]}".includes(char)) depth -= 1
  }
  return quote === "`" ? 1 : depth
}

/** The statements of an input, each as one source. */
export const statements = (input: string): ReadonlyArray<string> => {
  const out: Array<string> = []
  let pending = ""
  for (const line of input.split("\n")) {
    pending = pending === "" ? line : `${pending}\n${line}`
    if (balance(pending) > 0) continue
    if (pending.trim() !== "") out.push(pending)
    pending = ""
  }
  if (pending.trim() !== "") out.push(pending)
  return out
}

/** A statement as JavaScript: `use x`, `show x` and `it` are calls of the shell's helper. Undefined ends the shell. */
export const script = (statement: string): string | undefined => {
  const words = statement.trim().replace(/;$/u, "").trim()
  if (/^(exit|quit|quit\(\)|exit\(\))$/u.test(words)) return undefined
  if (words === "it") return "shellHelper.it()"
  const helper = /^(use|show)\s+(.+)$/u.exec(words)
  return helper === null ? statement : `shellHelper.${helper[1]}(${JSON.stringify(helper[2]?.trim())})`
}
