/** The plugins and problems that a command works with. What can't be loaded is told on stderr; the rest works. */
import type { LabError } from "@aiopslab/core/LabError"
import * as Plan from "@aiopslab/core/Plan"
import * as Registry from "@aiopslab/core/Registry"
import * as PluginLoader from "@aiopslab/runtime/PluginLoader"
import * as ProblemCatalog from "@aiopslab/runtime/ProblemCatalog"
import * as Effect from "effect/Effect"
import * as fs from "node:fs"
import * as path from "node:path"
import { fileURLToPath } from "node:url"
import type { Sources } from "../Inputs.ts"
import { errorText } from "../terminal/Errors.ts"
import { note } from "../terminal/Out.ts"

const here = path.dirname(fileURLToPath(import.meta.url))

const warn = (errors: ReadonlyArray<LabError>): Effect.Effect<void> =>
  Effect.forEach(errors, (error) => note(`warning: ${errorText(error)}\n`), { discard: true })

export const plugins = (sources: Sources): Effect.Effect<PluginLoader.LoadedPlugins> =>
  PluginLoader.load({
    cwd: process.cwd(),
    explicit: sources.plugin,
    presets: [{ name: "@aiopslab/preset-default", from: here }]
  }).pipe(Effect.tap(({ failures }) => warn(failures)))

export const registryOf = (loaded: PluginLoader.LoadedPlugins): Registry.Registry =>
  Registry.make(loaded.plugins.map(({ plugin }) => plugin))

/** The problems that come with the program: next to `dist` when installed, in the repository's root else. */
const own = (): ReadonlyArray<string> =>
  [path.resolve(here, "../problems"), path.resolve(here, "../../../../problems")].filter((dir) => fs.existsSync(dir)).slice(0, 1)

export const folders = (sources: Sources): ReadonlyArray<string> => [
  ...(sources.problems.length > 0 ? sources.problems : ["problems"]),
  ...own()
]

/** With the registry, a manifest that can't be decoded is told with its wrong names and configurations, too. */
export const catalog = (sources: Sources, registry?: Registry.Registry): Effect.Effect<ProblemCatalog.ProblemCatalog, LabError> =>
  ProblemCatalog.load(folders(sources), registry === undefined ? undefined : Plan.mistakesIn(registry))

/** As `catalog`; broken manifests are told, and don't keep the others from being used. */
export const catalogWithWarnings = (
  sources: Sources,
  registry?: Registry.Registry
): Effect.Effect<ProblemCatalog.ProblemCatalog, LabError> => catalog(sources, registry).pipe(Effect.tap(({ failures }) => warn(failures)))
