/**
 * Makes the captures of docs/guide/clients.md anew: every `$ ` line of its text blocks is run against a served cluster, in the order of the
 * page, and what it prints takes the place of what stood below. A line with keys after `#` runs in a terminal (terminal.py says what they
 * mean), and gives the screen. Needs kubectl, helm and python3; where k9s is not on the PATH its captures stay as they are.
 *
 *     npm run captures -w test/served
 */
import { requireProgram } from "@aiopslab/testkit/Requirements"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Effect from "effect/Effect"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { finish, root } from "../test/Program.ts"
import { ServedCluster } from "../test/ServedCluster.ts"

const page = join(root, "docs/guide/clients.md")
const here = fileURLToPath(new URL("./", import.meta.url))
const [columns, rows] = [118, 32]

const run = Effect.fnUntraced(function* (program: string, argv: ReadonlyArray<string>) {
  const { dir, kubeconfig } = yield* ServedCluster
  return yield* finish(program, { argv, env: { HOME: dir, KUBECONFIG: kubeconfig, K9S_CONFIG_DIR: dir } })
})

/** What a shell prints, on both streams; clients fill lines up with spaces. */
const shell = (command: string) =>
  Effect.map(run("bash", ["-c", `exec 2>&1; ${command}`]), ({ stdout }) => stdout.trimEnd().replaceAll(/[ \t]+$/gmu, ""))

const terminal = Effect.fnUntraced(function* (python: string, command: string, keys: string) {
  const { code, stderr, stdout } = yield* run(python, [
    join(here, "terminal.py"),
    String(columns),
    String(rows),
    keys,
    ...command.split(/\s+/u)
  ])
  if (code !== 0) return yield* Effect.die(new Error(`${command}\n${stderr}`))
  // lines of a frame without anything in it
  return stdout
    .split("\n")
    .filter((line) => !/^[│\s]*$/u.test(line))
    .join("\n")
})

/** A Python with what terminal.py imports. */
const environment = Effect.gen(function* () {
  const { dir } = yield* ServedCluster
  const python = join(dir, "terminal/bin/python")
  yield* run("python3", ["-m", "venv", join(dir, "terminal")])
  yield* run(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", join(here, "requirements.txt")])
  return python
})

/** What a line prints now; `undefined`: it needs a program that is not here. */
const captured = Effect.fnUntraced(function* (line: string, python: string) {
  const [command = "", keys] = line.slice(2).split(/ +# /u)
  const [program = ""] = command.split(" ", 1)
  const missing = keys === undefined ? undefined : requireProgram(program)
  yield* Effect.logInfo(`${line}${missing ?? ""}`)
  if (missing !== undefined) return undefined
  return yield* keys === undefined ? shell(command) : terminal(python, command, keys)
})

const block = Effect.fnUntraced(function* (before: string, python: string) {
  const parts: Array<string> = []
  for (const line of before.split("\n").filter((text) => text.startsWith("$ "))) {
    const printed = yield* captured(line, python)
    if (printed === undefined) return before
    parts.push(printed === "" ? line : `${line}\n${printed}`)
  }
  return `${parts.join("\n")}\n`
})

const captures = Effect.gen(function* () {
  const missing = requireProgram("kubectl") ?? requireProgram("helm") ?? requireProgram("python3")
  if (missing !== undefined) return yield* Effect.die(new Error(`The captures can't be made${missing}`))
  const python = yield* environment
  const parts = readFileSync(page, "utf8").split(/(?<=^```text\n)([\s\S]*?)(?=^```$)/mu)
  for (const [index, part] of parts.entries()) {
    if (!part.startsWith("$ ")) continue
    parts[index] = yield* block(part, python)
    writeFileSync(page, parts.join(""))
  }
})

NodeRuntime.runMain(captures.pipe(Effect.provide(ServedCluster.layer("wall"))))
