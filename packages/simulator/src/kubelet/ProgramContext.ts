/** What a program knows of its container, and what it would answer. */
import type { NetworkReply, NetworkRequest, ProgramContext } from "@aiopslab/core/Behaviour"
import type { Container } from "../Container.ts"
import * as Draw from "../Draw.ts"
import type { World } from "../World.ts"
import * as Files from "./Files.ts"

/** A connection to nobody. */
export const reset: NetworkReply = { _tag: "failure", failure: "reset", message: "read: connection reset by peer" }

export const contextOf = (world: World, container: Container, random: () => number): ProgramContext => ({
  now: world.now,
  namespace: container.namespace,
  pod: container.pod,
  podIp: container.podIp,
  node: container.node,
  container: container.name,
  image: container.image,
  argv: container.argv,
  env: container.env,
  restarts: container.restarts,
  file: (path) => Files.read(world, container, path),
  list: (directory) => Files.list(world, container, directory),
  isReadOnly: (path) => Files.isReadOnly(container, path),
  data: (path) => Files.data(world, container, path),
  random,
  ...(container.input === undefined ? {} : { input: container.input })
})

/** What the program would answer, without consequences. */
export const peek = (world: World, container: Container, request: NetworkRequest): NetworkReply => {
  if (container.program === undefined) return reset
  let draws = 0
  const context = contextOf(world, container, () => Draw.uniform(world.seed, `peek ${container.key}`, draws++))
  for (const effect of container.program.step(container.memory, { _tag: "Request", request }, context).effects) {
    if (effect._tag === "Answer") return effect.reply
  }
  return reset
}
