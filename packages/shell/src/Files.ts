/** A shell's files, for its owner. */
import * as Effect from "effect/Effect"
import type { InMemoryFs } from "just-bash"

export interface Files {
  readonly read: (path: string) => Effect.Effect<string | undefined>
  readonly write: (path: string, text: string) => Effect.Effect<void>
  readonly remove: (path: string) => Effect.Effect<void>
  /** The paths of what is directly in a folder; undefined where there is no folder. */
  readonly list: (path: string) => Effect.Effect<ReadonlyArray<string> | undefined>
  /** Every file by its absolute path, without what the interpreter made itself. */
  readonly all: Effect.Effect<Readonly<Record<string, string>>>
  readonly resolve: (cwd: string, path: string) => string
}

/** `made`: the paths of the interpreter's own files. */
export const over = (fs: InMemoryFs, made: ReadonlySet<string>, doing: <A>(work: () => Promise<A>) => Effect.Effect<A>): Files => {
  const kind = (path: string): Promise<"file" | "folder" | "nothing"> =>
    fs.stat(path).then(
      ({ isFile }) => (isFile ? "file" : "folder"),
      () => "nothing"
    )
  const text = (path: string): Promise<string | undefined> => kind(path).then((found) => (found === "file" ? fs.readFile(path) : undefined))
  return {
    read: (path) => doing(() => text(path)),
    write: (path, content) => doing(() => fs.writeFile(path, content)),
    remove: (path) => doing(() => fs.rm(path, { force: true })),
    list: (path) =>
      doing(() =>
        kind(path).then((found) =>
          found === "folder" ? fs.readdir(path).then((names) => names.map((name) => `${path.replace(/\/$/u, "")}/${name}`)) : undefined
        )
      ),
    all: doing(() =>
      Promise.all(
        fs
          .getAllPaths()
          .filter((path) => !made.has(path))
          .map((path) => text(path).then((content) => [path, content] as const))
      )
    ).pipe(
      Effect.map((found) =>
        Object.fromEntries(found.flatMap(([path, content]) => (content === undefined ? [] : [[path, content] as const])))
      )
    ),
    resolve: (cwd, path) => fs.resolvePath(cwd, path)
  }
}
