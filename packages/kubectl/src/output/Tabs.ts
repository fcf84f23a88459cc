/**
 * Text with tab-terminated cells, aligned in columns: Go's `text/tabwriter`, by which kubectl lays out all its tables. A column is a run of
 * adjacent lines that have a cell there; the last cell of a line belongs to no column.
 */
export interface Layout {
  readonly minWidth: number
  readonly padding: number
}

/** Of `get`. */
export const tableLayout: Layout = { minWidth: 6, padding: 3 }
/** Of `describe`. */
export const describeLayout: Layout = { minWidth: 0, padding: 2 }

export const align = (text: string, layout: Layout): string => {
  const lines = text.split("\n").map((line) => line.split("\t"))
  const widths: Array<Array<number>> = lines.map(() => [])
  const columns = Math.max(0, ...lines.map((cells) => cells.length - 1))
  for (let column = 0; column < columns; column++) {
    for (let start = 0; start < lines.length;) {
      if (!has(lines[start], column)) {
        start++
        continue
      }
      let end = start
      let width = layout.minWidth
      for (; end < lines.length && has(lines[end], column); end++)
        width = Math.max(width, length(lines[end]?.[column] ?? "") + layout.padding)
      for (let line = start; line < end; line++) widths[line]?.push(width)
      start = end
    }
  }
  return lines.map((cells, line) => cells.map((cell, column) => pad(cell, widths[line]?.[column] ?? 0)).join("")).join("\n")
}

const has = (cells: ReadonlyArray<string> | undefined, column: number): boolean => cells !== undefined && cells.length - 1 > column

/** Go counts runes, not UTF-16 units. */
const length = (cell: string): number => {
  let count = 0
  for (const _ of cell) count++
  return count
}

const pad = (cell: string, width: number): string => cell + " ".repeat(Math.max(0, width - length(cell)))
