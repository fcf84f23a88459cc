/** The body of a worker thread: trials in, events and records out. */
import { labError, LabError } from "@aiopslab/core/LabError"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"
import { parentPort, workerData } from "node:worker_threads"
import type { EventLine } from "../EventSink.ts"
import { armed, Failpoint, killProcess } from "../Failpoint.ts"
import { loadSources } from "../PluginLoader.ts"
import { planned } from "../RunFolder.ts"
import * as RuntimeServices from "../RuntimeServices.ts"
import * as TrialHost from "../TrialHost.ts"
import { TrialRecord } from "../TrialRecord.ts"
import { type FromWorker, ToWorker, WorkerSetup } from "../WorkerMessage.ts"

const port = parentPort

const post = (message: FromWorker): void => port?.postMessage(message)

/** Events of one turn of the loop go in one message. */
const postbox = () => {
  let waiting = new Map<string, Array<EventLine>>()
  let scheduled = false
  const flush = () => {
    scheduled = false
    const now = waiting
    waiting = new Map()
    for (const [id, events] of now) post({ _tag: "Events", id, events })
  }
  return {
    flush,
    put: (id: string, event: EventLine) => {
      const events = waiting.get(id)
      if (events === undefined) waiting.set(id, [event])
      else events.push(event)
      if (!scheduled) {
        scheduled = true
        setImmediate(flush)
      }
    }
  }
}

const encodeRecord = Schema.encodeSync(TrialRecord)
const encodeError = Schema.encodeSync(LabError)

const errorOf = (cause: Cause.Cause<unknown>): LabError => {
  const error = Cause.squash(cause)
  return error instanceof LabError ? error : labError("RUN_WORKER_CRASHED", { why: error instanceof Error ? error.message : String(error) })
}

const main = Effect.gen(function* () {
  if (port === null) return
  const setup = yield* Schema.decodeUnknownEffect(WorkerSetup)(workerData)
  const box = postbox()
  const host = yield* TrialHost.make({
    dir: setup.dir,
    plugins: yield* loadSources(setup.sources),
    versions: setup.versions,
    listen: box.put
  })
  const failpoint = setup.failpoint === undefined ? () => undefined : armed(setup.failpoint, killProcess)
  const running = new Map<string, Fiber.Fiber<unknown, unknown>>()
  const context = yield* Effect.context<RuntimeServices.RuntimeServices>()
  yield* Effect.callback<void>((resume) => {
    const run = (spec: typeof ToWorker.Type & { readonly _tag: "Run" }) => {
      const { id } = spec.spec
      const trial = host.run(planned(spec.spec)).pipe(
        Effect.provideService(Failpoint, failpoint),
        Effect.onExit((exit) =>
          Effect.sync(() => {
            running.delete(id)
            box.flush()
            post(
              exit._tag === "Success"
                ? { _tag: "Ended", id, record: encodeRecord(exit.value) }
                : { _tag: "Failed", id, error: encodeError(errorOf(exit.cause)) }
            )
          })
        )
      )
      running.set(id, Effect.runForkWith(context)(trial))
    }
    port.on("message", (message: unknown) => {
      const decoded = Schema.decodeUnknownSync(ToWorker)(message)
      if (decoded._tag === "Run") run(decoded)
      else if (decoded._tag === "Interrupt") running.get(decoded.id)?.interruptUnsafe()
      else resume(Effect.void)
    })
  })
  port.close()
}).pipe(Effect.scoped, Effect.provide(RuntimeServices.layer))

Effect.runFork(main)
