/** The cluster providers that make clusters outside this process. */
import type { ClusterManagement, ClusterProvider } from "@aiopslab/core/ClusterProvider"
import * as Registry from "@aiopslab/core/Registry"
import * as Effect from "effect/Effect"
import type { Sources } from "../Inputs.ts"
import * as Load from "./Load.ts"

export const providers = (sources: Sources): Effect.Effect<ReadonlyArray<ClusterProvider>> =>
  Effect.map(Load.plugins(sources), (loaded) => Registry.all(Load.registryOf(loaded), "ClusterProvider").map(({ component }) => component))

export interface Manager {
  readonly provider: string
  readonly manage: ClusterManagement
}

export const managers = (sources: Sources): Effect.Effect<ReadonlyArray<Manager>> =>
  Effect.map(providers(sources), (all) => all.flatMap(({ manage, name }) => (manage === undefined ? [] : [{ provider: name, manage }])))
