/**
 * The problems and suites of some folders, and what selectors name among them: a problem (all its tasks), a classic id (that one task), a
 * glob over both, a suite (what it lists), or a path of a manifest.
 */
import type { Suite } from "@aiopslab/core/Matrix"
import { type LabError, labError } from "@aiopslab/core/LabError"
import * as Manifest from "@aiopslab/core/Manifest"
import { notRegular } from "@aiopslab/core/errors/manifest"
import { nearest } from "@aiopslab/core/Nearest"
import type { Problem } from "@aiopslab/core/Problem"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as fs from "node:fs"
import * as path from "node:path"
import { attempt } from "@aiopslab/host/edge/Files"

export interface ProblemCatalog {
  /** By name, in the order of the names. */
  readonly problems: ReadonlyMap<string, Manifest.Manifest<Problem>>
  readonly suites: ReadonlyMap<string, Manifest.Manifest<Suite>>
  /** Of manifests that could not be read: the others are there nevertheless. */
  readonly failures: ReadonlyArray<LabError>
  /** Reads a manifest that a selector names by its path, as the others were read. */
  readonly read: (file: string) => Effect.Effect<Manifest.Manifest, ReadonlyArray<LabError>>
}

/** A problem and which of its tasks, in the manifest's order. */
export interface Selection {
  readonly manifest: Manifest.Manifest<Problem>
  readonly tasks: ReadonlyArray<string>
}

const isManifest = (file: string): boolean => file.endsWith(".yaml") || file.endsWith(".yml")

const filesBelow = (folder: string): ReadonlyArray<string> =>
  fs.existsSync(folder)
    ? fs
        .readdirSync(folder, { recursive: true, encoding: "utf8" })
        .filter(isManifest)
        .toSorted()
        .map((file) => path.join(folder, file))
    : []

/** A link that leads nowhere is itself: reading it will tell. */
const realPath = (file: string): string => (fs.existsSync(file) ? fs.realpathSync(file) : path.resolve(file))

const unreadable = (file: string, cause: unknown): LabError => {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined
  if (code === "ENOENT") return labError("MANIFEST_NOT_FOUND", { file })
  if (code === "EISDIR") return labError("MANIFEST_IS_DIRECTORY", { file })
  return labError("MANIFEST_UNREADABLE", { file, why: cause instanceof Error ? cause.message : String(cause) })
}

/** Reading a pipe or a device might never end. */
const bytesOf = (file: string): Buffer => {
  const found = fs.statSync(file)
  if (!found.isFile() && !found.isDirectory()) throw new Error(notRegular)
  return fs.readFileSync(file)
}

/** The mistakes of a manifest, whatever its kind; a directory and a missing file are mistakes, too. */
export const readManifest = (file: string, look?: Manifest.Look): Effect.Effect<Manifest.Manifest, ReadonlyArray<LabError>> =>
  Effect.try({ try: () => bytesOf(file), catch: (cause) => [unreadable(file, cause)] }).pipe(
    Effect.flatMap((bytes) => Manifest.decode(file, bytes, look).pipe(Effect.mapError((invalid) => invalid.errors)))
  )

const byName = <A>(map: ReadonlyMap<string, A>): ReadonlyMap<string, A> => new Map([...map].toSorted(([a], [b]) => (a < b ? -1 : 1)))

/** Folders that don't exist hold nothing; a problem found twice under one name is a mistake, the first stays. */
export const load = (folders: ReadonlyArray<string>, look?: Manifest.Look): Effect.Effect<ProblemCatalog, LabError> =>
  Effect.gen(function* () {
    const read = (file: string) => readManifest(file, look)
    const problems = new Map<string, Manifest.Manifest<Problem>>()
    const suites = new Map<string, Manifest.Manifest<Suite>>()
    const ids = new Map<string, string>()
    const failures: Array<LabError> = []
    const files = yield* Effect.forEach(folders, (folder) => attempt(folder, () => filesBelow(folder)))
    // a folder that is reached by two ways is one
    const seen = new Set<string>()
    for (const file of files.flat().map((one) => path.resolve(one))) {
      const real = realPath(file)
      if (seen.has(real)) continue
      seen.add(real)
      const manifest = yield* Effect.result(read(file))
      if (Result.isFailure(manifest)) {
        failures.push(...manifest.failure)
        continue
      }
      const { content } = manifest.success
      const { name } = content.metadata
      const at = manifest.success.locate(["metadata", "name"])
      const other = problems.get(name)?.file ?? suites.get(name)?.file
      if (content.kind === "Matrix") continue
      if (other !== undefined) {
        failures.push(labError("PROBLEM_DUPLICATE_NAME", { name, other }, at))
        continue
      }
      if (content.kind === "Suite") suites.set(name, { ...manifest.success, content })
      else {
        problems.set(name, { ...manifest.success, content })
        for (const [task, { id }] of Object.entries(content.spec.tasks)) {
          if (id === undefined) continue
          const taken = ids.get(id)
          if (taken === undefined) ids.set(id, file)
          else failures.push(labError("PROBLEM_DUPLICATE_ID", { id, other: taken }, manifest.success.locate(["spec", "tasks", task, "id"])))
        }
      }
    }
    return { problems: byName(problems), suites: byName(suites), failures, read }
  })

