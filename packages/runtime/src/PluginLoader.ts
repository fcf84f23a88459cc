/**
 * Finds and imports plugins: the dependencies of a folder's package.json that carry the keyword `aiopslab-plugin`, packages or files named
 * explicitly, and presets. A plugin that fails to load is told with its reason and with what still works; the others are loaded.
 */
import { labError, type LabError } from "@aiopslab/core/LabError"
import { apiVersion, type Plugin } from "@aiopslab/core/Plugin"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as fs from "node:fs"
import * as path from "node:path"
import { pathToFileURL } from "node:url"
import { readIfThereSync } from "@aiopslab/host/edge/Files"
import type { PluginSource } from "./PluginSource.ts"

export interface LoadedPlugin {
  readonly plugin: Plugin
  /** Of the package that was imported; a preset's plugins share the preset's. */
  readonly source: PluginSource
}

export interface LoadedPlugins {
  /** Each name once, presets taken apart: explicit ones first, then dependencies, then presets. */
  readonly plugins: ReadonlyArray<LoadedPlugin>
  /** What was imported; enough for another thread or process to load the same. */
  readonly sources: ReadonlyArray<PluginSource>
  readonly failures: ReadonlyArray<LabError>
}

const Dependencies = Schema.optionalKey(Schema.Record(Schema.String, Schema.String))
const Manifest = Schema.fromJsonString(
  Schema.Struct({
    name: Schema.optionalKey(Schema.String),
    version: Schema.optionalKey(Schema.String),
    keywords: Schema.optionalKey(Schema.Array(Schema.String)),
    exports: Schema.optionalKey(Schema.Unknown),
    main: Schema.optionalKey(Schema.String),
    dependencies: Dependencies,
    devDependencies: Dependencies,
    optionalDependencies: Dependencies
  })
)
type Manifest = typeof Manifest.Type

const decodeManifest = Schema.decodeUnknownResult(Manifest)

interface Package {
  readonly dir: string
  readonly manifest: Manifest
}

/** Why not, in a few words. */
type Why = string

const readPackage = (dir: string): Result.Result<Package, Why> | undefined => {
  const text = readIfThereSync(path.join(dir, "package.json"))
  if (text === undefined) return undefined
  return Result.mapBoth(decodeManifest(text), {
    onFailure: (error) => `its package.json: ${error.message}`,
    onSuccess: (manifest) => ({ dir: fs.realpathSync(dir), manifest })
  })
}

/** As Node looks for packages: `node_modules` of this folder and of those above. */
const findPackage = (name: string, from: string): Result.Result<Package, Why> => {
  for (let dir = path.resolve(from); ; dir = path.dirname(dir)) {
    const found = readPackage(path.join(dir, "node_modules", name))
    if (found !== undefined) return found
    if (dir === path.dirname(dir)) return Result.fail("the package is not installed")
  }
}

/** Sources run unbuilt where the framework itself does; below `node_modules` Node strips no types. */
const unbuilt = import.meta.url.endsWith(".ts")
const sourceCondition = "@aiopslab/source"

const target = (entry: unknown, conditions: ReadonlyArray<string>): string | undefined => {
  if (typeof entry === "string") return entry
  if (typeof entry !== "object" || entry === null) return undefined
  for (const [condition, value] of Object.entries(entry)) {
    if (!conditions.includes(condition)) continue
    const found = target(value, conditions)
    if (found !== undefined) return found
  }
  return undefined
}

const entryOf = ({ dir, manifest }: Package): string | undefined => {
  const exported = manifest.exports
  const root = typeof exported === "object" && exported !== null && "." in exported ? exported["."] : exported
  const sources = unbuilt && !dir.split(path.sep).includes("node_modules")
  const found = target(root, sources ? [sourceCondition, "node", "import", "default"] : ["node", "import", "default"]) ?? manifest.main
  return found === undefined ? undefined : path.join(dir, found)
}

const sourceOfPackage = (name: string, found: Package): Result.Result<PluginSource, Why> => {
  const entry = entryOf(found)
  return entry === undefined
    ? Result.fail('its package.json exports nothing under "."')
    : Result.succeed({ name, version: found.manifest.version ?? "0.0.0", url: pathToFileURL(entry).href })
}

