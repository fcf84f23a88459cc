/**
 * Random numbers without a generator's state: each is a hash of the seed, a label and a counter, so that equal worlds draw equal numbers
 * whatever else was drawn before. The hash is xxHash's finaliser over a running FNV-1a; good enough for simulation, not for secrets.
 */

const fnv = (text: string, start: number): number => {
  let hash = start
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 16_777_619)
  return hash
}

const finish = (value: number): number => {
  let hash = value
  hash = Math.imul(hash ^ (hash >>> 15), 0x85eb_ca77)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae3d)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** 32 bits, uniform in [0, 2^32). */
export const bits = (seed: string, label: string, counter: number): number =>
  finish(fnv(label, finish(fnv(seed, 0x811c_9dc5))) + Math.imul(counter + 1, 0x9e37_79b1))

/** Uniform in [0, 1), with 53 bits. */
export const uniform = (seed: string, label: string, counter: number): number =>
  ((bits(seed, label, counter) >>> 5) * 67_108_864 + (bits(seed, `${label}'`, counter) >>> 6)) / 9_007_199_254_740_992

/** Hexadecimal digits: 8 for each word asked for. */
export const hex = (seed: string, label: string, counter: number, words: number): string => {
  let out = ""
  for (let i = 0; i < words; i++) out += bits(seed, `${label}.${i}`, counter).toString(16).padStart(8, "0")
  return out
}

/** A UUID of version 4. */
export const uuid = (seed: string, counter: number): string => {
  const digits = hex(seed, "uid", counter, 4)
  const variant = "89ab"[Number.parseInt(digits.charAt(16), 16) & 3] ?? "8"
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-${variant}${digits.slice(17, 20)}-${digits.slice(20)}`
}

/** The alphabet of `generateName`: no vowels and nothing that looks like another, so that no words come out. */
const safe = "bcdfghjklmnpqrstvwxz2456789"

export const letters = (seed: string, label: string, counter: number, length: number): string => {
  let out = ""
  for (let i = 0; i < length; i++) out += safe.charAt(bits(seed, `${label}.${i}`, counter) % safe.length)
  return out
}
