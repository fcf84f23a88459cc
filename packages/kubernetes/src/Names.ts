/** Uids and the suffixes of generated names, from a counter: equal seeds give equal names. */

export interface Names {
  readonly uid: () => string
  readonly suffix: () => string
}

/** The letters of `generateName`: no vowels, nothing that looks like something else. */
const letters = "bcdfghjklmnpqrstvwxz2456789"

/** One step of a 32-bit generator with good avalanche (splitmix32's finaliser). */
const mix = (value: number): number => {
  let z = (value + 0x9e3779b9) | 0
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad)
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
  return (z ^ (z >>> 15)) >>> 0
}

const hex = (value: number): string => value.toString(16).padStart(8, "0")

/** The uid of a counter's value under a seed: a UUID of version 4 in form. */
export const uidOf = (seed: number, counter: number): string => {
  const a = mix(seed ^ mix(counter))
  const b = mix(a + counter)
  const c = mix(b ^ seed)
  const bits = hex(b)
  const more = hex(c)
  return `${hex(a)}-${bits.slice(0, 4)}-4${bits.slice(5)}-${"89ab"[c & 3]}${more.slice(1, 4)}-${hex(mix(c + 1))}${more.slice(4)}`
}

/** The five characters of a counter's value under a seed. */
export const suffixOf = (seed: number, counter: number): string => {
  let value = mix(mix(seed + 1) ^ counter)
  let out = ""
  for (let i = 0; i < 5; i++) {
    out += letters[value % letters.length]
    value = mix(value)
  }
  return out
}

export const make = (seed: number): Names => {
  let counter = 0
  return { uid: () => uidOf(seed, counter++), suffix: () => suffixOf(seed, counter++) }
}
