/** Comma-separated values after RFC 4180, with line feeds. */

const cell = (value: string | number): string => {
  const text = String(value)
  return /[",\r\n]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** A header and rows; ends with a line feed. */
export const csv = (header: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string | number>>): string =>
  `${[header, ...rows].map((row) => row.map(cell).join(",")).join("\n")}\n`
