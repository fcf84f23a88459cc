/** Chance from a text: the same text, the same choices. */
export interface Random {
  /** From 0 to below `below`. */
  readonly below: (below: number) => number
  readonly pick: <A>(items: ReadonlyArray<A>) => A | undefined
}

/** Mulberry32 over a hash of the text. */
export const random = (seed: string): Random => {
  let state = Array.from(seed).reduce((hash, letter) => Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 16_777_619), 2_166_136_261)
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
  const below = (limit: number): number => Math.floor(next() * limit)
  return { below, pick: (items) => items[below(items.length)] }
}
