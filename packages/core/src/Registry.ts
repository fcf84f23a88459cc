/** The components of the installed plugins, by kind and name. Pure; a name that two plugins offer is an error only where it is asked for. */
import * as Result from "effect/Result"
import { labError, type LabError, type Location } from "./LabError.ts"
import { nearest } from "./Nearest.ts"
import type { Component, Plugin } from "./Plugin.ts"

type ByKind = { readonly [C in Component as C["_tag"]]: C }

export type Kind = keyof ByKind
export type OfKind<K extends Kind> = ByKind[K]

/** A component and the plugin that offers it. */
export interface Owned<C extends Component = Component> {
  readonly plugin: string
  readonly component: C
}

export interface Registry {
  /** Presets flattened, each plugin once, in the order in which they were given. */
  readonly plugins: ReadonlyArray<Plugin>
  readonly components: ReadonlyArray<Owned>
}

const flatten = (plugins: ReadonlyArray<Plugin>, seen: Set<Plugin>): ReadonlyArray<Plugin> =>
  plugins.flatMap((plugin) => {
    if (seen.has(plugin)) return []
    seen.add(plugin)
    return [plugin, ...flatten(plugin.plugins, seen)]
  })

export const make = (plugins: ReadonlyArray<Plugin>): Registry => {
  const flat = flatten(plugins, new Set())
  return {
    plugins: flat,
    components: flat.flatMap((plugin) => plugin.components.map((component) => ({ plugin: plugin.name, component })))
  }
}

const isOf =
  <K extends Kind>(kind: K) =>
  (owned: Owned): owned is Owned<OfKind<K>> =>
    owned.component._tag === kind

/** All components of a kind, in the plugins' order. */
export const all = <K extends Kind>(registry: Registry, kind: K): ReadonlyArray<Owned<OfKind<K>>> => registry.components.filter(isOf(kind))

/** How messages call a kind. */
export const kindName: { readonly [K in Kind]: string } = {
  App: "app",
  Behaviour: "behaviour",
  Workload: "workload",
  Fault: "fault",
  Task: "task",
  Evaluator: "evaluator",
  Agent: "agent",
  ClusterProvider: "cluster",
  Reporter: "reporter"
}

/** The component that `use: name` or `use: plugin/name` means: PLUGIN_UNKNOWN_COMPONENT, PLUGIN_NAME_CONFLICT. */
export const lookup = <K extends Kind>(
  registry: Registry,
  kind: K,
  use: string,
  location?: Location
): Result.Result<Owned<OfKind<K>>, LabError> => {
  const offered = all(registry, kind)
  const found = offered.filter((each) => each.component.name === use || `${each.plugin}/${each.component.name}` === use)
  const [first] = found
  if (first === undefined) {
    const slash = use.lastIndexOf("/")
    const names = offered.map((each) => (slash === -1 ? each.component.name : `${each.plugin}/${each.component.name}`))
    const guess =
      nearest(use, names) ??
      nearest(
        use.slice(slash + 1),
        offered.map((each) => each.component.name)
      )
    return Result.fail(labError("PLUGIN_UNKNOWN_COMPONENT", { kind: kindName[kind], name: use, nearest: guess }, location))
  }
  return found.length === 1
    ? Result.succeed(first)
    : Result.fail(labError("PLUGIN_NAME_CONFLICT", { kind: kindName[kind], name: use, owners: found.map((each) => each.plugin) }, location))
}
