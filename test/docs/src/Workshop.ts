/** A reader's folder: empty but for the packages that an install puts there, and what the reader copies from a page. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { blockNamed, root } from "./Page.ts"
import { aiopslab, type Ended } from "./Program.ts"

export interface Task {
  readonly task: string
  readonly outcome: string
  readonly success: boolean
  readonly answer: unknown
  readonly reason: string
}

export interface Workshop {
  readonly folder: string
  /** Copies blocks of a page to the files that they name. */
  readonly copy: (page: string, ...files: ReadonlyArray<string>) => void
  readonly write: (file: string, text: string) => void
  readonly aiopslab: (...args: ReadonlyArray<string>) => Promise<Ended>
  /** `run … --json` with one trial: its tasks. */
  readonly run: (...args: ReadonlyArray<string>) => Promise<ReadonlyArray<Task>>
  readonly [Symbol.dispose]: () => void
}

export const workshop = (): Workshop => {
  const folder = mkdtempSync(join(tmpdir(), "aiopslab-docs-"))
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"))
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), text)
  }
  const start = (...args: ReadonlyArray<string>) => aiopslab(args, folder)
  return {
    folder,
    write,
    copy: (page, ...files) => {
      for (const file of files) write(file, blockNamed(page, file))
    },
    aiopslab: start,
    run: async (...args) => {
      const { code, err, out } = await start("run", ...args, "--json")
      if (code !== 0) throw new Error(`aiopslab run ${args.join(" ")} ends with ${code}: ${err}`)
      const document = JSON.parse(out) as { readonly trials: ReadonlyArray<{ readonly tasks: ReadonlyArray<Task> }> }
      return document.trials.flatMap(({ tasks }) => tasks)
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true })
  }
}
