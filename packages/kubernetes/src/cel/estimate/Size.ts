/** How large a value may be, from the least to the most; Go's unsigned 64-bit integers, which stop at their largest. */

export interface Size {
  readonly least: number
  readonly most: number
}

/** What has no bound. The last places of numbers beyond 2^53 tell nothing here. */
export const unbounded = 2 ** 64

export const exactly = (size: number): Size => ({ least: size, most: size })
export const unknown: Size = { least: 0, most: unbounded }

export const plus = (a: number, b: number): number => Math.min(unbounded, a + b)
export const times = (a: number, b: number): number => Math.min(unbounded, a * b)
/** By a factor, rounded up. */
export const scaled = (count: number, factor: number): number => Math.min(unbounded, Math.ceil(count * factor))

export const added = (a: Size, b: Size): Size => ({ least: plus(a.least, b.least), most: plus(a.most, b.most) })
export const multiplied = (a: Size, b: Size): Size => ({ least: times(a.least, b.least), most: times(a.most, b.most) })
export const joined = (a: Size, b: Size): Size => ({ least: Math.min(a.least, b.least), most: Math.max(a.most, b.most) })
