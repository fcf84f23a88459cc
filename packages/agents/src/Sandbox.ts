/**
 * The agent's shell: kubectl as the agent, no network, no host. Its time and its chance are the trial's. Directory, variables and files stay
 * from one command to the next. The interpreter is loaded by the first script that needs one.
 */
import type { KubeApi } from "@aiopslab/core/Kubernetes"
import type { WallClock } from "@aiopslab/core/WallClock"
import { make as makeKubectl } from "@aiopslab/kubectl/Kubectl"
import type { Result as ShellResult } from "@aiopslab/shell/Shell"
import * as Effect from "effect/Effect"
import * as Bash from "./Bash.ts"
import { interactive } from "./Interactive.ts"
import { plainWords } from "./PlainWords.ts"

export type { Result as ShellResult } from "@aiopslab/shell/Shell"

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
  let bash: Bash.Bash | undefined
  const load = Effect.gen(function* () {
    bash ??= yield* Bash.make({ files: early, home, kubectl, namespace: options.namespace, seed: options.seed })
    return bash
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
        if (bash !== undefined) return bash.files.write(absolute(path), text)
        early.set(absolute(path), text)
        return Effect.void
      }),
    readFile: (path) =>
      Effect.suspend(() => (bash === undefined ? Effect.succeed(early.get(absolute(path))) : bash.files.read(absolute(path))))
  }
})

/** The arguments of a script that is one plain kubectl command: it needs no interpreter unless it reads files. */
const plainKubectl = (script: string): ReadonlyArray<string> | undefined => {
  const [program, ...argv] = plainWords(script) ?? []
  if (program !== "kubectl") return undefined
  return argv.some((word) =>
    /^(?:-[a-z]*f|-k|--(?:filename|kustomize|cert|key|patch-file|from-file|from-env-file))|(?:-file|templatefile)=/u.test(word)
  )
    ? undefined
    : argv
}
