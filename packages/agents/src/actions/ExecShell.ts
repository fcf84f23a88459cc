import * as Effect from "effect/Effect"
import { type Action, numberOf, textOf } from "../Action.ts"
import { bounded } from "../Text.ts"

/** Seconds that one command may take at most, whatever the agent asks for. */
const longest = 600

export const execShell: Action = {
  name: "exec_shell",
  summary:
    "Runs a command in a shell (bash) and gives back what it prints. kubectl is there, and the usual tools for text (grep, sed, awk, jq, sort, head, tail …). The shell has no network and no terminal: commands that wait for a person or never end are refused. Files, the working directory and variables stay for the next command.",
  parameters: [
    { name: "command", type: "str", about: "the command to run" },
    { name: "timeout", type: "float", default: 30, about: `seconds after which it is stopped, at most ${longest}` }
  ],
  returns: "what the command printed, errors included",
  run: Effect.fnUntraced(function* (args, { sandbox }) {
    const seconds = Math.min(longest, Math.max(1, numberOf(args, "timeout")))
    const { exitCode, stderr, stdout } = yield* sandbox.exec(textOf(args, "command"), seconds * 1000)
    const gap = stdout === "" || stdout.endsWith("\n") || stderr === "" ? "" : "\n"
    const printed = `${stdout}${gap}${stderr}`
    const text = printed === "" ? `(no output, exit code ${exitCode})` : printed
    return bounded(text, "both", "narrow the output with grep, head, tail, -l, -o or --tail, or write it to a file and read parts of it")
  })
}
