/** The pause image: a program that does nothing, listens to nothing, and holds no other. Chaos tools put it in the place of others. */
import * as Behaviour from "@aiopslab/core/Behaviour"
import * as Effect from "effect/Effect"

const program = Behaviour.program<null>({
  initial: null,
  step: (state, input) => {
    if (input._tag === "Signal") {
      return {
        state,
        effects: [
          { _tag: "Log", stream: "stderr", line: "Shutting down, got signal: Terminated" },
          { _tag: "Exit", code: 0 }
        ]
      }
    }
    return { state, effects: [] }
  }
})

export const pause = Behaviour.make({
  name: "pause",
  summary: "The pause image: does nothing",
  images: ["registry.k8s.io/pause", "gcr.io/google-containers/pause", "k8s.gcr.io/pause"],
  command: ["/pause"],
  sizeMiB: 1,
  program: (argv) => (argv[0] === "/pause" ? program : undefined),
  executables: [],
  shell: "none",
  files: {},
  prepare: Effect.void
})
