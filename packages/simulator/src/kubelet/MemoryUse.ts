/** What containers and nodes use of memory: every figure, limit and eviction is about this. */
import { record } from "@aiopslab/kubernetes/Json"
import * as Quantity from "@aiopslab/kubernetes/Quantity"
import * as Store from "@aiopslab/kubernetes/Store"
import * as ContainerSeries from "@aiopslab/telemetry/ContainerSeries"
import type { Container } from "../Container.ts"
import { noiseOf } from "../traffic/Noise.ts"
import type { World } from "../World.ts"

/** What the node's own processes hold. */
const systemBytes = 640 * 1_048_576

type Seen = Pick<World, "containers" | "now" | "seed" | "store">

/** In bytes, now: its working set. Nothing of one that doesn't run. */
export const of = ({ now, seed }: Pick<World, "now" | "seed">, container: Container): number =>
  container.state._tag === "Running"
    ? ContainerSeries.memoryOf(
        container.image,
        { at: now, startedAt: container.state.startedAt, memoryHeld: container.holds },
        noiseOf(container, () => seed)
      ).workingSet
    : 0

/** As long as its program goes on as it does it uses no more. */
export const most = ({ holds, image }: Container): number => ContainerSeries.mostMemoryOf(image, holds)

export const capacityOf = (world: Pick<World, "store">, node: string): number => {
  const found = Store.get(world.store, "nodes", "", node)
  // a node that is not there any more sets no limit
  return found === undefined ? Infinity : Quantity.value(record(record(found["status"])["capacity"])["memory"])
}

const sum = (world: Pick<World, "containers">, node: string, bytes: (container: Container) => number): number => {
  let all = systemBytes
  for (const one of world.containers.values()) if (one.node === node && one.state._tag === "Running") all += bytes(one)
  return all
}

/** Bytes that a node has left. */
export const available = (world: Seen, node: string): number => capacityOf(world, node) - sum(world, node, (one) => of(world, one))

/** Bytes that a node has left at least, as long as its programs go on as they do. */
export const surelyAvailable = (world: Seen, node: string): number => capacityOf(world, node) - sum(world, node, most)

/** Bytes that are left on a container's node for it, what it uses now included. */
export const left = (world: Seen, container: Container): number => available(world, container.node) + of(world, container)
