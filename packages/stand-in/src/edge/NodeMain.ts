/** The process of the agent on a node. Told to end, it leaves the node as it was; killed, it leaves that to its successor. */
import { admin } from "@aiopslab/core/Kubernetes"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { writeFileSync } from "node:fs"
import * as Agent from "../node/Agent.ts"
import { readyFile } from "../plane/NodeAgent.ts"
import { endWith, terminated } from "./Ending.ts"
import { inCluster } from "./InCluster.ts"
import * as NodeHost from "./NodeHost.ts"

/** How often everything is looked at. */
const every = "1 second"

/** Runs until the process is told to end. */
export const main = (): void => {
  const program = Effect.gen(function* () {
    const client = yield* inCluster
    const agent = yield* Agent.make(client(admin))
    const look = agent.look.pipe(
      Effect.tap(() => Effect.sync(() => writeFileSync(readyFile, ""))),
      Effect.catch((failure) => Effect.logWarning(`the node stays as it is: ${failure.message}`))
    )
    yield* Effect.raceFirst(Effect.repeat(look, Schedule.spaced(every)), terminated)
    yield* agent.clean
    return 0
  }).pipe(Effect.provide(NodeHost.layer(process.env["NODE_NAME"] ?? "")), Effect.scoped)
  endWith(program)
}
