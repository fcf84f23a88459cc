/** Carries out the hidden group's `ContainerKill`: at once, and every so often while it exists. What follows is the kubelet's. */
import { ContainerKillSpec, ContainerKillStatus } from "@aiopslab/core/ContainerKill"
import { planeNamespace } from "@aiopslab/core/Workload"
import * as Selector from "@aiopslab/kubernetes/Selector"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { Controller } from "../Controller.ts"
import { keyOf, parseKey } from "../Controller.ts"
import { asPod } from "../Kinds.ts"
import * as Program from "../kubelet/Program.ts"
import { containerKills } from "../Plane.ts"
import type { Turn } from "../Turn.ts"

const name = "containerkills"

const decodeSpec = Schema.decodeUnknownOption(ContainerKillSpec)
const decodeStatus = Schema.decodeUnknownOption(ContainerKillStatus)

/** As SIGKILL ends a process. */
const killed = 137

const kill = (turn: Turn, { container: asked, namespace, pods }: ContainerKillSpec): number => {
  const selector = Selector.fromLabelSelector({ matchLabels: pods })
  const hit = turn.containers.valuesArray().filter((one) => {
    if (one.namespace !== namespace || one.name !== asked || one.state._tag !== "Running" || one.node in turn.stopped) return false
    const pod = turn.get("pods", namespace, one.pod)
    return pod?.metadata.uid === one.podUid && Selector.matches(selector, asPod(pod).metadata.labels)
  })
  for (const one of hit) Program.end(turn, one, killed)
  return hit.length
}

export const containerKiller: Controller = {
  name,
  resources: [containerKills],
  observe: (turn, { object }) => turn.enqueue(name, keyOf(object)),
  reconcile: (turn, key) => {
    const [namespace, object] = parseKey(key)
    const found = namespace === planeNamespace ? turn.get(containerKills, namespace, object) : undefined
    const spec = found === undefined ? undefined : Option.getOrUndefined(decodeSpec(found["spec"]))
    if (found === undefined || spec === undefined) return
    const before = Option.getOrUndefined(decodeStatus(found["status"]))
    if (before !== undefined && turn.now < before.lastAt + spec.everyMillis) return
    const status: ContainerKillStatus = { lastAt: turn.now, kills: (before?.kills ?? 0) + kill(turn, spec) }
    turn.put(containerKills, { ...found, status })
    turn.schedule(turn.now + spec.everyMillis, { _tag: "Requeue", controller: name, key })
  }
}
