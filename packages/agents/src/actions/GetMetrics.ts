import { files } from "@aiopslab/telemetry/MetricTable"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { type Action, numberOf, textOf } from "../Action.ts"
import { home } from "../Sandbox.ts"
import { bounded } from "../Text.ts"
import { stamp } from "./Csv.ts"

/** Between two points of a series, as in the original. */
const stepSeconds = 15

export const getMetrics: Action = {
  name: "get_metrics",
  summary:
    "Collects the metrics of the containers of a namespace and writes them to files in the shell's file system, one for each metric.",
  parameters: [
    { name: "namespace", type: "str", about: "the namespace to look at" },
    { name: "duration", type: "int", default: 5, about: "how many minutes back from now" }
  ],
  returns: "the folder and its files; look into them with read_metrics or exec_shell",
  run: (args, { sandbox, telemetry }) =>
    Effect.gen(function* () {
      const until = yield* Clock.currentTimeMillis
      const minutes = Math.min(24 * 60, Math.max(1, numberOf(args, "duration")))
      const series = yield* telemetry.metrics({ namespace: textOf(args, "namespace"), since: until - minutes * 60_000, until, stepSeconds })
      if (series.length === 0)
        return {
          text: `No metrics of namespace ${JSON.stringify(textOf(args, "namespace"))} in the last ${minutes} minutes.`,
          truncated: false
        }
      const folder = `${home}/metrics_output/metric_${stamp(until)}`
      const made = files(series)
      for (const { path, text } of made) yield* sandbox.writeFile(`${folder}/${path}`, text)
      const lines = made.map(({ path }) => path.slice(path.lastIndexOf("/") + 1))
      return bounded(
        `Metrics of the last ${minutes} minutes, one point every ${stepSeconds} s, are in ${folder}/container:\n${lines.join("\n")}\n`,
        "beginning",
        "list the folder with exec_shell"
      )
    }).pipe(Effect.catch((error) => Effect.succeed({ text: `Error: no metrics: ${error.text}`, truncated: false })))
}
