/**
 * The few file operations of a run, synchronous on purpose: a trial on the embedded cluster takes milliseconds, and a synchronous write
 * neither needs a hold of virtual time nor can be interrupted half-way.
 */
import { type LabError, labError } from "@aiopslab/core/LabError"
import * as Effect from "effect/Effect"
import * as fs from "node:fs"

const reason = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))

/** Runs a synchronous operation on a path; what it throws becomes RUN_FOLDER_UNREADABLE. */
export const attempt = <A>(path: string, operation: () => A): Effect.Effect<A, LabError> =>
  Effect.try({ try: operation, catch: (cause) => labError("RUN_FOLDER_UNREADABLE", { path, why: reason(cause) }) })

/** A reader sees the old text or the new one, never half of it. */
export const writeAtomicSync = (path: string, text: string): void => {
  const temporary = `${path}.tmp`
  fs.writeFileSync(temporary, text)
  fs.renameSync(temporary, path)
}

/** The text, or undefined when there is no such file. */
export const readIfThereSync = (path: string): string | undefined => {
  try {
    return fs.readFileSync(path, "utf8")
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return undefined
    throw cause
  }
}
