import { table } from "@aiopslab/telemetry/TraceTable"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { type Action, numberOf, textOf } from "../Action.ts"
import { home } from "../Sandbox.ts"
import { stamp } from "./Csv.ts"

/** Traces of one collection at most; the latest are kept. */
const limit = 1000

export const getTraces: Action = {
  name: "get_traces",
  summary: "Collects the traces of a namespace's services and writes their spans to a file in the shell's file system.",
  parameters: [
    { name: "namespace", type: "str", about: "the namespace to look at" },
    { name: "duration", type: "int", default: 5, about: "how many minutes back from now" }
  ],
  returns: "the path of the file; look into it with read_traces or exec_shell",
  run: (args, { sandbox, telemetry }) =>
    Effect.gen(function* () {
      const until = yield* Clock.currentTimeMillis
      const minutes = Math.min(24 * 60, Math.max(1, numberOf(args, "duration")))
      const spans = yield* telemetry.traces({ namespace: textOf(args, "namespace"), since: until - minutes * 60_000, until, limit })
      if (spans.length === 0)
        return {
          text: `No traces in namespace ${JSON.stringify(textOf(args, "namespace"))} in the last ${minutes} minutes.`,
          truncated: false
        }
      const path = `${home}/trace_output/traces_${stamp(until)}.csv`
      yield* sandbox.writeFile(path, table(spans))
      const traces = new Set(spans.map((span) => span.traceId)).size
      const failed = spans.filter((span) => span.error).length
      return {
        text: `${spans.length} spans of ${traces} traces of the last ${minutes} minutes are in ${path}; ${failed} spans have an error. Times are in microseconds.\n`,
        truncated: false
      }
    }).pipe(Effect.catch((error) => Effect.succeed({ text: `Error: no traces: ${error.text}`, truncated: false })))
}
