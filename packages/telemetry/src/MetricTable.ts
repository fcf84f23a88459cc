/** Series as the tables that the original's `get_metrics` writes: one file for each metric, `kpi_<metric>.csv` in a folder `container`. */
import type { Series } from "@aiopslab/core/Telemetry"
import { csv } from "./Csv.ts"

export const columns = ["timestamp", "cmdb_id", "kpi_name", "value"] as const

export interface MetricFile {
  readonly metric: string
  /** Below the folder of one `get_metrics`. */
  readonly path: string
  readonly text: string
}

/** `node.pod` or `node.pod.container`: who the row is about. */
const idOf = ({ labels }: Series): string =>
  [labels["node"], labels["pod"], labels["container"]].filter((part) => part !== undefined).join(".")

const rowsOf = (series: Series): ReadonlyArray<ReadonlyArray<string | number>> => {
  const about = idOf(series)
  return series.points.map(([millis, value]) => [Math.round(millis / 1000), about, series.name, value])
}

/** One file for each metric, by name; rows by series, then by time in Unix seconds. */
export const files = (series: ReadonlyArray<Series>): ReadonlyArray<MetricFile> => {
  const byName = new Map<string, Array<Series>>()
  for (const one of series) {
    const group = byName.get(one.name)
    if (group === undefined) byName.set(one.name, [one])
    else group.push(one)
  }
  return Array.from(byName, ([metric, group]) => ({
    metric,
    path: `container/kpi_${metric}.csv`,
    text: csv(columns, group.flatMap(rowsOf))
  })).sort((a, b) => (a.metric < b.metric ? -1 : 1))
}
