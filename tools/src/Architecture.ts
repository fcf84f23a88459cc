/**
 * The arrows of the architecture, checked on every import and every package.json. Pure: it gets what was read
 * and gives what is wrong, each with the place and the rule.
 */
import { posix } from "node:path"
import type { Import } from "./Imports.ts"
import type { Manifest, Workspace } from "./Workspace.ts"

export interface SourceFile {
  readonly path: string
  readonly lines: number
  readonly imports: ReadonlyArray<Import>
}

export interface Repository {
  readonly root: Manifest
  readonly rootReferences: ReadonlyArray<string>
  readonly workspaces: ReadonlyArray<Workspace>
  readonly files: ReadonlyArray<SourceFile>
  /** Files longer than `maximumLines`, each with the reason. */
  readonly largeFiles: Readonly<Record<string, string>>
}

export interface Violation {
  readonly rule: "arrow" | "internal" | "boundary" | "pure" | "types-only" | "undeclared" | "references" | "peer" | "size"
  readonly at: string
  readonly message: string
}

export const maximumLines = 500

/** What each package may import besides what those import in turn. */
const below: Readonly<Record<string, ReadonlyArray<string>>> = {
  core: [],
  host: ["core"],
  kubernetes: ["core"],
  shell: ["core"],
  kubectl: ["kubernetes"],
  telemetry: ["core"],
  simulator: ["kubernetes", "shell", "telemetry"],
  "stand-in": ["simulator"],
  agents: ["kubectl", "shell", "telemetry"],
  report: ["core"],
  store: ["core"],
  runtime: ["agents", "host", "report", "store"]
}

const closure = (name: string): ReadonlySet<string> => new Set([name, ...(below[name] ?? []).flatMap((lower) => [...closure(lower)])])

const forPlugins = new Set(["core", "host", "kubernetes", "kubectl", "simulator", "stand-in", "telemetry", "agents"])

