/** A container whose command is a shell or one of a shell's tools, in an image that has one. */
import type { Behaviour, Program, ProgramContext, ProgramInput, Step } from "@aiopslab/core/Behaviour"
import * as BehaviourOf from "@aiopslab/core/Behaviour"
import { appletNamed } from "./Applets.ts"
import * as Machine from "./Machine.ts"
import type { Resolve } from "./Processes.ts"
import * as State from "./State.ts"
import { baseName } from "./Word.ts"

const shells: ReadonlySet<string> = new Set(["sh", "ash", "bash", "dash", "busybox"])

/** Whether the shell's tools are what an argv starts. */
export const starts = (behaviour: Pick<Behaviour, "shell">, argv: ReadonlyArray<string>): boolean =>
  behaviour.shell !== "none" &&
  (shells.has(baseName(argv[0])) ? argv[0] !== "bash" || behaviour.shell === "bash" : appletNamed(argv[0] ?? "") !== undefined)

const step =
  (resolve: Resolve) =>
  (state: State.State, input: ProgramInput, context: ProgramContext): Step<State.State> => {
    const run = new Machine.Run(state, context, resolve)
    switch (input._tag) {
      case "Start":
        run.start(context.argv)
        break
      case "Timer":
        run.fired(input.name)
        break
      case "Reply":
        run.replied(input.id, input.reply)
        break
      case "Request":
        run.requested(input)
        break
      case "Exec":
        run.forward(input)
        break
      case "Signal":
        run.signalled()
        break
      case "Input":
        // what is typed ahead is shown before what comes of it
        run.typed(input.text, input.then)
    }
    run.go()
    const next = run.finish()
    return { state: next, effects: next.ended === undefined ? run.effects : [...run.effects, { _tag: "Exit", code: next.ended }] }
  }

export const program = (resolve: Resolve): Program => BehaviourOf.program<State.State>({ initial: State.initial, step: step(resolve) })
