/** The text of a manifest and its lines. Guarantees: valid UTF-8 without BOM, no control characters, at most 1 MiB. */
import * as Result from "effect/Result"
import { type Code, type Detail, labError, type LabError, type Location } from "../LabError.ts"

/** Half-open range of UTF-16 code units. */
export type Span = readonly [start: number, end: number]

export interface Source {
  readonly file: string
  readonly text: string
  readonly locate: (span: Span) => Location
}

/** Bytes. */
export const sizeLimit = 1_048_576
/** Columns of a line that a frame shows. */
const frameWidth = 120

const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/u
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029]/gu

/** The line with a caret below the span; a long line is cut around it, and nothing in it can move a terminal's cursor. */
export const frame = (line: number, row: string, column: number, width: number): string => {
  const from = column > frameWidth ? column - Math.floor(frameWidth / 2) : 1
  const shown = row.slice(from - 1, from - 1 + frameWidth).replace(controls, "\u00b7")
  const before = column - from + (from > 1 ? 1 : 0)
  const text = (from > 1 ? "…" : "") + shown + (from - 1 + frameWidth < row.length ? "…" : "")
  const indent = text.slice(0, before).replace(/[^\t]/gu, " ").padEnd(before)
  const gutter = String(line).padStart(4)
  return `${gutter} | ${text}\n${" ".repeat(gutter.length)} | ${indent}${"^".repeat(Math.max(1, Math.min(width, text.length - before)))}`
}

const sourceOf = (file: string, text: string): Source => {
  const starts = [0]
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1)
  /** The last line that starts at or before the offset. */
  const lineAt = (offset: number): number => {
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((starts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return low
  }
  return {
    file,
    text,
    locate: ([start, end]) => {
      const at = Math.max(0, Math.min(start, text.length))
      const index = lineAt(at)
      const lineStart = starts[index] ?? 0
      const row = text.slice(lineStart, (starts[index + 1] ?? text.length + 1) - 1).replace(/\r$/u, "")
      const column = at - lineStart + 1
      return { file, line: index + 1, column, frame: frame(index + 1, row, column, end - start) }
    }
  }
}

/** The first line that is not UTF-8, with a caret at its first wrong byte. */
const wrongLine = (file: string, bytes: Uint8Array): Location => {
  const strict = new TextDecoder("utf-8", { fatal: true })
  let start = 0
  for (let line = 1; ; line++) {
    const found = bytes.indexOf(10, start)
    const row = bytes.subarray(start, found === -1 ? bytes.length : found)
    const valid = Result.try(() => strict.decode(row))
    if (Result.isFailure(valid) || found === -1) {
      const text = new TextDecoder("utf-8").decode(row)
      const column = Math.max(0, text.indexOf("\ufffd")) + 1
      return { file, line, column, frame: frame(line, text, column, 1) }
    }
    start = found + 1
  }
}

const fail = <C extends Code>(code: C, detail: Detail<C>, location?: Location) => Result.fail(labError(code, detail, location))

export const read = (file: string, input: Uint8Array | string): Result.Result<Source, LabError> => {
  const size = input.length
  if (size > sizeLimit) {
    return fail("MANIFEST_TOO_LARGE", {
      file,
      what: `${size} ${typeof input === "string" ? "characters" : "bytes"}`,
      limit: `${sizeLimit} bytes`
    })
  }
  const decoded =
    typeof input === "string"
      ? Result.succeed(input.replace(/^\ufeff/u, ""))
      : Result.try(() => new TextDecoder("utf-8", { fatal: true }).decode(input))
  if (Result.isFailure(decoded)) {
    const utf16 = typeof input !== "string" && ((input[0] === 0xff && input[1] === 0xfe) || (input[0] === 0xfe && input[1] === 0xff))
    const at = typeof input === "string" ? undefined : wrongLine(file, input)
    return fail("MANIFEST_ENCODING", { looksLike: utf16 ? "UTF-16" : undefined }, at)
  }
  const source = sourceOf(file, decoded.success)
  const found = control.exec(source.text)
  if (found !== null) {
    const code = `U+${(found[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`
    return fail("MANIFEST_CONTROL_CHARACTER", { code }, source.locate([found.index, found.index + 1]))
  }
  return Result.succeed(source)
}
