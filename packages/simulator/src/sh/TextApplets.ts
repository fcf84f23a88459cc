/** Tools that read text and print other text. */
import type { Applet } from "./Applet.ts"
import { inputOf, lines, operands, ran } from "./Applet.ts"
import * as Pattern from "./Pattern.ts"

const escapes: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  a: "\u0007",
  b: "\b",
  f: "\f",
  v: "\v",
  "\\": "\\",
  "0": "\0"
}
const unescaped = (text: string): string => text.replaceAll(/\\([ntrabfv\\0])/g, (_, letter: string) => escapes[letter] ?? letter)

const unlines = (all: ReadonlyArray<string>): string => all.map((line) => `${line}\n`).join("")

export const echo: Applet = ({ argv }) => {
  let words = argv.slice(1)
  let end = "\n"
  let escaped = false
  while (/^-[neE]+$/.test(words[0] ?? "")) {
    if (words[0]?.includes("n") === true) end = ""
    if (words[0]?.includes("e") === true) escaped = true
    words = words.slice(1)
  }
  const text = words.join(" ")
  return ran(0, `${escaped ? unescaped(text) : text}${end}`)
}

const formatted = (value: string, flags: string, width: string, precision: string | undefined, letter: string): string => {
  const text =
    letter === "s" ? value.slice(0, precision === undefined ? undefined : Number(precision)) : letter === "b" ? unescaped(value) : value
  const number = Math.trunc(Number(value)) || 0
  const shown =
    letter === "c"
      ? value.slice(0, 1)
      : letter === "x"
        ? number.toString(16)
        : letter === "o"
          ? number.toString(8)
          : letter === "f"
            ? (Number(value) || 0).toFixed(precision === undefined ? 6 : Number(precision))
            : "di".includes(letter)
              ? String(number)
              : text
  if (flags.includes("-")) return shown.padEnd(Number(width))
  return shown.padStart(Number(width), flags.includes("0") ? "0" : " ")
}

/** The format is used again as long as there are values. */
export const printf: Applet = ({ argv: [, format = "", ...values] }) => {
  let out = ""
  let rest = values
  do {
    const before = rest
    out += unescaped(format).replaceAll(
      /%(?:%|([-0+ ]*)(\d*)(?:\.(\d+))?([sdibcxof]))/g,
      (found, flags: string, width: string, precision: string | undefined, letter: string) => {
        if (found === "%%") return "%"
        const [value = "sbc".includes(letter) ? "" : "0", ...others] = rest
        rest = others
        return formatted(value, flags, width, precision, letter)
      }
    )
    if (rest === before) break
  } while (rest.length > 0)
  return ran(0, out)
}

export const grep: Applet = (call) => {
  const flags = call.argv
    .slice(1)
    .filter((word) => word.startsWith("-"))
    .join("")
  const [pattern = "", path] = operands(call.argv)
  const text = inputOf(call, path)
  if (text === undefined) return ran(2, "", `grep: ${path ?? ""}: No such file or directory\n`)
  const wanted = Pattern.ofGrep(pattern, flags)
  if (wanted === undefined) return ran(2, "", `grep: bad regex '${pattern}': Invalid preceding regular expression\n`)
  const found = lines(text).flatMap((line) => {
    const part = wanted.exec(line)
    if ((part !== null) === flags.includes("v")) return []
    return [flags.includes("o") ? (part?.[0] ?? "") : line]
  })
  const shown = flags.includes("q") ? "" : flags.includes("c") ? `${found.length}\n` : unlines(found)
  return ran(found.length === 0 ? 1 : 0, shown)
}

const headOrTail =
  (end: "first" | "last"): Applet =>
  (call) => {
    const { argv } = call
    if (end === "last" && argv.some((word) => /^-[a-z]*[fF]/.test(word))) return { _tag: "Forever" }
    if (end === "last" && argv.includes("/dev/zero")) return { _tag: "Fill" }
    const counted = argv.findIndex((word) => /^-[nc]/.test(word))
    const option = argv[counted]
    const separate = option !== undefined && option.length === 2
    const short = argv.find((word) => /^-\d+$/.test(word))
    const count = Number(option === undefined ? (short?.slice(1) ?? 10) : separate ? argv[counted + 1] : option.slice(2))
    const path = operands(argv).find((word) => !separate || word !== argv[counted + 1])
    const text = inputOf(call, path)
    if (text === undefined) return ran(1, "", `${argv[0] ?? ""}: ${path ?? ""}: No such file or directory\n`)
    if (option?.startsWith("-c") === true)
      return ran(0, end === "first" ? text.slice(0, count) : text.slice(Math.max(0, text.length - count)))
    const all = lines(text)
    return ran(0, unlines(end === "first" ? all.slice(0, count) : all.slice(Math.max(0, all.length - count))))
  }

