/** The machine that a stand-in runs on: this process and its container. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { writeSync } from "node:fs"
import { Machine } from "../Machine.ts"
import type { Pod } from "../Pod.ts"
import * as Collector from "./Collector.ts"
import * as Disk from "./Disk.ts"
import * as Instances from "./Instances.ts"
import * as Wire from "./Wire.ts"

const streams = { stdout: 1, stderr: 2 } as const

export const layer = (pod: Pod) =>
  Layer.effect(
    Machine,
    Effect.gen(function* () {
      const report = yield* Collector.make
      const registrations = Instances.registrations()
      const held: { memory: Buffer | undefined } = { memory: undefined }
      return {
        ...Disk,
        log: (stream, text) => void writeSync(streams[stream], text),
        hold: (bytes) => {
          held.memory = undefined
          // pages that nobody writes to don't count
          held.memory = Buffer.alloc(bytes, 1)
        },
        listen: (port, answer) => Wire.listen(port, registrations, answer),
        ask: (to, request, patience, trace) => Wire.ask(to, request, patience, trace),
        announce: (registry, name, port) => Instances.announce(registry, pod.ip, name, port),
        instances: Instances.find,
        report
      }
    })
  )
