/** memcached as the application uses it: it answers every look-up; how often one misses is the topology's business. */
import * as Behaviour from "@aiopslab/core/Behaviour"
import type { NetworkReply } from "@aiopslab/core/Behaviour"
import * as Effect from "effect/Effect"
import { memcachedPort } from "../GoServices.ts"

/** It answers lines of its own protocol alone. */
const hungUp: NetworkReply = { _tag: "failure", failure: "reset", message: "connection reset by peer" }

const program = Behaviour.program<null>({
  initial: null,
  step: (state, input) => {
    switch (input._tag) {
      case "Start":
        return { state, effects: [{ _tag: "Listen", port: memcachedPort }] }
      case "Request":
        return { state, effects: [{ _tag: "Answer", reply: input.request.protocol === "http" ? hungUp : { _tag: "ok" } }] }
      case "Exec":
        return { state, effects: [{ _tag: "Output", stdout: "memcached 1.6.38\n", stderr: "", exitCode: 0 }] }
      case "Signal":
        return { state, effects: [{ _tag: "Exit", code: 0 }] }
      default:
        return { state, effects: [] }
    }
  }
})

export const memcached = Behaviour.make({
  name: "memcached",
  summary: "memcached 1.6",
  images: ["memcached"],
  command: ["docker-entrypoint.sh", "memcached"],
  sizeMiB: 32,
  program: (argv) => (argv.includes("memcached") ? program : undefined),
  executables: ["memcached"],
  shell: "bash",
  files: {},
  prepare: Effect.void
})
