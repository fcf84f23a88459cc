/** What a command of a container prints. */
import type { Result } from "@aiopslab/shell/Shell"

export const said = (lines: ReadonlyArray<string>, exitCode = 0): Result => ({
  stdout: lines.map((line) => `${line}\n`).join(""),
  stderr: "",
  exitCode
})

export const wrong = (message: string): Result => ({ stdout: "", stderr: `${message}\n`, exitCode: 1 })
