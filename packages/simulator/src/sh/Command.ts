/**
 * One command run to its end at one moment, as a probe or a hook runs it. What takes time is counted instead of waited for: the files
 * and the network are those of the moment it began.
 */
import type { NetworkReply, NetworkRequest, ProgramContext } from "@aiopslab/core/Behaviour"
import { withEnd } from "../Container.ts"
import * as Machine from "./Machine.ts"
import type { Resolve } from "./Processes.ts"
import * as State from "./State.ts"
import { Overlay } from "./Overlay.ts"

export interface Surroundings {
  readonly context: ProgramContext
  readonly resolve: Resolve
  readonly stdin: string
  readonly call: (host: string, port: number, request: NetworkRequest) => { readonly reply: NetworkReply; readonly lateMillis: number }
}

export interface Outcome {
  /** `timed out`: it would have gone on beyond the limit. */
  readonly status: number | "timed out"
  /** Both streams, as they came. */
  readonly output: string
  readonly stdout: string
  readonly stderr: string
  readonly elapsedMillis: number
  readonly written: ReadonlyMap<string, string | undefined>
  readonly signals: ReadonlyArray<string>
}

/** `limitMillis` may be `Infinity`; a command that waits for nothing that comes has timed out even then. */
export const run = (argv: ReadonlyArray<string>, limitMillis: number, { call, context, resolve, stdin }: Surroundings): Outcome => {
  const disk = new Overlay(context)
  const timers: Array<{ readonly at: number; readonly name: string }> = []
  const replies: Array<{ readonly at: number; readonly id: string; readonly reply: NetworkReply }> = []
  let elapsed = 0
  let output = ""
  const written = { stdout: "", stderr: "" }
  let state: State.State = { ...State.initial, place: "beside" }
  const outcome = (status: Outcome["status"]): Outcome => ({
    status,
    output,
    ...written,
    elapsedMillis: status === "timed out" ? limitMillis : elapsed,
    written: disk.written,
    signals: state.signals
  })
  const { container, data, env, image, namespace, node, pod, podIp, random, restarts } = context
  const present: ProgramContext = {
    container,
    data,
    env,
    image,
    namespace,
    node,
    pod,
    podIp,
    random,
    restarts,
    // as late as possible: who never asks for the time can't depend on it
    get now() {
      return context.now + elapsed
    },
    argv,
    file: (path) => disk.file(path),
    list: (directory) => disk.list(directory),
    isReadOnly: context.isReadOnly
  }
  const step = (input: (run: Machine.Run) => void): void => {
    const machine = new Machine.Run(state, present, (words, given) =>
      resolve(words, { stdin: given.stdin, written: new Map([...disk.written, ...given.written]) })
    )
    input(machine)
    machine.go()
    state = machine.finish()
    for (const effect of machine.effects) {
      if (effect._tag === "Log") {
        output += withEnd(effect)
        written[effect.stream] += withEnd(effect)
      } else if (effect._tag === "WriteFile") disk.write(effect.path, effect.text)
      else if (effect._tag === "Timer") timers.push({ at: elapsed + effect.afterMillis, name: effect.name })
      else if (effect._tag === "Call") {
        const { lateMillis, reply } = call(effect.host, effect.port, effect.request)
        replies.push({ at: elapsed + lateMillis, id: effect.id, reply })
      }
    }
  }
  step((machine) => machine.start(argv, stdin))
  while (state.ended === undefined) {
    timers.sort((a, b) => a.at - b.at)
    replies.sort((a, b) => a.at - b.at)
    const [answered] = replies
    if (answered !== undefined && answered.at <= Math.min(limitMillis, timers[0]?.at ?? Infinity)) {
      replies.shift()
      elapsed = answered.at
      step((machine) => machine.replied(answered.id, answered.reply))
      continue
    }
    const next = timers.shift()
    if (next === undefined || next.at > limitMillis) return outcome("timed out")
    elapsed = next.at
    step((machine) => machine.fired(next.name))
  }
  return outcome(state.ended)
}
