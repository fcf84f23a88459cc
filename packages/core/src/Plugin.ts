/** A plugin: a package that offers components. */
import type { Agent } from "./Agent.ts"
import type { App } from "./App.ts"
import type { Behaviour } from "./Behaviour.ts"
import type { ClusterProvider } from "./ClusterProvider.ts"
import type { Evaluator } from "./Evaluator.ts"
import type { Fault } from "./Fault.ts"
import type { Reporter } from "./Reporter.ts"
import type { Task } from "./Task.ts"
import type { Workload } from "./Workload.ts"

export type Component = App | Behaviour | Workload | Fault | Task | Evaluator | Agent | ClusterProvider | Reporter

/** The version of this contract, as in a package's `"aiopslab": { "apiVersion": 1 }`. */
export const apiVersion = 1

export interface Plugin {
  readonly apiVersion: typeof apiVersion
  /** The package's name. */
  readonly name: string
  readonly components: ReadonlyArray<Component>
  /** A preset brings other plugins, each under its own name. */
  readonly plugins: ReadonlyArray<Plugin>
}

/** What a plugin package exports as `plugin`. */
export const definePlugin = (of: {
  readonly name: string
  readonly components?: ReadonlyArray<Component>
  readonly plugins?: ReadonlyArray<Plugin>
}): Plugin => ({ apiVersion, name: of.name, components: of.components ?? [], plugins: of.plugins ?? [] })