/** Folders of source where Node's own modules are not to be had; `except` are the edges within. */
const pure: ReadonlyArray<{ readonly folder: string; readonly except: RegExp | undefined }> = [
  { folder: "packages/core/src/", except: undefined },
  // OpenSSL's hashes and curves are functions too
  { folder: "packages/kubernetes/src/", except: /^(edge|client|trust)\// },
  { folder: "packages/shell/src/", except: /^edge\// },
  { folder: "packages/simulator/src/", except: /^(edge|client)\// },
  { folder: "packages/stand-in/src/", except: /^edge\// }
]

/** Slow to load (0.7 s, 130 MB): types, or behind an `import()`. */
const typesOnly = new Set(["@kubernetes/client-node"])

/** Where a file lies decides what it may lean on: `src` is what users install. */
type Place = "source" | "test"

const kindOf = (folder: string): string => folder.split("/")[0] ?? ""
const nameOf = (folder: string): string => folder.split("/")[1] ?? ""

const mayImport = (from: string, to: string, place: Place): boolean => {
  if (from === to || kindOf(from) === "test") return true
  const kinds = `${kindOf(from)} ${kindOf(to)}`
  const tests = place === "test" && to === "packages/testkit"
  if (from === "packages/testkit") return kindOf(to) === "packages" || kindOf(to) === "plugins"
  if (kinds === "packages packages") return closure(nameOf(from)).has(nameOf(to))
  if (kinds === "plugins packages") return tests || forPlugins.has(nameOf(to))
  if (kinds === "plugins plugins") return place === "test" || nameOf(from).startsWith("preset-")
  if (kinds === "apps packages") return tests || closure("runtime").has(nameOf(to))
  if (kinds === "apps plugins") return to === "plugins/preset-default"
  return false
}

const packageOf = (specifier: string): string =>
  specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/")

const within = (folder: string, path: string): boolean => path.startsWith(`${folder}/`)

const declared = (owner: Manifest, root: Manifest, place: Place, kind: Import["kind"]): ReadonlySet<string> =>
  new Set(
    [
      owner.dependencies,
      owner.peerDependencies,
      place === "test" || kind === "type" || owner.private === true ? owner.devDependencies : undefined,
      place === "test" || owner.private === true ? root.devDependencies : undefined
    ].flatMap((versions) => Object.keys(versions ?? {}))
  )

const checkRelative = (owner: Workspace, file: SourceFile, { line, specifier }: Import, place: Place): ReadonlyArray<Violation> => {
  const target = posix.join(posix.dirname(file.path), specifier)
  const at = `${file.path}:${line}`
  if (!within(owner.folder, target))
    return [{ rule: "boundary", at, message: `${specifier} leaves ${owner.folder}: import the package by its name` }]
  if (place === "source" && within(`${owner.folder}/test`, target))
    return [{ rule: "boundary", at, message: `source imports a test: ${specifier}` }]
  return []
}

const checkBare = (
  repository: Repository,
  owner: Workspace,
  file: SourceFile,
  { kind, line, specifier }: Import,
  place: Place
): ReadonlyArray<Violation> => {
  const at = `${file.path}:${line}`
  const name = packageOf(specifier)
  const target = repository.workspaces.find(({ manifest }) => manifest.name === name)
  const violations: Array<Violation> = []
  if (target !== undefined && target !== owner) {
    if (!mayImport(owner.folder, target.folder, place)) {
      violations.push({ rule: "arrow", at, message: `${owner.folder} may not import ${target.folder}` })
    }
    if (specifier.includes("/internal/")) violations.push({ rule: "internal", at, message: `${specifier} is internal to ${target.folder}` })
  }
  if (name !== owner.manifest.name && !declared(owner.manifest, repository.root, place, kind).has(name)) {
    violations.push({ rule: "undeclared", at, message: `${name} is not a dependency in ${owner.folder}/package.json` })
  }
  if (place === "source" && kind === "static" && typesOnly.has(name)) {
    violations.push({ rule: "types-only", at, message: `${name}: write \`import type\`, or import() where it is needed` })
  }
  return violations
}

const checkNode = (owner: Workspace, file: SourceFile, { kind, line, specifier }: Import): ReadonlyArray<Violation> => {
  const rule = pure.find(({ except, folder }) => file.path.startsWith(folder) && except?.test(file.path.slice(folder.length)) !== true)
  if (rule === undefined || kind === "type") return []
  return [{ rule: "pure", at: `${file.path}:${line}`, message: `${owner.folder} is pure here: ${specifier} belongs to an edge` }]
}

const checkFile = (repository: Repository, file: SourceFile): ReadonlyArray<Violation> => {
  const owner = repository.workspaces.find(({ folder }) => within(folder, file.path))
  if (owner === undefined) return [{ rule: "boundary", at: file.path, message: "belongs to no workspace" }]
  const inside = file.path.slice(owner.folder.length + 1)
  const place: Place = inside.startsWith("src/") || inside.startsWith("bin/") ? "source" : "test"
  const size: ReadonlyArray<Violation> =
    file.lines > maximumLines && repository.largeFiles[file.path] === undefined
      ? [{ rule: "size", at: file.path, message: `${file.lines} lines: split it, or give the reason in tools/large-files.json` }]
      : []
  return [
    ...size,
    ...file.imports.flatMap((one) => {
      if (one.specifier.startsWith(".")) return checkRelative(owner, file, one, place)
      if (one.specifier.startsWith("node:")) return checkNode(owner, file, one)
      return checkBare(repository, owner, file, one, place)
    })
  ]
}

const same = (left: ReadonlyArray<string>, right: ReadonlyArray<string>): boolean => [...left].sort().join() === [...right].sort().join()

/** What a workspace's tsconfig.json and tsconfig.test.json should refer to. */
export const expectedReferences = (workspaces: ReadonlyArray<Workspace>, { manifest, testReferences }: Workspace) => {
  const all = referencesOf(workspaces, manifest, "dependencies", "peerDependencies", "devDependencies")
  const source = referencesOf(workspaces, manifest, "dependencies", "peerDependencies")
  return testReferences === undefined ? { source: all, test: undefined } : { source, test: all }
}

/** The projects that the root's tsconfig.json should refer to. */
export const projectsOf = (workspaces: ReadonlyArray<Workspace>): ReadonlyArray<string> => [
  ...workspaces.map(({ folder }) => folder),
  ...workspaces.filter(({ testReferences }) => testReferences !== undefined).map(({ folder }) => `${folder}/tsconfig.test.json`)
]

/** Folders of the workspaces that some of a package.json's dependencies are. */
const referencesOf = (
  workspaces: ReadonlyArray<Workspace>,
  manifest: Manifest,
  ...kinds: ReadonlyArray<"dependencies" | "peerDependencies" | "devDependencies">
): ReadonlyArray<string> => {
  const names = new Set(kinds.flatMap((kind) => Object.keys(manifest[kind] ?? {})))
  return workspaces.filter((workspace) => names.has(workspace.manifest.name)).map(({ folder }) => folder)
}

const checkManifest = (workspaces: ReadonlyArray<Workspace>, workspace: Workspace): ReadonlyArray<Violation> => {
  const { folder, manifest } = workspace
  const at = `${folder}/package.json`
  const source = referencesOf(workspaces, manifest, "dependencies", "peerDependencies")
  const all = referencesOf(workspaces, manifest, "dependencies", "peerDependencies", "devDependencies")
  const arrow = (to: string): Violation => ({ rule: "arrow", at, message: `${folder} may not depend on ${to}` })
  const expected = expectedReferences(workspaces, workspace)
  return [
    ...source.filter((to) => !mayImport(folder, to, "source")).map(arrow),
    ...all.filter((to) => !source.includes(to) && !mayImport(folder, to, "test")).map(arrow),
    // turbo does not follow peers: without the second entry a change of core would leave a plugin's cached result
    ...Object.keys(manifest.peerDependencies ?? {})
      .filter((name) => manifest.devDependencies?.[name] === undefined)
      .map((name): Violation => ({ rule: "peer", at, message: `${name} is a peer: name it among devDependencies too` })),
    ...(same(workspace.references, expected.source) && same(workspace.testReferences ?? [], expected.test ?? [])
      ? []
      : [
          {
            rule: "references",
            at,
            message: "the tsconfig files refer to other packages than these dependencies: npm run references"
          } as const
        ])
  ]
}

export const check = (repository: Repository): ReadonlyArray<Violation> => {
  const long = new Set(repository.files.filter(({ lines }) => lines > maximumLines).map(({ path }) => path))
  return [
    ...repository.files.flatMap((file) => checkFile(repository, file)),
    ...repository.workspaces.flatMap((workspace) => checkManifest(repository.workspaces, workspace)),
    ...(same(repository.rootReferences, projectsOf(repository.workspaces))
      ? []
      : [{ rule: "references", at: "tsconfig.json", message: "not all workspaces are there: npm run references" } as const]),
    ...Object.keys(repository.largeFiles)
      .filter((path) => !long.has(path))
      .map((path): Violation => ({ rule: "size", at: "tools/large-files.json", message: `${path} needs no exception any more` }))
  ]
}
