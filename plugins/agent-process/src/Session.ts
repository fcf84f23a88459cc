/**
 * A program as an agent. It lives from the trial's first task to its last and dies with the session's scope: first its stdin ends, then its whole
 * process group is told to stop, then made to. All waiting for it is the caller's hold and turn limit; memory is bounded whatever it writes.
 *
 * The program's own fibres (its pipes, its end) run on the machine's scheduler: they are of the real world, and the trial's time takes no
 * notice of them.
 */
import type { AgentAnswer, AgentContext, AgentServices, AgentSession } from "@aiopslab/core/Agent"
import { type LabError, labError } from "@aiopslab/core/LabError"
import { WallClock } from "@aiopslab/core/WallClock"
import type * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as ChildProcess from "effect/process/ChildProcess"
import { ChildProcessSpawner, type ChildProcessHandle } from "effect/process/ChildProcessSpawner"
import * as Queue from "effect/Queue"
import * as Scheduler from "effect/Scheduler"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { ProcessConfig } from "./index.ts"
import { type Heard, Lines, Tail } from "./Lines.ts"
import * as Surroundings from "./Surroundings.ts"
import { type Reply, request, type Request } from "./Wire.ts"

/** Kept of stderr, and shown of it in an error. */
const stderrKept = 64 * 1024
const stderrShown = 2000

/** A program that ends by itself when its stdin does gets this long. */
const farewell = "1 second"
/** What a program that has ended had still to say may take this long to come through. */
const lastWords = "1 second"

interface Program {
  readonly lines: Lines
  readonly errors: Tail
  readonly input: Queue.Queue<Uint8Array, Cause.Done>
}

const failed = (program: Program | undefined, why: string): LabError => {
  const said = program?.errors.text().slice(-stderrShown) ?? ""
  return labError("AGENT_FAILED", { agent: "process", why: said === "" ? why : `${why}; its stderr ends with: ${said}` })
}

/** Starts it; what it does from then on ends up in `lines` and `errors`. */
const spawn = Effect.fnUntraced(function* (
  config: ProcessConfig,
  scope: Scope.Scope
): Effect.fn.Return<Program, LabError, ChildProcessSpawner | WallClock> {
  const wall = yield* WallClock
  const { command, cwd, env } = yield* Surroundings.of(config).pipe(Scope.provide(scope))
  const [file, ...args] = command
  const input = yield* Queue.unbounded<Uint8Array, Cause.Done>()
  const program: Program = { lines: new Lines(), errors: new Tail(stderrKept), input }
  const child: ChildProcessHandle = yield* ChildProcess.make(file, args, {
    cwd,
    env,
    extendEnv: false,
    detached: true,
    killSignal: "SIGTERM",
    forceKillAfter: "2 seconds",
    stdin: { stream: Stream.fromQueue(input), endOnDone: true }
  }).pipe(
    Scope.provide(scope),
    Effect.mapError((error) => failed(undefined, `${JSON.stringify(file)} cannot be started: ${error.message}`))
  )
  const output = yield* child.stdout.pipe(
    Stream.takeWhile((chunk) => program.lines.feed(chunk)),
    Stream.runDrain,
    Effect.ignore,
    Effect.forkIn(scope)
  )
  yield* child.stderr.pipe(
    Stream.runForEach((chunk) => Effect.sync(() => program.errors.feed(chunk))),
    Effect.ignore,
    Effect.forkIn(scope)
  )
  yield* Effect.exit(child.exitCode).pipe(
    Effect.tap(() => wall.within(lastWords)(Fiber.await(output))),
    Effect.flatMap((exit) =>
      Effect.sync(() =>
        program.lines.leave(Exit.isSuccess(exit) ? `the program ended with exit code ${exit.value}` : "the program was ended by a signal")
      )
    ),
    Effect.forkIn(scope)
  )
  return program
})

const ask = (program: Program, of: Request): Effect.Effect<Reply, LabError> =>
  Effect.callback<Heard>((resume) => {
    program.lines.listen((heard) => resume(Effect.succeed(heard)))
    Queue.offerUnsafe(program.input, new TextEncoder().encode(request(of)))
    return Effect.sync(() => program.lines.deafen())
  }).pipe(Effect.flatMap((heard) => (heard._tag === "Gone" ? Effect.fail(failed(program, heard.why)) : Effect.succeed(heard.reply))))

/** The reply of the type that was asked for. */
const expecting = <T extends Reply["type"]>(
  program: Program,
  of: Request,
  type: T
): Effect.Effect<Extract<Reply, { readonly type: T }>, LabError> =>
  Effect.flatMap(ask(program, of), (reply) => {
    if (reply.type === "error") return Effect.fail(failed(program, `the program gave up: ${reply.message}`))
    if (isOf(reply, type)) return Effect.succeed(reply)
    return Effect.fail(
      failed(program, `the program answered with ${JSON.stringify(reply.type)} where ${JSON.stringify(type)} was expected`)
    )
  })

const isOf = <T extends Reply["type"]>(reply: Reply, type: T): reply is Extract<Reply, { readonly type: T }> => reply.type === type

export const start = Effect.fnUntraced(function* (config: ProcessConfig): Effect.fn.Return<AgentSession, LabError, AgentServices> {
  const wall = yield* WallClock
  const machine = new Scheduler.MixedScheduler()
  const scope = yield* Scope.make()
  yield* Effect.addFinalizer(() => wall.hold(Scope.close(scope, Exit.void).pipe(Effect.provideService(Scheduler.Scheduler, machine))))
  const running = yield* wall.hold(spawn(config, scope).pipe(Effect.provideService(Scheduler.Scheduler, machine)))
  const farewells = Effect.andThen(
    Queue.end(running.input),
    wall.within(farewell)(Effect.callback<void>((resume) => running.lines.listen(() => resume(Effect.void))))
  )
  yield* Effect.addFinalizer(() => wall.hold(farewells.pipe(Effect.provideService(Scheduler.Scheduler, machine))))
  return {
    init: (context: AgentContext) => Effect.asVoid(expecting(running, { type: "init", context }, "ready")),
    getAction: (state: string): Effect.Effect<AgentAnswer, LabError> =>
      Effect.map(expecting(running, { type: "action", state }, "action"), ({ text, usage }) => ({
        text,
        ...(usage === undefined ? {} : { usage })
      }))
  }
})
