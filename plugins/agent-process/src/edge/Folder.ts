/** Where a program runs, and what of its command line lies where the command was typed. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"

/** Empty; gone with the scope. */
export const emptyFolder: Effect.Effect<string, never, Scope.Scope> = Effect.acquireRelease(
  Effect.sync(() => fs.mkdtempSync(path.join(os.tmpdir(), "agent-"))),
  (folder) => Effect.sync(() => fs.rmSync(folder, { recursive: true, force: true }))
)

/** Where the command was typed. */
export const typedIn = (): string => process.cwd()

const isFile = (name: string): boolean => fs.existsSync(name) && fs.statSync(name).isFile()

/** `agent.py`, and `agent.py:Agent`. */
const parts = (argument: string): readonly [file: string, rest: string] => {
  const colon = argument.indexOf(".py:")
  return colon === -1 ? [argument, ""] : [argument.slice(0, colon + 3), argument.slice(colon + 3)]
}

/** An argument that names a file where the command was typed, so that it names it from anywhere; any other as it is. */
export const fromAnywhere = (argument: string): string => {
  const [file, rest] = parts(argument)
  return isFile(file) ? `${path.resolve(file)}${rest}` : argument
}

/** The program itself is looked up on the PATH unless it has a slash. */
export const programFromAnywhere = (file: string): string => (file.includes(path.sep) ? fromAnywhere(file) : file)
