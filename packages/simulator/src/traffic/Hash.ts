/**
 * Seeded numbers without a state: every draw is a hash of what it is for, so that whoever asks, in whatever order, gets the same.
 */
import type { Latency } from "@aiopslab/core/Topology"

/** Mixes two 32-bit numbers to an unsigned one. */
export const mix = (a: number, b: number): number => {
  let h = (a ^ Math.imul(b + 0x7f4a7c15, 0x9e3779b1)) | 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  h = Math.imul(h ^ (h >>> 16), 0x27d4eb2f)
  return (h ^ (h >>> 15)) >>> 0
}

/** A text as 32 bits (FNV-1a). */
export const hashOf = (text: string): number => {
  let h = 0x811c9dc5
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  return h >>> 0
}

/** Uniform in (0, 1): never 0, so that its logarithm is finite. */
export const uniform = (hash: number): number => (hash + 0.5) / 4294967296

/** Standard normal (Box and Muller). */
export const normal = (hash: number): number => Math.sqrt(-2 * Math.log(uniform(hash))) * Math.cos(2 * Math.PI * uniform(mix(hash, 0x6e)))

/** A latency, in milliseconds. */
export const logNormal = ({ medianMillis, sigma }: Latency, hash: number): number => medianMillis * Math.exp(sigma * normal(hash))

/** Nearly normal and bounded, without logarithms: the sum of four bytes, standardised. Between -3.46 and 3.46. */
export const bell = (hash: number): number => ((hash & 255) + ((hash >>> 8) & 255) + ((hash >>> 16) & 255) + (hash >>> 24) - 510) / 147.8

const hex = (value: number): string => value.toString(16).padStart(8, "0")

/** Sixteen hexadecimal digits, as ids of Jaeger's traces and spans. */
export const id = (hash: number, lane: number): string => hex(mix(hash, lane)) + hex(mix(mix(hash, 0x5bd1), lane))
