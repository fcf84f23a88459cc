/** A script's commands on one side, in order: what each printed and how it ended. */
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as ChildProcess from "effect/process/ChildProcess"
import * as Stream from "effect/Stream"
import type { Script } from "./Script.ts"
import type { Side } from "./Side.ts"

export interface Outcome {
  /** `unended`: it was given up. */
  readonly code: number | "unended"
  readonly stdout: string
  readonly stderr: string
}

export interface Place {
  /** The folder of all. */
  readonly root: string
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
}

export const unended: Outcome = { code: "unended", stdout: "", stderr: "" }

const text = <E, R>(stream: Stream.Stream<Uint8Array, E, R>) => Stream.mkString(Stream.decodeText(stream))

export const run = Effect.fnUntraced(function* (line: string, { cwd, env }: Place) {
  const child = yield* ChildProcess.make("bash", ["-c", line], { cwd, env, extendEnv: false, stdin: "ignore", killSignal: "SIGKILL" })
  const [stdout, stderr, code] = yield* Effect.all([text(child.stdout), text(child.stderr), child.exitCode], { concurrency: "unbounded" })
  return { code: Number(code), stdout, stderr } satisfies Outcome
}, Effect.scoped)

/** A namespace, a folder and a home of the script's own. */
export const settle = Effect.fnUntraced(function* (script: Script, { kubeconfig, name }: Pick<Side, "kubeconfig" | "name">) {
  const fs = yield* FileSystem.FileSystem
  const root = yield* fs.makeTempDirectoryScoped({ prefix: `clients-${name}-` })
  const [cwd, home] = [`${root}/work`, `${root}/home`]
  yield* Effect.forEach([cwd, home, `${root}/tmp`], (folder) => fs.makeDirectory(folder))
  for (const [file, content] of script.files) {
    const end = file.lastIndexOf("/")
    if (end >= 0) yield* fs.makeDirectory(`${cwd}/${file.slice(0, end)}`, { recursive: true })
    yield* fs.writeFileString(`${cwd}/${file}`, content)
  }
  yield* fs.writeFileString(`${root}/kubeconfig`, kubeconfig(script.topic), { mode: 0o600 })
  const place: Place = {
    root,
    cwd,
    env: { PATH: yield* Config.String("PATH"), HOME: home, TMPDIR: `${root}/tmp`, KUBECONFIG: `${root}/kubeconfig`, LANG: "C", TZ: "UTC" }
  }
  yield* run(`kubectl create namespace ${script.topic}`, place)
  return place
})

const at = (printed: string, root: string): string => printed.replaceAll(root, "<folder>")

export const runWithin = (line: string, place: Place, seconds = 60) =>
  run(line, place).pipe(
    Effect.timeoutOrElse({ duration: seconds * 1000, orElse: () => Effect.succeed(unended) }),
    Effect.map((outcome) => ({ ...outcome, stdout: at(outcome.stdout, place.root), stderr: at(outcome.stderr, place.root) }))
  )

export const play = Effect.fnUntraced(function* (script: Script, side: Pick<Side, "kubeconfig" | "name">, seconds?: number) {
  const place = yield* settle(script, side)
  return yield* Effect.forEach(script.commands, ({ line }) => runWithin(line, place, seconds))
}, Effect.scoped)
