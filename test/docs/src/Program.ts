/** The command as a person starts it: a process, from the checked-in bin, in some folder. */
import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"

const bin = fileURLToPath(new URL("../../../apps/cli/bin/aiopslab.js", import.meta.url))

export interface Ended {
  readonly code: number
  readonly out: string
  readonly err: string
}

const environment = (): NodeJS.ProcessEnv => {
  const { FORCE_COLOR: _force, NODE_OPTIONS: _options, ...rest } = process.env
  return { ...rest, NO_COLOR: "1" }
}

/** Ends with what it printed, whatever its exit code. */
export const start = (program: string, args: ReadonlyArray<string>, cwd: string): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(program, args, { cwd, env: environment(), maxBuffer: 1 << 26 }, (error, out, err) => {
      resolve({
        code: error === null ? 0 : typeof error.code === "number" ? error.code : -1,
        out,
        err: error === null ? err : `${err}${error.message}`
      })
    })
  })

export const aiopslab = (args: ReadonlyArray<string>, cwd: string): Promise<Ended> => start(process.execPath, [bin, ...args], cwd)
