/** The text format in which programs show their metrics (Prometheus, exposition format 0.0.4). */

export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
  /** Milliseconds since the epoch, where the line has it. */
  readonly at: number | undefined
}

const line = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)(?:\s+(-?\d+))?\s*$/u
const label = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/gu

const unescaped = (text: string): string => text.replace(/\\(.)/gu, (_, char: string) => (char === "n" ? "\n" : char))

const numberOf = (text: string): number => (text === "+Inf" ? Infinity : text === "-Inf" ? -Infinity : Number(text))

/** Lines that are no samples are passed over. */
export const parse = (text: string): ReadonlyArray<Sample> =>
  text.split("\n").flatMap((one) => {
    const [, name, labels = "", value = "", at] = line.exec(one) ?? []
    if (name === undefined) return []
    return [
      {
        name,
        labels: Object.fromEntries([...labels.matchAll(label)].map(([, key = "", quoted = ""]) => [key, unescaped(quoted)])),
        value: numberOf(value),
        at: at === undefined ? undefined : Number(at)
      }
    ]
  })
