/** Reads comma-separated values: the rows of a text, header included. */
export const parseCsv = (text: string): ReadonlyArray<ReadonlyArray<string>> => {
  const rows: Array<Array<string>> = []
  let row: Array<string> = []
  let cell = ""
  let quoted = false
  for (let at = 0; at < text.length; at++) {
    const letter = text[at] ?? ""
    if (quoted) {
      if (letter !== '"') cell += letter
      else if (text[at + 1] === '"') cell += text[at++]
      else quoted = false
    } else if (letter === '"') quoted = true
    else if (letter === "," || letter === "\n") {
      row.push(cell)
      cell = ""
      if (letter === "\n") {
        rows.push(row)
        row = []
      }
    } else if (letter !== "\r") cell += letter
  }
  if (cell !== "" || row.length > 0) rows.push([...row, cell])
  return rows
}

/** `20260101_000000`, for names of files. */
export const stamp = (millis: number): string => new Date(millis).toISOString().slice(0, 19).replaceAll(/[-:]/gu, "").replace("T", "_")
