/** The port `Telemetry` over a simulated world: what it tells follows from the world's epochs, worked out when it is asked. */
import type { Telemetry } from "@aiopslab/core/Telemetry"
import * as Effect from "effect/Effect"
import type { World } from "../World.ts"
import { containerSeries } from "./Containers.ts"
import * as Traffic from "./Traffic.ts"

/** `worldNow` gives the world at the present moment of the caller's clock. */
export const make = (worldNow: Effect.Effect<World>): Telemetry => ({
  metrics: (query) => Effect.map(worldNow, (world) => containerSeries(world, query)),
  traces: (query) => Effect.map(worldNow, (world) => Traffic.spans(world, query)),
  traffic: (query) => Effect.map(worldNow, (world) => Traffic.stats(world, query))
})