export const head = headOrTail("first")
export const tail = headOrTail("last")

export const wc: Applet = (call) => {
  const [path] = operands(call.argv)
  const text = inputOf(call, path)
  if (text === undefined) return ran(1, "", `wc: ${path ?? ""}: No such file or directory\n`)
  const asked = call.argv.filter((word) => /^-[lwc]+$/.test(word)).join("")
  const counts: Readonly<Record<string, number>> = {
    l: text.split("\n").length - 1,
    w: text.split(/\s+/u).filter((word) => word !== "").length,
    c: Buffer.byteLength(text)
  }
  const shown = ["l", "w", "c"].filter((letter) => asked === "" || asked.includes(letter)).map((letter) => String(counts[letter]))
  const columns = shown.length === 1 ? shown.join("") : shown.map((one) => one.padStart(9)).join(" ")
  return ran(0, `${columns}${path === undefined ? "" : ` ${path}`}\n`)
}

export const sort: Applet = (call) => {
  const flags = call.argv.filter((word) => /^-[nru]+$/.test(word)).join("")
  const text = inputOf(call, operands(call.argv)[0])
  if (text === undefined) return ran(2, "", `sort: ${operands(call.argv)[0] ?? ""}: No such file or directory\n`)
  const all = [...lines(text)].sort(
    (a, b) => (flags.includes("n") ? Number.parseFloat(a) - Number.parseFloat(b) || 0 : 0) || (a < b ? -1 : a > b ? 1 : 0)
  )
  const some = flags.includes("u") ? all.filter((line, i) => line !== all[i - 1]) : all
  return ran(0, unlines(flags.includes("r") ? some.toReversed() : some))
}

export const uniq: Applet = (call) => {
  const isCounted = call.argv.includes("-c")
  const out: Array<{ readonly line: string; count: number }> = []
  for (const line of lines(inputOf(call, operands(call.argv)[0]) ?? "")) {
    const last = out.at(-1)
    if (last?.line === line) last.count++
    else out.push({ line, count: 1 })
  }
  return ran(0, unlines(out.map(({ count, line }) => (isCounted ? `${String(count).padStart(7)} ${line}` : line))))
}

/** The numbers of `1,3-5,7-`. */
const chosen = (list: string, i: number): boolean =>
  list.split(",").some((range) => {
    const [from = "", to = from] = range.split("-")
    return i >= Number(from === "" ? 1 : from) && i <= (to === "" ? Infinity : Number(to))
  })

export const cut: Applet = (call) => {
  const { argv } = call
  const valueOf = (letter: string): string | undefined => {
    const at = argv.findIndex((word) => word.startsWith(`-${letter}`))
    return at < 0 ? undefined : argv[at] === `-${letter}` ? argv[at + 1] : argv[at]?.slice(2)
  }
  const fields = valueOf("f")
  const letters = valueOf("c")
  const delimiter = valueOf("d") ?? "\t"
  const path = operands(argv).find((word) => ![fields, letters, delimiter].includes(word))
  const text = inputOf(call, path)
  if (text === undefined) return ran(1, "", `cut: ${path ?? ""}: No such file or directory\n`)
  const kept = (line: string): string => {
    if (letters !== undefined)
      return Array.from(line)
        .filter((_, i) => chosen(letters, i + 1))
        .join("")
    const parts = line.split(delimiter)
    return parts.length === 1 ? line : parts.filter((_, i) => chosen(fields ?? "", i + 1)).join(delimiter)
  }
  return ran(0, unlines(lines(text).map(kept)))
}

const classes: Readonly<Record<string, string>> = {
  "[:lower:]": "abcdefghijklmnopqrstuvwxyz",
  "[:upper:]": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
  "[:digit:]": "0123456789",
  "[:space:]": " \t\n\r\v\f"
}

const letters = (set: string): ReadonlyArray<string> =>
  Array.from(
    unescaped(set)
      .replaceAll(/\[:\w+:\]/gu, (name) => classes[name] ?? name)
      .replaceAll(/(.)-(.)/gsu, (_, from: string, to: string) => {
        let out = ""
        for (let code = from.charCodeAt(0); code <= to.charCodeAt(0); code++) out += String.fromCharCode(code)
        return out
      })
  )

export const tr: Applet = ({ argv, stdin }) => {
  const [from = "", to = ""] = argv.slice(1).filter((word) => !/^-[ds]+$/.test(word))
  const source = letters(from)
  if (argv.includes("-d"))
    return ran(
      0,
      Array.from(stdin)
        .filter((letter) => !source.includes(letter))
        .join("")
    )
  const target = letters(to)
  const last = target.at(-1) ?? ""
  return ran(
    0,
    Array.from(stdin)
      .map((letter) => {
        const at = source.indexOf(letter)
        return at < 0 ? letter : (target[at] ?? last)
      })
      .join("")
  )
}
