/**
 * A script of command lines, `clients/<topic>.txt`: one command each line, run by a shell in the script's own folder. Lines that begin with `#` are
 * remarks. The files that the commands read follow, each after a line `=== <name>`.
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"

export interface Script {
  readonly topic: string
  readonly commands: ReadonlyArray<Command>
  readonly files: ReadonlyMap<string, string>
}

export interface Command {
  /** The line; with a number behind it from the second time on. */
  readonly name: string
  readonly line: string
}

const folder = new URL("../../clients/", import.meta.url).pathname

const named = (lines: ReadonlyArray<string>): ReadonlyArray<Command> => {
  const times = new Map<string, number>()
  return lines.map((line) => {
    const time = (times.get(line) ?? 0) + 1
    times.set(line, time)
    return { line, name: time === 1 ? line : `${line} (${time})` }
  })
}

export const parse = (topic: string, text: string): Script => {
  const [head = "", ...parts] = text.split(/^=== /m)
  return {
    topic,
    commands: named(head.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("#"))),
    files: new Map(
      parts.map((part) => {
        const end = part.indexOf("\n")
        return [part.slice(0, end).trim(), part.slice(end + 1)] as const
      })
    )
  }
}

/** All, in the order of their names. */
export const readAll = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const names = (yield* fs.readDirectory(folder)).filter((name) => name.endsWith(".txt")).sort()
  return yield* Effect.forEach(names, (name) =>
    Effect.map(fs.readFileString(`${folder}${name}`), (text) => parse(name.replace(/\.txt$/, ""), text))
  )
})
