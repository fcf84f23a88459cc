/** Aligned columns; the last one is wrapped to the width. */
import { stripVTControlCharacters } from "node:util"

const width = (text: string): number => stripVTControlCharacters(text).length

const pad = (text: string, to: number): string => text + " ".repeat(Math.max(0, to - width(text)))

/** Breaks at spaces; a word longer than the width stands alone. */
export const wrap = (text: string, to: number): ReadonlyArray<string> => {
  const lines: Array<string> = []
  let current = ""
  for (const word of text.split(/\s+/u)) {
    if (current !== "" && width(current) + 1 + width(word) > to) {
      lines.push(current)
      current = word
    } else current = current === "" ? word : `${current} ${word}`
  }
  return [...lines, current]
}

/** Columns of the output: those of the terminal, else 140. */
export const columns = (): number => (process.stdout.isTTY ? Math.max(60, process.stdout.columns) : 140)

/** Rows without line break at the end; two spaces between columns. */
export const table = (rows: ReadonlyArray<ReadonlyArray<string>>, total: number = columns(), indent = ""): string => {
  const count = Math.max(0, ...rows.map((row) => row.length))
  const widths = Array.from({ length: count }, (_, column) => Math.max(0, ...rows.map((row) => width(row[column] ?? ""))))
  const before = widths.slice(0, -1).reduce((sum, each) => sum + each + 2, indent.length)
  const last = Math.max(24, total - before)
  return rows
    .flatMap((row) => {
      const head = row
        .slice(0, count - 1)
        .map((cell, column) => `${pad(cell, widths[column] ?? 0)}  `)
        .join("")
      const [first = "", ...rest] = wrap(row[count - 1] ?? "", last)
      return [`${indent}${head}${first}`.trimEnd(), ...rest.map((each) => " ".repeat(before) + each)]
    })
    .join("\n")
}
