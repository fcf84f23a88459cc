/** Times as Go reads them: by a layout, part after part, with a word on the part that does not fit. */

/** A part of a layout: its text there, how it looks, and what its number may be. */
interface Part {
  readonly layout: string
  readonly pattern: RegExp
  readonly name?: string
  readonly range?: readonly [number, number]
}

const literal = (layout: string): Part => ({ layout, pattern: new RegExp(`^${layout}`) })

const zone: Part = { layout: "Z07:00", pattern: /^(?:Z|[-+]\d\d:\d\d)/ }

const upToMinutes: ReadonlyArray<Part> = [
  { layout: "2006", pattern: /^\d{4}/ },
  literal("-"),
  { layout: "01", pattern: /^\d{2}/, name: "month", range: [1, 12] },
  literal("-"),
  { layout: "02", pattern: /^\d{2}/ },
  literal("T"),
  { layout: "15", pattern: /^\d{1,2}/, name: "hour", range: [0, 23] },
  literal(":"),
  { layout: "04", pattern: /^\d{2}/, name: "minute", range: [0, 59] },
  literal(":")
]

/** What follows the second is read with it, unless the layout has a fraction of its own. */
const seconds: Part = { layout: "05", pattern: /^\d{2}(?:[.,]\d+)?/, name: "second", range: [0, 59] }
const wholeSeconds: Part = { ...seconds, pattern: /^\d{2}/ }
const micros: Part = { layout: ".000000", pattern: /^\.\d{6}/ }

const layouts = {
  time: [...upToMinutes, seconds, zone],
  microTime: [...upToMinutes, wholeSeconds, micros, zone]
}

const isDay = (text: string): boolean => {
  const [year = 0, month = 0, day = 0] = text.slice(0, 10).split("-").map(Number)
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
  return day >= 1 && day <= (days[month - 1] ?? 0)
}

/** Why Go can't read a text; `undefined` when it can. */
export const failure = (text: string, kind: keyof typeof layouts): string | undefined => {
  const parts = layouts[kind]
  const head = `parsing time ${JSON.stringify(text)}`
  const whole = parts.map(({ layout }) => layout).join("")
  let rest = text
  for (const { layout, name, pattern, range } of parts) {
    const found = pattern.exec(rest)?.[0]
    if (found === undefined) return `${head} as ${JSON.stringify(whole)}: cannot parse ${JSON.stringify(rest)} as ${JSON.stringify(layout)}`
    const value = Number.parseInt(found, 10)
    if (range !== undefined && (value < range[0] || value > range[1])) return `${head}: ${name ?? ""} out of range`
    rest = rest.slice(found.length)
  }
  if (rest !== "") return `${head}: extra text: ${JSON.stringify(rest)}`
  return isDay(text) ? undefined : `${head}: day out of range`
}