const allTasks = (manifest: Manifest.Manifest<Problem>): Selection => ({ manifest, tasks: Object.keys(manifest.content.spec.tasks) })

/** Every classic id with the one task that it selects. */
const classicIds = (catalog: ProblemCatalog): ReadonlyMap<string, Selection> => {
  const out = new Map<string, Selection>()
  for (const manifest of catalog.problems.values()) {
    for (const [task, { id }] of Object.entries(manifest.content.spec.tasks))
      if (id !== undefined && !out.has(id)) out.set(id, { manifest, tasks: [task] })
  }
  return out
}

/** `*` is any text and `?` any character; everything else means itself. */
const globOf = (glob: string): RegExp =>
  new RegExp(
    `^${glob
      .replace(/[.+^${}()|[\]\\]/gu, "\\$&")
      .replaceAll("*", ".*")
      .replaceAll("?", ".")}$`,
    "u"
  )

const matching = (catalog: ProblemCatalog, ids: ReadonlyMap<string, Selection>, glob: string): ReadonlyArray<Selection> => {
  const pattern = globOf(glob)
  const whole = [...catalog.problems.values()].filter((manifest) => pattern.test(manifest.content.metadata.name))
  const single = [...ids].filter(([id, { manifest }]) => pattern.test(id) && !whole.includes(manifest)).map(([, selection]) => selection)
  return [...whole.map(allTasks), ...single]
}

/**
 * What the selectors name, in their order, each problem and set of tasks once. `cwd` is where paths begin. All mistakes at once: unknown
 * names, unreadable files.
 */
export const select = (
  catalog: ProblemCatalog,
  selectors: ReadonlyArray<string>,
  cwd: string
): Effect.Effect<ReadonlyArray<Selection>, ReadonlyArray<LabError>> =>
  Effect.gen(function* () {
    const ids = classicIds(catalog)
    const chosen = new Map<string, Selection>()
    const mistakes: Array<LabError> = []
    const choose = (selection: Selection) => {
      const key = `${selection.manifest.content.metadata.name}/${selection.tasks.join(",")}`
      if (!chosen.has(key)) chosen.set(key, selection)
    }
    const one = (selector: string, within: ReadonlyArray<string>, from: string): Effect.Effect<void> =>
      Effect.gen(function* () {
        if (isManifest(selector)) {
          const file = path.resolve(from, selector)
          const manifest = yield* Effect.result(catalog.read(file))
          if (Result.isFailure(manifest)) mistakes.push(...manifest.failure)
          else yield* ofManifest(manifest.success, within)
          return
        }
        const problem = catalog.problems.get(selector)
        const suite = catalog.suites.get(selector)
        const classic = ids.get(selector)
        if (problem !== undefined) choose(allTasks(problem))
        else if (classic !== undefined) choose(classic)
        else if (suite !== undefined) yield* ofManifest(suite, within)
        else {
          const found = selector.includes("*") || selector.includes("?") ? matching(catalog, ids, selector) : []
          if (found.length > 0) found.forEach(choose)
          else {
            const known = [...catalog.problems.keys(), ...ids.keys(), ...catalog.suites.keys()]
            mistakes.push(labError("SELECTOR_UNKNOWN", { selector, nearest: nearest(selector, known) }))
          }
        }
      })
    const ofManifest = (manifest: Manifest.Manifest, within: ReadonlyArray<string>): Effect.Effect<void> => {
      const { content } = manifest
      if (content.kind === "Problem") return Effect.sync(() => choose(allTasks({ ...manifest, content })))
      if (within.includes(manifest.file)) return Effect.void
      return Effect.forEach(content.spec.problems, (selector) => one(selector, [...within, manifest.file], path.dirname(manifest.file)), {
        discard: true
      })
    }
    for (const selector of selectors) yield* one(selector, [], cwd)
    if (mistakes.length > 0) return yield* Effect.fail(mistakes)
    return [...chosen.values()]
  })
