/**
 * The agent's shell: an interpreter of bash with files in memory, kubectl as the agent, no network, no host. Time in it is the trial's: `sleep`
 * sleeps there, `date` tells it. Directory, variables and files stay from one command to the next.
 *
 * just-bash is a world of promises. While it computes, the trial's time is held; whenever it wants something of the trial (kubectl, sleep), the
 * calling fibre does it, outside the hold. So nothing here depends on how fast the machine is, and interrupting the fibre ends the command.
 */
import type { KubeApi } from "@aiopslab/core/Kubernetes"
import { WallClock } from "@aiopslab/core/WallClock"
import { make as makeKubectl } from "@aiopslab/kubectl/Kubectl"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { Shell, ShellResult } from "./Bash.ts"
import { interactive } from "./Interactive.ts"
import { plainWords } from "./PlainWords.ts"

export type { ShellResult } from "./Bash.ts"

export interface Sandbox {
  /** Runs a script for at most this long on the trial's clock. Never fails: what goes wrong is in the result. */
  readonly exec: (script: string, limitMillis: number) => Effect.Effect<ShellResult, never, WallClock>
  readonly writeFile: (path: string, text: string) => Effect.Effect<void>
  readonly readFile: (path: string) => Effect.Effect<string | undefined>
}

/** Where the shell starts, and where files of telemetry are put. */
export const home = "/home/agent"

/** The exit code of `timeout`. */
const timedOut = (limitMillis: number): ShellResult => ({
  stdout: "",
  stderr: `The command did not end within ${limitMillis / 1000} s and was stopped.\n`,
  exitCode: 124
})

const absolute = (path: string): string => (path.startsWith("/") ? path : `${home}/${path.replace(/^\.\//u, "")}`)

/** `namespace` is that of kubectl's context. */
export const make = Effect.fnUntraced(function* (options: {
  readonly api: KubeApi
  readonly namespace: string
  readonly seed: string
}): Effect.fn.Return<Sandbox> {
  const kubectl = yield* makeKubectl(options.api)
  // what was written before the shell was needed
  const early = new Map<string, string>()
  let shell: Shell | undefined
  const load = Effect.gen(function* () {
    if (shell !== undefined) return shell
    const wall = yield* WallClock
    const clock = yield* Clock.Clock
    const { makeShell } = yield* wall.hold(Effect.promise(() => import("./Bash.ts")))
    shell = makeShell({
      files: early,
      home,
      kubectl,
      namespace: options.namespace,
      seed: options.seed,
      now: () => clock.currentTimeMillisUnsafe()
    })
    return shell
  })
  const exec = (script: string, limitMillis: number): Effect.Effect<ShellResult, never, WallClock> => {
    const hint = interactive(script)
    if (hint !== undefined) return Effect.succeed({ stdout: "", stderr: `${hint}\n`, exitCode: 1 })
    const argv = plainKubectl(script)
    const run =
      argv === undefined
        ? Effect.flatMap(load, (loaded) => loaded.run(script, limitMillis))
        : kubectl.run({ argv, namespace: options.namespace, limitMillis })
    return run.pipe(Effect.timeoutOrElse({ duration: limitMillis + 1, orElse: () => Effect.succeed(timedOut(limitMillis)) }))
  }
  return {
    exec,
    writeFile: (path, text) =>
      Effect.suspend(() => {
        if (shell !== undefined) return shell.writeFile(absolute(path), text)
        early.set(absolute(path), text)
        return Effect.void
      }),
    readFile: (path) =>
      Effect.suspend(() => (shell === undefined ? Effect.succeed(early.get(absolute(path))) : shell.readFile(absolute(path))))
  }
})

/** The arguments of a script that is one plain kubectl command: it needs no interpreter unless it reads files. */
const plainKubectl = (script: string): ReadonlyArray<string> | undefined => {
  const [program, ...argv] = plainWords(script) ?? []
  if (program !== "kubectl") return undefined
  return argv.some((word) => /^(?:-[a-z]*f|-k|--filename|--kustomize|--patch-file|--from-file|--from-env-file)/u.test(word))
    ? undefined
    : argv
}
