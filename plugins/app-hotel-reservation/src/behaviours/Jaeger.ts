/** Jaeger all-in-one: it listens; what it collected is read through the port `Telemetry`. */
import * as Behaviour from "@aiopslab/core/Behaviour"
import * as Effect from "effect/Effect"

const ports = [14269, 5778, 14268, 16686]

const program = Behaviour.program<null>({
  initial: null,
  step: (state, input, { now }) => {
    switch (input._tag) {
      case "Start":
        return {
          state,
          effects: [
            {
              _tag: "Log",
              stream: "stdout",
              line: JSON.stringify({
                level: "info",
                ts: now / 1000,
                caller: "server/server.go:145",
                msg: "Query server listens",
                port: 16686
              })
            },
            ...ports.map((port) => ({ _tag: "Listen" as const, port }))
          ]
        }
      case "Request":
        return { state, effects: [{ _tag: "Answer", reply: { _tag: "ok" } }] }
      case "Exec":
        return { state, effects: [{ _tag: "Output", stdout: "", stderr: "", exitCode: 1 }] }
      case "Signal":
        return { state, effects: [{ _tag: "Exit", code: 0 }] }
      default:
        return { state, effects: [] }
    }
  }
})

export const jaeger = Behaviour.make({
  name: "jaeger",
  summary: "Jaeger all-in-one",
  images: ["jaegertracing/all-in-one"],
  command: ["/go/bin/all-in-one-linux", "--sampling.strategies-file=/etc/jaeger/sampling_strategies.json"],
  sizeMiB: 28,
  program: (argv) => ((argv[0] ?? "").includes("all-in-one") ? program : undefined),
  executables: [],
  shell: "sh",
  files: {},
  prepare: Effect.void
})
