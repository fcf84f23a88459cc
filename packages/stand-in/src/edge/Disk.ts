/** A container's files. A program's saved value lies beside the file that it is saved under, so that a volume keeps it. */
import { accessSync, constants, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { dirname } from "node:path"
import { deserialize, serialize } from "node:v8"

const attempted = <A>(read: () => A): A | undefined => {
  try {
    return read()
  } catch {
    return undefined
  }
}

export const file = (path: string): string | undefined => attempted(() => readFileSync(path, "utf8"))

/** Names in a directory, sorted; a ConfigMap's volume has more in it than the map. */
export const list = (directory: string): ReadonlyArray<string> =>
  (attempted(() => readdirSync(directory)) ?? []).filter((name) => !name.startsWith("..")).sort()

/** What there is of a path: itself, or the directory that it would be made in. */
const nearest = (path: string): string => (existsSync(path) ? path : nearest(dirname(path)))

export const isReadOnly = (path: string): boolean =>
  attempted(() => {
    accessSync(nearest(path), constants.W_OK)
    return true
  }) === undefined

export const data = (path: string): unknown => attempted((): unknown => deserialize(readFileSync(path)))

export const write = (path: string, text: string | undefined): void => {
  attempted(() => {
    if (text === undefined) return rmSync(path, { force: true })
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  })
}

/** Whole or not at all, whenever the container is killed. */
export const save = (path: string, value: unknown): void => {
  attempted(() => {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(`${path}.new`, serialize(value))
    renameSync(`${path}.new`, path)
  })
}
