/**
 * The words of a script that is one simple command: nothing to expand, no pipe, no redirection, no second command. Quoted words are taken where
 * bash would take them as they stand. Undefined for everything else, which an interpreter has to read.
 */
export const plainWords = (script: string): ReadonlyArray<string> | undefined => {
  const words: Array<string> = []
  let word: string | undefined
  const text = script.trim()
  for (let at = 0; at < text.length;) {
    const rest = text.slice(at)
    const space = /^[ \t]+/u.exec(rest)?.[0]
    const plain = /^[A-Za-z0-9_./:,@%+=-]+/u.exec(rest)?.[0]
    const single = /^'([^']*)'/u.exec(rest)
    const double = /^"([^"$`\\!]*)"/u.exec(rest)
    if (space !== undefined) {
      if (word !== undefined) words.push(word)
      word = undefined
      at += space.length
    } else if (plain !== undefined) {
      word = (word ?? "") + plain
      at += plain.length
    } else {
      const quoted = single ?? double
      if (quoted === null) return undefined
      word = (word ?? "") + (quoted[1] ?? "")
      at += quoted[0].length
    }
  }
  if (word !== undefined) words.push(word)
  // an assignment before a command is not part of it
  return words[0] === undefined || /^[A-Za-z_]\w*=/u.test(words[0]) ? undefined : words
}
