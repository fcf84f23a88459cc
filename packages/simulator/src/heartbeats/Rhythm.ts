/** Something that a process does again and again, at moments that follow from when it began: nothing has to happen for it to have been done. */
export interface Rhythm {
  /** Milliseconds. */
  readonly every: number
  /** By how much the given time (1 for the first one after the beginning) comes late. */
  readonly sway: (time: number) => number
}

/** Milliseconds since the epoch. */
export interface Beat {
  /** When the process began, which was the first time. */
  readonly since: number
  /** The time that the objects show. */
  readonly shown: number
}

const at = ({ every, sway }: Rhythm, since: number, time: number): number => (time === 0 ? since : since + time * every + sway(time))

const count = (rhythm: Rhythm, since: number, until: number): number => {
  let time = Math.max(0, Math.floor((until - since) / rhythm.every) + 1)
  while (time > 0 && at(rhythm, since, time) > until) time--
  return time
}

/** The last time up to a moment. */
export const last = (rhythm: Rhythm, since: number, until: number): number => at(rhythm, since, count(rhythm, since, until))

/** The first time after a moment. */
export const next = (rhythm: Rhythm, since: number, after: number): number =>
  after < since ? since : at(rhythm, since, count(rhythm, since, after) + 1)
