/**
 * The few file operations of a run, synchronous on purpose: a trial on the embedded cluster takes milliseconds, and a synchronous write
 * neither needs a hold of virtual time nor can be interrupted half-way.
 */
import { type LabError, labError } from "@aiopslab/core/LabError"
import * as Effect from "effect/Effect"
import * as fs from "node:fs"
import * as path from "node:path"

const reason = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))

/** Runs a synchronous operation on a path; what it throws becomes RUN_FOLDER_UNREADABLE. */
export const attempt = <A>(file: string, operation: () => A): Effect.Effect<A, LabError> =>
  Effect.try({ try: operation, catch: (cause) => labError("RUN_FOLDER_UNREADABLE", { path: file, why: reason(cause) }) })

/** A reader sees the old text or the new one, never half of it. */
export const writeAtomicSync = (file: string, text: string): void => {
  const temporary = `${file}.tmp`
  fs.writeFileSync(temporary, text)
  fs.renameSync(temporary, file)
}

/**
 * Makes a folder and those above it. Node's own way there never ends where the system won't have folders made and yet says that the one
 * above is missing, as /proc does.
 */
export const makeFolderSync = (folder: string): void => {
  if (fs.existsSync(folder)) return
  const above = path.dirname(folder)
  if (above !== folder) makeFolderSync(above)
  try {
    fs.mkdirSync(folder)
  } catch (cause) {
    // somebody else was faster
    if (!(cause instanceof Error && "code" in cause && cause.code === "EEXIST")) throw cause
  }
}

/** The text, or undefined when there is no such file. */
export const readIfThereSync = (file: string): string | undefined => {
  try {
    return fs.readFileSync(file, "utf8")
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return undefined
    throw cause
  }
}
