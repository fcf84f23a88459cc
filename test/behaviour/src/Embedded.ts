/** A situation on a fresh embedded cluster, in virtual time. */
import { plugin } from "@aiopslab/behaviour-busybox"
import type { Behaviour } from "@aiopslab/core/Behaviour"
import { admin } from "@aiopslab/core/Kubernetes"
import { booted } from "@aiopslab/simulator/Boot"
import * as EmbeddedCluster from "@aiopslab/simulator/EmbeddedCluster"
import { loaded } from "@aiopslab/simulator/kubelet/Images"
import { VirtualTime } from "@aiopslab/runtime/time/VirtualTime"
import * as Effect from "effect/Effect"
import { busybox, play } from "./Play.ts"
import type { Situation } from "./Situation.ts"
import { tell } from "./Story.ts"

const behaviours = plugin.components.filter((one): one is Behaviour => one._tag === "Behaviour")

export const run = (situation: Situation, seed: string) =>
  Effect.suspend(() => {
    const bare = booted({ playbook: { behaviours, topologies: {} }, workers: 1, seed })
    const { cluster, power } = EmbeddedCluster.make({ name: "situations", world: loaded(bare, busybox) })
    const where = { namespace: "situation", prefix: "kind-" }
    return Effect.map(play({ api: cluster.api(admin), prefix: where.prefix, power }, situation, where.namespace), (seen) =>
      tell(seen, where)
    )
  }).pipe((trial) => Effect.flatten(new VirtualTime().run(seed, trial)))
