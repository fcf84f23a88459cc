/** A generator of numbers, uniform in [0, 1), that depends on the seed alone. For simulation, not for secrets. */
export const seeded = (seed: string): (() => number) => {
  // FNV-1a
  let state = 0x811c_9dc5
  for (let i = 0; i < seed.length; i++) state = Math.imul(state ^ seed.charCodeAt(i), 0x0100_0193)
  // a Weyl sequence through the finaliser of MurmurHash3
  return () => {
    state = (state + 0x9e37_79b9) | 0
    let mixed = Math.imul(state ^ (state >>> 16), 0x85eb_ca6b)
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35)
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 4_294_967_296
  }
}
