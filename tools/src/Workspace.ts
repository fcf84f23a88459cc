import { existsSync, globSync, readFileSync } from "node:fs"
import { basename, dirname, join, posix } from "node:path"

type Versions = Readonly<Record<string, string>>

/** A workspace's package.json, as far as the checks read it. */
export interface Manifest {
  readonly name: string
  readonly private?: boolean
  readonly scripts?: Readonly<Record<string, string>>
  readonly dependencies?: Versions
  readonly peerDependencies?: Versions
  readonly devDependencies?: Versions
}

/** One folder with a package.json, and what its tsconfig files refer to (folders, relative to the root). */
export interface Workspace {
  readonly folder: string
  readonly manifest: Manifest
  readonly references: ReadonlyArray<string>
  /** Absent where one tsconfig.json covers all there is. */
  readonly testReferences: ReadonlyArray<string> | undefined
}

export const root = dirname(dirname(import.meta.dirname))

const readJson = <A>(path: string): A => JSON.parse(readFileSync(join(root, path), "utf8")) as A

/** `../../packages/core/tsconfig.test.json` and `../../packages/core`, as paths from the root. */
const readReferences = (folder: string, file: string): ReadonlyArray<string> | undefined => {
  if (!existsSync(join(root, folder, file))) return undefined
  const config = readJson<{ readonly references?: ReadonlyArray<{ readonly path: string }> }>(`${folder}/${file}`)
  return (config.references ?? []).map(({ path }) => posix.normalize(posix.join(folder, path)).replace(/\/$/, ""))
}

export const rootManifest = (): Manifest & { readonly workspaces: ReadonlyArray<string> } => readJson("package.json")

export const rootReferences = (): ReadonlyArray<string> => readReferences(".", "tsconfig.json") ?? []

export const readWorkspaces = (): ReadonlyArray<Workspace> =>
  rootManifest()
    .workspaces.flatMap((pattern) => globSync(`${pattern}/package.json`, { cwd: root }))
    .map((path) => dirname(path).replaceAll("\\", "/"))
    .sort()
    .map((folder) => ({
      folder,
      manifest: readJson(`${folder}/package.json`),
      references: readReferences(folder, "tsconfig.json") ?? [],
      testReferences: readReferences(folder, "tsconfig.test.json")?.filter((path) => path !== folder)
    }))

/** Paths from the root of every TypeScript file of a workspace that a person wrote. */
export const sourcePaths = (folder: string): ReadonlyArray<string> =>
  globSync(`${folder}/{src,bin,scripts,test}/**/*.{ts,js}`, { cwd: root, exclude: (path) => skipped.has(basename(path)) })
    .map((path) => path.replaceAll("\\", "/"))
    .sort()

const skipped = new Set(["node_modules", "dist", "fixtures"])
