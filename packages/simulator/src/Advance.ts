/**
 * Moves a world on. Timers fire in order of time; after each moment controllers run until nothing changes, so the result does not depend
 * on how often somebody looked in between. What happens by itself costs what it changes: a quiet stretch of any length costs nothing.
 */
import type { Identity, KubeStatus } from "@aiopslab/core/Kubernetes"
import type { Write } from "@aiopslab/kubernetes/Host"
import * as Store from "@aiopslab/kubernetes/Store"
import type { Outside } from "@aiopslab/kubernetes/web/Outside"
import * as Result from "effect/Result"
import type { Controller } from "./Controller.ts"
import { controllers } from "./controllers/All.ts"
import { asPod } from "./Kinds.ts"
import { kubelet } from "./kubelet/Kubelet.ts"
import * as Probes from "./kubelet/Probes.ts"
import * as Program from "./kubelet/Program.ts"
import { networkImpairments, traffics } from "./Plane.ts"
import type { Timer } from "./Timer.ts"
import { timeOf } from "./Timer.ts"
import { Turn } from "./Turn.ts"
import type { World } from "./World.ts"

const byName: ReadonlyMap<string, Controller> = new Map(controllers.map((controller) => [controller.name, controller]))

const byResource: ReadonlyMap<string, ReadonlyArray<Controller>> = (() => {
  const out = new Map<string, Array<Controller>>()
  for (const controller of controllers) {
    for (const resource of controller.resources) out.set(resource, [...(out.get(resource) ?? []), controller])
  }
  return out
})()

/** Controllers that want to see every change: garbage collection and namespaces. */
const ofAll = byResource.get("*") ?? []

/** Objects whose changes begin a new epoch. */
const relevantResources: ReadonlySet<string> = new Set([
  "pods",
  "endpoints",
  "services",
  "configmaps",
  "secrets",
  "networkpolicies.networking.k8s.io",
  networkImpairments,
  traffics
])

/** More than any rollout needs; a controller that doesn't come to rest is a defect, and must not hang. */
const mostReconciles = 200_000

const fire = (turn: Turn, timer: Timer): void => {
  switch (timer._tag) {
    case "Pod": {
      const pod = turn.pods.get(timer.uid)
      if (pod !== undefined) turn.enqueue("kubelet", `${pod.namespace}/${pod.name}/${pod.uid}`)
      return
    }
    case "Probe":
      return Probes.fire(turn, timer)
    case "Program":
      return Program.fireTimer(turn, timer.container, timer.instance, timer.name, timer.sequence)
    case "Call":
      return Program.call(turn, timer.container, timer.instance, timer.call)
    case "Reply":
      return Program.deliver(turn, timer.container, timer.instance, timer.id, timer.reply)
    case "Requeue":
      return turn.enqueue(timer.controller, timer.key)
  }
}

const observe = (turn: Turn): void => {
  const { revision } = turn.store
  if (revision === turn.observed) return
  const changes = Store.changesAfter(turn.store, turn.observed) ?? []
  turn.observed = revision
  for (const change of changes) {
    if (relevantResources.has(change.resource)) turn.relevant = true
    for (const controller of byResource.get(change.resource) ?? []) controller.observe(turn, change)
    for (const controller of ofAll) controller.observe(turn, change)
  }
}

/** Controllers run until nothing is left to do at this moment. */
const settle = (turn: Turn): void => {
  for (let count = 0; count < mostReconciles; count++) {
    observe(turn)
    const next = turn.queue.values().next()
    if (next.done === true) return beginEpoch(turn)
    turn.queue.delete(next.value)
    const space = next.value.indexOf(" ")
    const [name, key] = [next.value.slice(0, space), next.value.slice(space + 1)]
    if (name === kubelet.name && isStopped(turn, key)) continue
    byName.get(name)?.reconcile(turn, key)
  }
  throw new Error(`controllers did not come to rest at ${turn.now}: ${[...turn.queue].slice(0, 5).join(", ")}`)
}

/** The kubelet of a node that is switched off does nothing; it looks at its pods when it is back. */
const isStopped = (turn: Turn, key: string): boolean => {
  for (const node in turn.stopped) {
    const [namespace = "", name = "", uid = ""] = key.split("/")
    const pod = turn.get("pods", namespace, name)
    if ((turn.pods.get(uid)?.node ?? (pod === undefined ? "" : asPod(pod).spec.nodeName)) === node) return pod !== undefined
  }
  return false
}

const beginEpoch = (turn: Turn): void => {
  if (!turn.relevant) return
  turn.relevant = false
  const before = turn.epochs?.from === turn.now ? turn.epochs.before : turn.epochs
  turn.epochs = before
  turn.epochs = { from: turn.now, world: turn.freeze(), before }
}

/** The world at a later moment, milliseconds since the epoch; the same world when that moment has passed already. */
export const advance = (world: World, until: number, outside?: Outside): World => {
  if (until <= world.now && world.timers.isEmpty) return world
  const first = world.timers.minKey()
  if (first === undefined || timeOf(first) > until) return until <= world.now ? world : { ...world, now: until }
  const turn = new Turn(world, outside)
  for (let key = turn.timers.minKey(); key !== undefined && timeOf(key) <= until; key = turn.timers.minKey()) {
    const at = timeOf(key)
    turn.now = Math.max(turn.now, at)
    for (; key !== undefined && timeOf(key) <= turn.now; key = turn.timers.minKey()) {
      const timer = turn.timers.get(key)
      turn.timers = turn.timers.without(key)
      if (timer !== undefined) fire(turn, timer)
    }
    settle(turn)
  }
  turn.now = Math.max(turn.now, until)
  return turn.freeze()
}

/**
 * A write of a client at the world's present moment, and everything that controllers do about it at once. A write that is refused leaves
 * nothing but what the webhooks that were asked did.
 */
export const attempt = <A>(
  world: World,
  identity: Identity,
  change: Write<A>,
  outside?: Outside
): readonly [Result.Result<A, KubeStatus>, World] => {
  const turn = new Turn(world, outside)
  const result = change(turn.store, turn.contextOf(identity))
  if (Result.isFailure(result)) {
    if (turn.containers === world.containers) return [Result.fail(result.failure), world]
    settle(turn)
    return [Result.fail(result.failure), turn.freeze()]
  }
  const [answer, store] = result.success
  if (store === turn.store && turn.containers === world.containers) return [Result.succeed(answer), turn.freeze()]
  turn.store = store
  settle(turn)
  return [Result.succeed(answer), turn.freeze()]
}

export const write = <A>(world: World, identity: Identity, change: Write<A>): Result.Result<readonly [A, World], KubeStatus> => {
  const [result, next] = attempt(world, identity, change)
  return Result.map(result, (answer) => [answer, next] as const)
}

/** Any other change of a world at its present moment (an exec'd command, a boot), and what controllers do about it. */
export const change = <A>(world: World, body: (turn: Turn) => A, outside?: Outside): readonly [A, World] => {
  const turn = new Turn(world, outside)
  const answer = body(turn)
  settle(turn)
  return [answer, turn.freeze()]
}
