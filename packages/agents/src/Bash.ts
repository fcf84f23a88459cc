/** The agent's own of the shell: kubectl as the agent, reading files where the shell stands. */
import type { Files } from "@aiopslab/kubectl/Invocation"
import type { Kubectl } from "@aiopslab/kubectl/Kubectl"
import { seeded } from "@aiopslab/shell/Chance"
import type { Files as ShellFiles } from "@aiopslab/shell/Files"
import * as Shell from "@aiopslab/shell/Shell"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

export interface Bash {
  readonly run: (script: string, limitMillis: number) => Effect.Effect<Shell.Result>
  readonly files: ShellFiles
}

/** Of one script. Memory and output first: a shell is where an agent floods. */
const limits: Shell.Limits = {
  commands: 10_000,
  loopIterations: 10_000,
  outputBytes: 4 * 1024 * 1024,
  fileBytes: 64 * 1024 * 1024,
  liveBytes: 128 * 1024 * 1024,
  computingMillis: 60_000
}

/** Files as a command that was started in a folder names them. */
const inside = (files: ShellFiles, cwd: string): Files => {
  const relative = (folder: string, file: string) => `${folder.replace(/\/$/u, "")}/${file.slice(file.lastIndexOf("/") + 1)}`
  return {
    read: (path) => files.read(files.resolve(cwd, path)),
    list: (path) => Effect.map(files.list(files.resolve(cwd, path)), (found) => found?.map((file) => relative(path, file)))
  }
}

export const make = Effect.fnUntraced(function* (options: {
  readonly files: ReadonlyMap<string, string>
  readonly home: string
  readonly kubectl: Kubectl
  readonly namespace: string
  readonly seed: string
}): Effect.fn.Return<Bash> {
  const { home, namespace } = options
  let deadline = 0
  const shell: Shell.Shell = yield* Shell.make({
    files: { [`${home}/.profile`]: "", ...Object.fromEntries(options.files) },
    writtenAt: yield* Clock.currentTimeMillis,
    cwd: home,
    env: { HOME: home, USER: "agent", LANG: "C.UTF-8" },
    commands: {
      kubectl: ({ argv, cwd, stdin }) =>
        Effect.flatMap(Clock.currentTimeMillis, (now) =>
          options.kubectl.run({ argv, namespace, stdin, files: inside(shell.files, cwd), limitMillis: Math.max(1, deadline - now) })
        )
    },
    tools: "all",
    limits,
    random: seeded(options.seed)
  })
  return {
    run: (script, limitMillis) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) => {
        deadline = now + limitMillis
        return shell.run(script)
      }),
    files: shell.files
  }
})
