/**
 * What a test needs of the machine. On a developer's machine a test without its program is skipped and says so;
 * where `AIOPSLAB_REQUIRE_ALL` is set (CI) the missing program is an error.
 *
 * ```ts
 * const missing = requireProgram("kubectl")
 * describe.skipIf(missing !== undefined)(`kubectl over HTTPS${missing ?? ""}`, () => { … })
 * ```
 */
import { accessSync, constants, statSync } from "node:fs"
import { delimiter, join } from "node:path"

interface Environment {
  readonly PATH?: string | undefined
  readonly PATHEXT?: string | undefined
  readonly AIOPSLAB_REQUIRE_ALL?: string | undefined
}

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

/** Undefined where `name` is on the PATH, else why not, to be put into the skipped test's name. */
export const requireProgram = (name: string, environment: Environment = process.env): string | undefined => {
  const folders = (environment.PATH ?? "").split(delimiter).filter((folder) => folder !== "")
  const endings = ["", ...(environment.PATHEXT ?? "").split(";").filter((ending) => ending !== "")]
  if (folders.some((folder) => endings.some((ending) => isExecutable(join(folder, `${name}${ending}`))))) return undefined
  if ((environment.AIOPSLAB_REQUIRE_ALL ?? "") !== "") throw new Error(`${name} is not on the PATH, and AIOPSLAB_REQUIRE_ALL is set`)
  return ` (skipped: no ${name} on the PATH)`
}
