/** Kubernetes' quantities: `100m`, `1Gi`, `1e3`. */
const binary: Readonly<Record<string, number>> = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60 }
const decimal: Readonly<Record<string, number>> = { n: 1e-9, u: 1e-6, m: 1e-3, "": 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18 }

const pattern = /^([-+]?(?:\d+(?:\.\d*)?|\.\d+))(?:([eE][-+]?\d+)|([KMGTPE]i|[numkMGTPE]?))$/u

/** The amount in the base unit, or undefined when it is no quantity. */
export const parse = (text: string): number | undefined => {
  const match = pattern.exec(text)
  if (match === null) return undefined
  if (match[2] !== undefined) return Number(`${match[1] ?? ""}${match[2]}`)
  const suffix = match[3] ?? ""
  return Number(match[1]) * (binary[suffix] ?? decimal[suffix] ?? 1)
}

const shorten = (amount: number, steps: ReadonlyArray<readonly [string, number]>): string => {
  for (const [suffix, unit] of steps) if (amount !== 0 && Number.isInteger(amount / unit)) return `${amount / unit}${suffix}`
  return String(amount)
}

const binarySteps = Object.entries(binary).reverse()
const decimalSteps = [
  ["E", 1e18],
  ["P", 1e15],
  ["T", 1e12],
  ["G", 1e9],
  ["M", 1e6],
  ["k", 1e3]
] as const

/** The canonical form, in which the API server stores and prints it: `1000m` is `1`, `1024Mi` is `1Gi`. */
export const canonical = (text: string): string => {
  const amount = parse(text)
  if (amount === undefined) return text
  return format(amount, /[KMGTPE]i$/u.test(text) ? "binary" : "decimal")
}

/** The shortest form of an amount with a whole number. */
export const format = (amount: number, base: "binary" | "decimal"): string => {
  if (Number.isInteger(amount)) return base === "binary" ? shorten(amount, binarySteps) : shorten(amount, decimalSteps)
  const milli = Math.round(amount * 1000)
  return Math.abs(amount * 1000 - milli) < 1e-6 ? `${milli}m` : `${Math.ceil(amount * 1e6)}u`
}
