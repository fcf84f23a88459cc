/** Whoever runs the trials of a run: this thread, or worker threads. */
import { LabError, labError } from "@aiopslab/core/LabError"
import { ManifestInvalid } from "@aiopslab/core/Manifest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { Worker } from "node:worker_threads"
import type { EventLine } from "./EventSink.ts"
import type { RuntimeServices } from "./RuntimeServices.ts"
import type { PlannedTrial } from "./RunFolder.ts"
import type { TrialHost } from "./TrialHost.ts"
import type { TrialRecord } from "./TrialRecord.ts"
import { FromWorker, type ToWorker, type WorkerSetup } from "./WorkerMessage.ts"

export interface Crew {
  /** Interruption waits until the trial has recovered and written. */
  readonly run: (trial: PlannedTrial) => Effect.Effect<TrialRecord, LabError>
}

/** The first mistake stands for all: manifests were looked at before the run. */
const asLabError = (error: LabError | ManifestInvalid): LabError => (error instanceof ManifestInvalid ? error.errors[0] : error)

export const here = (host: TrialHost): Effect.Effect<Crew, never, RuntimeServices> =>
  Effect.map(Effect.context<RuntimeServices>(), (services) => ({
    run: (trial) => host.run(trial).pipe(Effect.provideContext(services), Effect.mapError(asLabError))
  }))

const unbuilt = import.meta.url.endsWith(".ts")
const program = new URL(unbuilt ? "./edge/worker.ts" : "./edge/worker.js", import.meta.url)
/** Workers don't inherit hooks that the CLI may have registered, but conditions they take. */
const execArgv = unbuilt ? ["--conditions=@aiopslab/source"] : []

type Waiting = Map<string, Deferred.Deferred<TrialRecord, LabError>>

interface Thread {
  worker: Worker | undefined
  readonly waiting: Waiting
}

const decode = Schema.decodeUnknownSync(FromWorker)

const isEvents = (message: FromWorker): message is Extract<FromWorker, { readonly _tag: "Events" }> => message._tag === "Events"

/** A worker that dies takes only its running trials along; the next trial of its place starts a new one. */
export const threads = (options: {
  readonly count: number
  readonly perThread: number
  readonly setup: WorkerSetup
  readonly listen: (trial: string, event: EventLine) => void
}): Effect.Effect<Crew, never, Scope.Scope> =>
  Effect.gen(function* () {
    const crew: ReadonlyArray<Thread> = Array.from({ length: options.count }, () => ({ worker: undefined, waiting: new Map() }))
    const free = yield* Queue.make<Thread>()
    for (let slot = 0; slot < options.perThread; slot++) yield* Queue.offerAll(free, crew)

    const settle = (thread: Thread, message: Exclude<FromWorker, { readonly _tag: "Events" }>) => {
      const decoded = decode(message)
      const waiting = thread.waiting.get(decoded.id)
      thread.waiting.delete(decoded.id)
      if (waiting === undefined) return
      Deferred.doneUnsafe(waiting, decoded._tag === "Ended" ? Effect.succeed(decoded.record) : Effect.fail(decoded.error))
    }
    const lost = (thread: Thread, worker: Worker, why: string) => {
      if (thread.worker !== worker) return
      thread.worker = undefined
      // who waits goes on at once, and the next trial may already be entered below
      const waitingNow = [...thread.waiting.values()]
      thread.waiting.clear()
      for (const waiting of waitingNow) Deferred.doneUnsafe(waiting, Effect.fail(labError("RUN_WORKER_CRASHED", { why })))
    }
    const started = (thread: Thread): Worker => {
      if (thread.worker !== undefined) return thread.worker
      const worker = new Worker(program, { workerData: options.setup, execArgv: [...process.execArgv, ...execArgv] })
      thread.worker = worker
      worker.on("message", (message: FromWorker) => {
        if (isEvents(message)) for (const event of message.events) options.listen(message.id, event)
        else settle(thread, message)
      })
      worker.on("error", (error) => lost(thread, worker, error.message))
      worker.on("exit", (code) => lost(thread, worker, `exit code ${code}`))
      return worker
    }
    const send = (thread: Thread, message: ToWorker) => started(thread).postMessage(message)

    yield* Effect.addFinalizer(() =>
      Effect.forEach(
        crew,
        (thread) => {
          const { worker } = thread
          if (worker === undefined) return Effect.void
          thread.worker = undefined
          return Effect.promise(() => {
            const gone = new Promise<void>((resolve) => worker.once("exit", () => resolve()))
            worker.postMessage({ _tag: "Close" } satisfies ToWorker)
            return gone
          })
        },
        { discard: true, concurrency: "unbounded" }
      )
    )

    return {
      run: (trial) =>
        Effect.acquireUseRelease(
          Queue.take(free),
          (thread) =>
            Effect.gen(function* () {
              const waiting = yield* Deferred.make<TrialRecord, LabError>()
              thread.waiting.set(trial.spec.id, waiting)
              send(thread, { _tag: "Run", spec: trial.encoded })
              return yield* Effect.onInterrupt(Deferred.await(waiting), () => {
                if (thread.worker !== undefined) send(thread, { _tag: "Interrupt", id: trial.spec.id })
                return Effect.ignore(Deferred.await(waiting))
              })
            }),
          (thread) => Queue.offer(free, thread)
        )
    }
  })