/** A package's name, or a path of a module, seen from a folder. */
export const resolve = (nameOrPath: string, from: string): Result.Result<PluginSource, Why> => {
  const isPath = nameOrPath.startsWith(".") || path.isAbsolute(nameOrPath)
  if (!isPath) return Result.flatMap(findPackage(nameOrPath, from), (found) => sourceOfPackage(nameOrPath, found))
  const file = path.resolve(from, nameOrPath)
  if (!fs.existsSync(file)) return Result.fail("there is no such file")
  if (!fs.statSync(file).isDirectory()) return Result.succeed({ name: nameOrPath, version: "0.0.0", url: pathToFileURL(file).href })
  const found = readPackage(file)
  if (found === undefined) return Result.fail("the folder has no package.json")
  return Result.flatMap(found, (one) => sourceOfPackage(one.manifest.name ?? nameOrPath, one))
}

type Found = readonly [name: string, source: Result.Result<PluginSource, Why>]

/** The plugins among the dependencies of a folder. */
const scan = (cwd: string): ReadonlyArray<Found> => {
  const root = readPackage(cwd)
  if (root === undefined || Result.isFailure(root)) return []
  const { dependencies, devDependencies, optionalDependencies } = root.success.manifest
  const names = Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies }).toSorted()
  return names.flatMap((name): ReadonlyArray<Found> => {
    const found = findPackage(name, cwd)
    if (Result.isFailure(found) || !(found.success.manifest.keywords?.includes("aiopslab-plugin") ?? false)) return []
    return [[name, sourceOfPackage(name, found.success)]]
  })
}

const isPlugin = (value: unknown): value is Plugin =>
  typeof value === "object" &&
  value !== null &&
  "name" in value &&
  typeof value.name === "string" &&
  "components" in value &&
  Array.isArray(value.components) &&
  "plugins" in value &&
  Array.isArray(value.plugins)

const importPlugin = (source: PluginSource): Effect.Effect<Plugin, Why> =>
  Effect.tryPromise({
    try: (): Promise<unknown> => import(source.url),
    catch: (cause) => (cause instanceof Error ? (cause.message.split("\n", 1)[0] ?? "") : String(cause))
  }).pipe(
    Effect.flatMap((module) => {
      const plugin = typeof module === "object" && module !== null && "plugin" in module ? module.plugin : undefined
      if (!isPlugin(plugin)) return Effect.fail("the module exports no `plugin`")
      if (plugin.apiVersion !== apiVersion)
        return Effect.fail(
          `it was made for version ${String(plugin.apiVersion)} of the plugin contract, this is version ${String(apiVersion)}`
        )
      return Effect.succeed(plugin)
    })
  )

const apart = (plugin: Plugin): ReadonlyArray<Plugin> => [{ ...plugin, plugins: [] }, ...plugin.plugins.flatMap(apart)]

const loadAll = (found: ReadonlyArray<Found>): Effect.Effect<LoadedPlugins> =>
  Effect.gen(function* () {
    const plugins = new Map<string, LoadedPlugin>()
    const sources: Array<PluginSource> = []
    const failed: Array<readonly [name: string, why: Why]> = []
    for (const [name, source] of found) {
      if (Result.isFailure(source)) {
        failed.push([name, source.failure])
        continue
      }
      if (sources.some((known) => known.url === source.success.url)) continue
      const imported = yield* Effect.result(importPlugin(source.success))
      if (Result.isFailure(imported)) {
        failed.push([name, imported.failure])
        continue
      }
      sources.push(source.success)
      for (const plugin of apart(imported.success))
        if (!plugins.has(plugin.name)) plugins.set(plugin.name, { plugin, source: source.success })
    }
    const working = [...plugins.keys()]
    return {
      plugins: [...plugins.values()],
      sources,
      failures: failed.map(([plugin, why]) => labError("PLUGIN_LOAD_FAILED", { plugin, why, working }))
    }
  })

/** `explicit` are names or paths seen from `cwd`; `presets` come with the program that runs. Never fails: see `failures`. */
export const load = (options: {
  readonly cwd: string
  readonly explicit: ReadonlyArray<string>
  readonly presets: ReadonlyArray<{ readonly name: string; readonly from: string }>
}): Effect.Effect<LoadedPlugins> =>
  Effect.suspend(() =>
    loadAll([
      ...options.explicit.map((name): Found => [name, resolve(name, options.cwd)]),
      ...scan(options.cwd),
      ...options.presets.map(({ from, name }): Found => [name, resolve(name, from)])
    ])
  )

/** The same plugins again, in another thread or process. */
export const loadSources = (sources: ReadonlyArray<PluginSource>): Effect.Effect<LoadedPlugins> =>
  loadAll(sources.map((source): Found => [source.name, Result.succeed(source)]))

/** The version under which a plugin was loaded. */
export const versionOf = (loaded: LoadedPlugins, plugin: string): Option.Option<string> =>
  Option.fromUndefinedOr(loaded.plugins.find((one) => one.plugin.name === plugin)?.source.version)
