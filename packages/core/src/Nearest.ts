/** The known name that a misspelt one most likely meant. */

/** Longer inputs are no misspelling of anything; the bound keeps hostile manifests cheap. */
const longest = 64

/** How many letters have to be inserted, removed, changed or swapped with their neighbour to get from one text to the other. */
export const distance = (from: string, to: string): number => {
  let beforeLast: ReadonlyArray<number> = []
  let last: ReadonlyArray<number> = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let row = 1; row <= from.length; row++) {
    const now = [row]
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1]
      const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
      now.push(
        Math.min(
          (last[column] ?? 0) + 1,
          (now[column - 1] ?? 0) + 1,
          (last[column - 1] ?? 0) + (same ? 0 : 1),
          swapped ? (beforeLast[column - 2] ?? 0) + 1 : Infinity
        )
      )
    }
    beforeLast = last
    last = now
  }
  return last[to.length] ?? 0
}

/** The candidate that differs least, in its letters or as a part of the name; none when all differ in more than a third of their letters. */
export const nearest = (name: string, candidates: Iterable<string>): string | undefined => {
  if (name.length === 0 || name.length > longest) return undefined
  const wanted = name.toLowerCase()
  let best: { readonly candidate: string; readonly score: number } | undefined
  for (const candidate of candidates) {
    if (candidate.length > longest) continue
    const known = candidate.toLowerCase()
    const part = (wanted.length >= 3 && known.includes(wanted)) || (known.length >= 3 && wanted.includes(known))
    const score = Math.min(distance(wanted, known), part ? 2.5 : Infinity)
    const allowed = part ? 2.5 : Math.max(1, Math.floor(Math.max(wanted.length, known.length) / 3))
    if (score <= allowed && (best === undefined || score < best.score)) best = { candidate, score }
  }
  return best?.candidate
}
