/** Starts the program as a person does: the checked-in bin, in an empty folder. */
import { type ChildProcess, spawn } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll } from "vitest"

const bin = fileURLToPath(new URL("../bin/aiopslab.js", import.meta.url))

export interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

export interface Started {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  /** Resolves as soon as the text stands in one of the outputs. */
  readonly says: (text: string) => Promise<void>
}

const folders: Array<string> = []
afterAll(() => {
  for (const folder of folders) fs.rmSync(folder, { recursive: true, force: true })
})

/** Gone after the file's last test. */
export const emptyFolder = (): string => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "aiopslab-cli-"))
  folders.push(folder)
  return folder
}

const environment = (more: Readonly<Record<string, string>>): NodeJS.ProcessEnv => {
  const { FORCE_COLOR: _force, NODE_OPTIONS: _options, NO_COLOR: _no, ...rest } = process.env
  return { ...rest, ...more }
}

export const start = (
  args: ReadonlyArray<string>,
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>>; readonly node?: ReadonlyArray<string> } = {}
): Started => {
  const child = spawn(process.execPath, [...(options.node ?? []), bin, ...args], {
    cwd: options.cwd ?? emptyFolder(),
    env: environment(options.env ?? {})
  })
  let out = ""
  let err = ""
  const waiting: Array<readonly [text: string, found: () => void]> = []
  const look = () => {
    for (const [text, found] of waiting) if (out.includes(text) || err.includes(text)) found()
  }
  child.stdout.on("data", (chunk: Buffer) => {
    out += chunk.toString()
    look()
  })
  child.stderr.on("data", (chunk: Buffer) => {
    err += chunk.toString()
    look()
  })
  return {
    child,
    ended: new Promise((resolve) => child.on("close", (code) => resolve({ code, out, err }))),
    says: (text) =>
      new Promise((resolve, reject) => {
        waiting.push([text, resolve])
        child.on("close", () => reject(new Error(`it ended without saying ${JSON.stringify(text)}:\n${out}\n${err}`)))
        look()
      })
  }
}

export const run = (args: ReadonlyArray<string>, options: Parameters<typeof start>[1] = {}): Promise<Ended> => start(args, options).ended
