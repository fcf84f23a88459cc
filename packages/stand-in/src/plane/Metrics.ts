/** Series of containers as cAdvisor told them, kept for a while. */
import type { Range, Series } from "@aiopslab/core/Telemetry"
import * as ContainerSeries from "@aiopslab/telemetry/ContainerSeries"
import type { Sample } from "./Exposition.ts"

export interface Metrics {
  /** What a node's cAdvisor showed at `now`. */
  readonly add: (node: string, samples: ReadonlyArray<Sample>, now: number) => void
  /** A point every step, where a sample is not older than `staleMillis`. */
  readonly find: (query: Range & { readonly namespace: string; readonly stepSeconds: number }) => ReadonlyArray<Series>
}

/** How long points are kept, in milliseconds. */
const keptMillis = 60 * 60 * 1000

/** A container that was not seen for so long is no more. */
const staleMillis = 30 * 1000

type Point = readonly [at: number, value: number]

interface Known {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly points: Array<Point>
}

const sampled = (points: ReadonlyArray<Point>, { since, stepSeconds, until }: Range & { readonly stepSeconds: number }) => {
  const step = stepSeconds * 1000
  const out: Array<Point> = []
  let i = 0
  for (let at = Math.ceil(since / step) * step; at < until; at += step) {
    while (i + 1 < points.length && (points[i + 1]?.[0] ?? Infinity) <= at) i++
    const point = points[i]
    if (point !== undefined && point[0] <= at && at - point[0] < staleMillis) out.push([at, point[1]])
  }
  return out
}

export const make = (): Metrics => {
  const known = new Map<string, Known>()
  return {
    add: (node, samples, now) => {
      for (const { at = now, labels, name, value } of samples) {
        const adopted = ContainerSeries.adopted(name, node, labels)
        if (adopted === undefined) continue
        const key = `${name} ${Object.values(adopted).join(" ")}`
        const series: Known = known.get(key) ?? { name, labels: adopted, points: [] }
        known.set(key, series)
        if (at > (series.points.at(-1)?.[0] ?? 0)) series.points.push([at, value])
      }
      for (const [key, { points }] of known) {
        while (points[0] !== undefined && points[0][0] < now - keptMillis) points.shift()
        if (points.length === 0) known.delete(key)
      }
    },
    find: (query) =>
      [...known.values()].flatMap(({ labels, name, points }) => {
        if (labels["namespace"] !== query.namespace) return []
        const found = sampled(points, query)
        return found.length === 0 ? [] : [{ name, labels, points: found }]
      })
  }
}
