/**
 * Drives one program on a machine: the same steps as in the simulator, their effects carried out for real. Steps never overlap; what an
 * effect takes time for comes back as the next input.
 */
import type { NetworkReply, Program, ProgramContext, ProgramEffect, ProgramInput } from "@aiopslab/core/Behaviour"
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as FiberMap from "effect/FiberMap"
import * as FiberSet from "effect/FiberSet"
import * as Random from "effect/Random"
import type * as Scope from "effect/Scope"
import type { Address, Arrival } from "./Machine.ts"
import { Machine } from "./Machine.ts"
import type { Pod } from "./Pod.ts"

type Output = Extract<ProgramEffect, { readonly _tag: "Output" }>

export interface Running {
  /** What one of the image's executables prints in this container. */
  readonly execute: (argv: ReadonlyArray<string>, stdin: string) => Effect.Effect<Output>
  /** The program's own answer to a request. */
  readonly answer: (arrival: Arrival) => Effect.Effect<NetworkReply>
  readonly terminate: Effect.Effect<void>
  /** The exit code, when the program has ended. */
  readonly ended: Effect.Effect<number>
}

export interface Options {
  readonly program: Program
  readonly pod: Pod
  readonly argv: ReadonlyArray<string>
  readonly env: Readonly<Record<string, string>>
  /** What callers on a port get, given the program's own answer. */
  readonly serve: (port: number, arrival: Arrival, own: NetworkReply) => Effect.Effect<NetworkReply>
  /** The app's registry; without one nobody is announced. */
  readonly registry: Address | undefined
}

/** A connection to nobody. */
const reset: NetworkReply = { _tag: "failure", failure: "reset", message: "read: connection reset by peer" }

/** How long a program waits for an address that doesn't answer; the simulator's programs wait as long. */
const dialMillis = 5_000

/** How often a program that watches a file has a look at it. */
const watchMillis = 1_000

interface Outcome {
  readonly reply: NetworkReply | undefined
  readonly output: Output | undefined
}

export const start = Effect.fn("Driver.start")(function* (options: Options): Effect.fn.Return<Running, never, Machine | Scope.Scope> {
  const { argv, env, pod, program } = options
  const machine = yield* Machine
  const clock = yield* Clock.Clock
  const random = yield* Random.Random
  const ended = yield* Deferred.make<number>()
  const run = yield* FiberSet.makeRuntime()
  const timers = yield* FiberMap.make<string>()
  const ports = yield* FiberMap.make<number>()
  const forkPort = yield* FiberMap.runtime(ports)()
  const forkTimer = yield* FiberMap.runtime(timers)()
  let state = program.initial
  // never within the step that asks for it
  const fork = (effect: Effect.Effect<unknown>): void => void run(Effect.andThen(Effect.yieldNow, effect))

  const context = (): ProgramContext => ({
    now: clock.currentTimeMillisUnsafe(),
    namespace: pod.namespace,
    pod: pod.name,
    podIp: pod.ip,
    node: pod.node,
    container: pod.container,
    image: pod.image,
    argv,
    env,
    // a container cannot tell
    restarts: 0,
    file: machine.file,
    list: machine.list,
    isReadOnly: machine.isReadOnly,
    data: machine.data,
    random: () => random.nextDoubleUnsafe()
  })

  /** In the place of what listened there before. */
  const listen = (port: number, listening: Effect.Effect<void>): void => void forkPort(port, Effect.andThen(Effect.yieldNow, listening))

  const heard = (port: number): Effect.Effect<void> =>
    Effect.scoped(
      Effect.andThen(
        machine.listen(port, (arrival) => answered(port, arrival)),
        Effect.never
      )
    )

  const carryOut = (effect: Exclude<ProgramEffect, { readonly _tag: "Answer" | "Output" }>): void => {
    switch (effect._tag) {
      case "Log":
        return machine.log(effect.stream, effect.ending === undefined ? `${effect.line}\n` : effect.line)
      case "WriteFile":
        return machine.write(effect.path, effect.text)
      case "SaveData":
        return machine.save(effect.path, effect.value)
      case "Memory":
        return machine.hold(effect.bytes)
      case "Exit":
        return void Deferred.doneUnsafe(ended, Effect.succeed(effect.code))
      case "Listen":
        return listen(effect.port, heard(effect.port))
      case "Close":
        return listen(effect.port, Effect.void)
      case "Register":
        return options.registry === undefined ? undefined : fork(machine.announce(options.registry, effect.name, effect.port))
      case "Call":
        return fork(
          Effect.flatMap(machine.ask({ host: effect.host, port: effect.port }, effect.request, dialMillis), (reply) =>
            stepped({ _tag: "Reply", id: effect.id, reply })
          )
        )
      case "Timer":
        return void forkTimer(
          effect.name,
          Effect.andThen(
            Effect.sleep(effect.afterMillis),
            Effect.suspend(() => stepped({ _tag: "Timer", name: effect.name }))
          )
        )
      case "Watch":
        return fork(watching(effect.path, effect.timer))
    }
  }

  const step = (input: ProgramInput): Outcome => {
    let reply: NetworkReply | undefined
    let output: Output | undefined
    const made = program.step(state, input, context())
    state = made.state
    for (const effect of made.effects) {
      if (effect._tag === "Answer") reply = effect.reply
      else if (effect._tag === "Output") output = effect
      else carryOut(effect)
    }
    return { reply, output }
  }

  const stepped = (input: ProgramInput): Effect.Effect<Outcome> => Effect.sync(() => step(input))

  const watching = (path: string, timer: string): Effect.Effect<void> =>
    Effect.gen(function* () {
      let known = machine.file(path)
      while (true) {
        yield* Effect.sleep(watchMillis)
        const now = machine.file(path)
        if (now !== known) yield* stepped({ _tag: "Timer", name: timer })
        known = now
      }
    })

  const answer = (arrival: Arrival): Effect.Effect<NetworkReply> =>
    Effect.map(stepped({ _tag: "Request", request: arrival.request }), ({ reply }) => reply ?? reset)

  const answered = (port: number, arrival: Arrival): Effect.Effect<NetworkReply> =>
    Effect.flatMap(answer(arrival), (own) => options.serve(port, arrival, own))

  yield* stepped({ _tag: "Start" })
  return {
    answer,
    execute: (words, stdin) =>
      Effect.map(
        stepped({ _tag: "Exec", argv: words, stdin }),
        ({ output }) => output ?? { _tag: "Output", stdout: "", stderr: `${words[0] ?? ""}: no answer\n`, exitCode: 1 }
      ),
    terminate: Effect.asVoid(stepped({ _tag: "Signal", signal: "SIGTERM" })),
    ended: Deferred.await(ended)
  }
})
