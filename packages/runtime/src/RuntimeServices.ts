/** What running trials needs of the machine: its clock, and programs to start. Composed once, at the edge of a process or thread. */
import type { WallClock } from "@aiopslab/core/WallClock"
import * as NodeChildProcessSpawner from "@effect/platform-node/NodeChildProcessSpawner"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodePath from "@effect/platform-node/NodePath"
import * as Layer from "effect/Layer"
import type { ChildProcessSpawner } from "effect/process/ChildProcessSpawner"
import * as WallClockLive from "./time/WallClockLive.ts"

export type RuntimeServices = WallClock | ChildProcessSpawner

export const layer: Layer.Layer<RuntimeServices> = Layer.mergeAll(
  WallClockLive.layer,
  NodeChildProcessSpawner.layer.pipe(Layer.provide([NodeFileSystem.layer, NodePath.layer]))
)
