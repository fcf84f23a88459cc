/** The provider as the plugin offers it, and what it needs of the machine. */
import type { ClusterProvider, ClusterServices } from "@aiopslab/core/ClusterProvider"
import * as Playbook from "@aiopslab/core/Playbook"
import { WallClock } from "@aiopslab/core/WallClock"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { plugin } from "../src/index.ts"

const wall = Layer.effect(
  WallClock,
  Effect.map(Clock.Clock, (clock) =>
    WallClock.of({ now: clock.currentTimeMillis, hold: (work) => work, within: () => (work) => Effect.map(work, Option.some) })
  )
)

export const services: Layer.Layer<ClusterServices> = Layer.merge(wall, NodeServices.layer)

export const provider: ClusterProvider = (() => {
  const found = plugin.components.find((component) => component._tag === "ClusterProvider")
  if (found === undefined) throw new Error("no provider")
  return found
})()

export const open = (config: unknown) => provider.open(config, Playbook.empty)
