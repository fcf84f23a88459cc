/** Fields such as `maxUnavailable`: a number of pods, or a percentage of all of them. */

/** Of `total`, rounded as asked; 0 for what is neither a number nor a percentage. */
export const scaled = (value: unknown, total: number, round: "up" | "down"): number => {
  if (typeof value === "number") return value
  const percent = typeof value === "string" ? /^(\d+)%$/.exec(value)?.[1] : undefined
  if (percent === undefined) return 0
  const share = (Number(percent) * total) / 100
  return round === "up" ? Math.ceil(share) : Math.floor(share)
}
