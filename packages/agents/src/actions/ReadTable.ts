/** `read_metrics` and `read_traces`: a part of a file that was collected. */
import * as Effect from "effect/Effect"
import { type Action, numberOf, textOf } from "../Action.ts"
import { bounded } from "../Text.ts"
import { parseCsv } from "./Csv.ts"
import { matching } from "./Grep.ts"

/** Columns padded to their widest cell, as a table on a terminal. */
const table = (rows: ReadonlyArray<ReadonlyArray<string>>): string => {
  const widths = (rows[0] ?? []).map((_, column) => rows.reduce((width, row) => Math.max(width, (row[column] ?? "").length), 0))
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join("  ")
          .trimEnd()}\n`
    )
    .join("")
}

const reader = (name: string, what: string, made: string): Action => ({
  name,
  summary: `Shows ${what} that ${made} has written.`,
  parameters: [
    { name: "file_path", type: "str", about: `the path that ${made} gave` },
    { name: "offset", type: "int", default: 0, about: "rows to skip" },
    { name: "limit", type: "int", default: 200, about: "rows to show at most" },
    { name: "grep", type: "str", default: "", about: "only rows that match this regular expression" }
  ],
  returns: "the rows as a table",
  run: Effect.fnUntraced(function* (args, { sandbox }) {
    const path = textOf(args, "file_path")
    const text = yield* sandbox.readFile(path)
    if (text === undefined)
      return { text: `Error: there is no file ${JSON.stringify(path)}. Call ${made} first and use a path it gives.`, truncated: false }
    const end = text.indexOf("\n") + 1
    const found = matching(text.slice(end), textOf(args, "grep"))
    if (typeof found !== "string") return { text: found.mistake, truncated: false }
    const rows = parseCsv(found)
    const [offset, limit] = [Math.max(0, numberOf(args, "offset")), Math.max(1, numberOf(args, "limit"))]
    const shown = rows.slice(offset, offset + limit)
    const last = offset + shown.length
    const more =
      last < rows.length
        ? `Rows ${offset + 1} to ${last} of ${rows.length}; the next begin with offset=${last}.\n`
        : `Rows ${Math.min(offset + 1, rows.length)} to ${last} of ${rows.length}.\n`
    return bounded(
      `${more}${table([...parseCsv(text.slice(0, end)), ...shown])}`,
      "beginning",
      "use offset=, limit= or grep= to see the part you need"
    )
  })
})

export const readMetrics = reader("read_metrics", "the values of a metric", "get_metrics")
export const readTraces = reader("read_traces", "the spans", "get_traces")
