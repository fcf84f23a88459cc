/**
 * What a program finds around it: an empty folder unless a working folder is configured, and of aiopslab's environment only what every program
 * needs. This keeps answers out of its way, not out of its reach: it is a program of the user's, and no sandbox holds it.
 */
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Folder from "./edge/Folder.ts"
import type { ProcessConfig } from "./index.ts"
import { pythonFolder } from "./Shim.ts"

export interface Surroundings {
  readonly command: readonly [program: string, ...args: ReadonlyArray<string>]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
}

const always = ["PATH", "HOME", "LANG", "TERM"]

/** Variables of aiopslab's environment; those that are not set are left out. */
const handedOn = (names: ReadonlyArray<string>): Effect.Effect<Readonly<Record<string, string>>> =>
  Effect.map(
    Effect.forEach(names, (name) =>
      Config.String(name).pipe(
        Effect.map((value) => [[name, value] as const]),
        Effect.orElseSucceed(() => [])
      )
    ),
    (found) => Object.fromEntries(found.flat())
  )

export const of = (config: ProcessConfig): Effect.Effect<Surroundings, never, Scope.Scope> =>
  Effect.gen(function* () {
    const env: Readonly<Record<string, string>> = {
      ...(yield* handedOn([...always, ...(config.pass ?? [])])),
      PYTHONUNBUFFERED: "1",
      PYTHONDONTWRITEBYTECODE: "1",
      ...config.env
    }
    const [program = "", ...args] = config.command
    const given = env["PYTHONPATH"] === undefined ? [] : [env["PYTHONPATH"]]
    if (config.cwd !== undefined) {
      return { command: [program, ...args], cwd: config.cwd, env: { ...env, PYTHONPATH: [pythonFolder, ...given].join(":") } }
    }
    return {
      command: [Folder.programFromAnywhere(program), ...args.map(Folder.fromAnywhere)],
      cwd: yield* Folder.emptyFolder,
      env: { ...env, PYTHONPATH: [pythonFolder, ...given, Folder.typedIn()].join(":") }
    }
  })
