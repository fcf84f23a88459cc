/** The words of a command line with plain and quoted parts; no expansion. */
export const plainWords = (line: string): ReadonlyArray<string> => {
  const words: Array<string> = []
  for (const match of line.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/gu))
    words.push(match[0].replace(/'([^']*)'|"([^"]*)"/gu, (_, single?: string, double?: string) => single ?? double ?? ""))
  return words
}
