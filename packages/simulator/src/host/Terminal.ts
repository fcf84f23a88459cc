/**
 * A shell at a terminal: `kubectl exec -it POD -- sh`. It echoes what is typed, runs line by line in one session, and ends with `exit` or
 * Ctrl-D. Ctrl-C ends the command that runs.
 */
import type { Frame } from "@aiopslab/core/Kubernetes"
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Queue from "effect/Queue"
import type { Container } from "../Container.ts"
import type { Cell } from "./Cell.ts"
import * as Line from "../sh/Line.ts"
import { quoted } from "../sh/Word.ts"
import * as Shell from "./Shell.ts"

const encoder = new TextEncoder()

const shown = (text: string): Frame => ({ channel: 1, data: encoder.encode(text.replaceAll(/\r?\n/gu, "\r\n")) })

/** What the shell of the image writes before each line. */
const promptOf = (container: Container, directory: string): string =>
  container.behaviour?.shell === "bash" ? `root@${container.env["HOSTNAME"] ?? container.pod}:${directory}# ` : `${directory} # `

/** `exit`, with its code if it names one. */
const leaving = /^\s*exit(?:\s+(\d+))?\s*$/u

/** The exit code of a script that has given its terminal to a shell. */
const handed = 119

/** The script with `exit` in place of every `exec` of a shell that somebody is to sit at; `undefined` where there is none. Of the script only what it wrote remains. */
export const handsOver = (script: string): string | undefined => {
  const rewritten = script.replaceAll(/\bexec\s+(?:\/bin\/)?(?:ba|a|da)?sh(?:\s+-[il]+)*(?=\s*(?:$|[;|&}\n]))/gu, `exit ${handed}`)
  return rewritten === script ? undefined : rewritten
}

export interface Terminal {
  readonly typed: (data: Uint8Array) => Effect.Effect<void>
  /** No more will be typed. */
  readonly close: Effect.Effect<void>
  /** Runs to the end of the session, and gives its exit code. */
  readonly run: (show: (frame: Frame) => Effect.Effect<void>) => Effect.Effect<number>
}

/** `opening` is a script that runs first, and may end the session; empty: none. */
export const make = Effect.fnUntraced(function* (cell: Cell, container: Container, opening: string): Effect.fn.Return<Terminal> {
  const queue = yield* Queue.unbounded<Line.Key, Cause.Done>()
  const decoder = new TextDecoder()
  let interrupt: Deferred.Deferred<void> | undefined

  const typed = (data: Uint8Array) =>
    Effect.suspend((): Effect.Effect<void> => {
      const keys = Line.keys(decoder.decode(data, { stream: true }))
      // it goes to the command that runs, not to the line
      return interrupt !== undefined && keys.some(({ _tag }) => _tag === "Interrupt")
        ? Effect.asVoid(Deferred.succeed(interrupt, undefined))
        : Effect.asVoid(Queue.offerAll(queue, keys))
    })

  const run: Terminal["run"] = Effect.fnUntraced(function* (show) {
    const session = yield* Shell.open(cell, container, { TERM: "xterm" })
    let code = 0
    let line = ""
    let directory = "/"
    const prompt = Effect.flatMap(session.run("pwd", ""), ({ stdout }) => {
      directory = stdout.trim() || "/"
      return show(shown(promptOf(container, directory)))
    })
    const perform = Effect.fnUntraced(function* (text: string) {
      const stopped = yield* Deferred.make<void>()
      interrupt = stopped
      const running = yield* Effect.forkChild(session.run(text, ""), { startImmediately: true })
      const output = yield* Effect.raceFirst(Fiber.join(running), Effect.as(Deferred.await(stopped), undefined))
      interrupt = undefined
      if (output === undefined) {
        yield* Fiber.interrupt(running)
        yield* show(shown("^C\n"))
        // the interpreter forgets where it was
        yield* session.run(`cd ${quoted(directory)}`, "")
        code = 130
        return
      }
      code = output.exitCode
      const said = output.stdout + output.stderr
      if (said !== "") yield* show(shown(said))
    })
    if (opening !== "") {
      const { exitCode, stderr, stdout } = yield* session.run(opening, "")
      if (stdout + stderr !== "") yield* show(shown(stdout + stderr))
      if (exitCode !== handed) return exitCode
    }
    yield* prompt
    for (;;) {
      const next = yield* Effect.exit(Queue.take(queue))
      if (Exit.isFailure(next)) return code
      const key = next.value
      switch (key._tag) {
        case "Text":
          line += key.text
          yield* show(shown(key.text))
          break
        case "Erase":
          if (line !== "") yield* show(shown("\b \b"))
          line = line.slice(0, -1)
          break
        case "Clear":
          yield* show(shown("\b \b".repeat(line.length)))
          line = ""
          break
        case "Interrupt":
          line = ""
          code = 130
          yield* show(shown("^C\n"))
          yield* prompt
          break
        case "End":
          if (line !== "") break
          yield* show(shown("\n"))
          return code
        case "Enter": {
          yield* show(shown("\n"))
          const [left, asked] = leaving.exec(line) ?? []
          if (left !== undefined) return asked === undefined ? code : Number(asked) % 256
          if (line.trim() !== "") yield* perform(line)
          line = ""
          yield* prompt
        }
      }
    }
  })

  return { typed, close: Effect.asVoid(Queue.end(queue)), run }
})
