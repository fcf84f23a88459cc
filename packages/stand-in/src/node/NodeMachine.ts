/** What the agent needs of the node that it is on. */
import type { LabError } from "@aiopslab/core/LabError"
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { Command } from "./Impairing.ts"
import type { Disturbance } from "./Ways.ts"

export class NodeMachine extends Context.Service<
  NodeMachine,
  {
    /** As Kubernetes calls it. */
    readonly node: string
    /** Runs one of the node's own programs, and gives what it printed. */
    readonly run: (command: Command) => Effect.Effect<string, LabError>
    /** SIGKILL for the first process of a container; one that has none is let off. */
    readonly kill: (container: string) => Effect.Effect<void>
    /** What packets meet that come to the relay, by VXLAN's number; those of others are lost. */
    readonly relay: (legs: ReadonlyMap<number, ReadonlyArray<Disturbance>>) => Effect.Effect<void>
  }
>()("@aiopslab/stand-in/node/NodeMachine") {}
