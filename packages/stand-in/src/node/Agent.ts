/**
 * The agent of one node: carries out the hidden group's `NetworkImpairment` and `ContainerKill` on the node's pods. It looks at the objects,
 * at the pods and at the kernel, and mends what differs; it remembers nothing, so another one can go on at any moment.
 */
import { ContainerKillSpec } from "@aiopslab/core/ContainerKill"
import * as KubeClient from "@aiopslab/core/KubeClient"
import type { KubeApi, KubeObject, KubeStatus } from "@aiopslab/core/Kubernetes"
import { type LabError, labError } from "@aiopslab/core/LabError"
import { NetworkImpairmentSpec } from "@aiopslab/core/NetworkImpairment"
import * as Pods from "@aiopslab/core/Pods"
import { planeNamespace } from "@aiopslab/core/Workload"
import { record, string, stringRecord } from "@aiopslab/kubernetes/Json"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Held from "./Held.ts"
import { type Command, type Impairing, netem, probe, relaying } from "./Impairing.ts"
import * as Kills from "./Kills.ts"
import { NodeMachine } from "./NodeMachine.ts"
import * as Plumbing from "./Plumbing.ts"
import { type Impairment, type Sender, sendersOf } from "./Ways.ts"

type Failure = KubeStatus | LabError

const { containerKills, networkImpairments, pods, services } = KubeClient.resources

const decodeImpairment = Schema.decodeUnknownOption(NetworkImpairmentSpec)
const decodeKill = Schema.decodeUnknownOption(ContainerKillSpec)

const addressOf = ({ status }: KubeObject): ReadonlyArray<string> => {
  const address = string(record(status)["podIP"])
  return address === undefined ? [] : [address]
}

/** Whether the pod has a network of its own on the node, or will have. */
const isOn =
  (node: string) =>
  ({ spec, status }: KubeObject): boolean => {
    const { hostNetwork, nodeName } = record(spec)
    const { phase } = record(status)
    return nodeName === node && hostNetwork !== true && phase !== "Succeeded" && phase !== "Failed"
  }

const selected = (api: KubeApi, namespace: string, labels: Pods.Labels) =>
  KubeClient.list(api, pods, namespace, { labelSelector: Pods.selectorOf(labels) })

/** Of the pods, and of the Services that lead to nobody else: packets are on their way to one when they leave a pod. */
const addressesOf = Effect.fnUntraced(function* (api: KubeApi, namespace: string, labels: Pods.Labels) {
  const found = yield* selected(api, namespace, labels)
  const leading = (yield* KubeClient.list(api, services, namespace)).flatMap(({ spec }) => {
    const { clusterIP, selector } = record(spec)
    const isTheirs = Object.entries(labels).every(([key, value]) => stringRecord(selector)[key] === value)
    return isTheirs && typeof clusterIP === "string" && clusterIP !== "None" && clusterIP !== "" ? [clusterIP] : []
  })
  return [...found.flatMap(addressOf), ...leading]
})

/** An object, and the pods of this node that it concerns: none when it is going. */
interface Concern<Spec> {
  readonly object: KubeObject
  readonly spec: Spec
  readonly pods: ReadonlyArray<KubeObject>
}

const concerns = Effect.fnUntraced(function* <Spec extends { readonly namespace: string; readonly pods: Pods.Labels }>(
  api: KubeApi,
  resource: KubeClient.Resource,
  node: string,
  decode: (spec: unknown) => Option.Option<Spec>
): Effect.fn.Return<ReadonlyArray<Concern<Spec>>, KubeStatus> {
  const out: Array<Concern<Spec>> = []
  for (const object of yield* KubeClient.list(api, resource, planeNamespace)) {
    const spec = Option.getOrUndefined(decode(object["spec"]))
    if (spec === undefined) continue
    const found = Held.isGoing(object) ? [] : (yield* selected(api, spec.namespace, spec.pods)).filter(isOn(node))
    const ours = found.length > 0 && (yield* Held.hold(api, resource, node, object))
    out.push({ object, spec, pods: ours ? found : [] })
  }
  return out
})

export interface Agent {
  /** Once: what is, is as the objects say. */
  readonly look: Effect.Effect<void, Failure>
  /** Leaves nothing on the node, whatever the objects say. */
  readonly clean: Effect.Effect<void, Failure>
}

const driverOf = Effect.gen(function* () {
  const { run } = yield* NodeMachine
  const ended = Effect.ignore(run(probe.end))
  // one that died in between left it
  yield* ended
  const works = yield* run(probe.begin).pipe(
    Effect.andThen(run(probe.use)),
    Effect.match({ onSuccess: () => true, onFailure: () => false })
  )
  yield* ended
  return works ? netem : relaying
})

const answered = <A>(question: Command, decode: (text: string) => Effect.Effect<A, Schema.SchemaError>) =>
  Effect.flatMap(NodeMachine, ({ run }) => run(question)).pipe(
    Effect.flatMap(decode),
    Effect.catchTag("SchemaError", ({ message }) =>
      Effect.fail(labError("CLUSTER_COMMAND_FAILED", { command: question.join(" "), exit: 0, said: message }))
    )
  )

const interfaces = Effect.all({
  links: answered(Plumbing.questions.links, Plumbing.decodeLinks),
  routes: answered(Plumbing.questions.routes, Plumbing.decodeRoutes)
})

/** Brings the node's network to where these meet what they should, and nobody else anything. */
const converge = Effect.fnUntraced(function* (senders: ReadonlyArray<Sender>, driver: Impairing) {
  const { relay, run } = yield* NodeMachine
  const { commands, legs, unreachable } = Plumbing.change(yield* interfaces, senders, driver)
  yield* relay(legs)
  yield* Effect.forEach(commands, run, { discard: true })
  for (const address of unreachable) yield* Effect.logWarning(`no interface of its own leads to ${address}: it is not impaired`)
})

export const make = Effect.fn("Agent.make")(function* (api: KubeApi): Effect.fn.Return<Agent, never, NodeMachine> {
  const machine = yield* NodeMachine
  const { kill, node } = machine
  const driver = yield* driverOf
  yield* Effect.logInfo(`packets are impaired by ${driver.name}`)

  const impaired = Effect.fnUntraced(function* ({
    pods: found,
    spec
  }: Concern<NetworkImpairmentSpec>): Effect.fn.Return<Impairment, KubeStatus> {
    const to = spec.to === undefined || found.length === 0 ? undefined : yield* addressesOf(api, spec.namespace, spec.to)
    return { effect: spec.effect, from: found.flatMap(addressOf), to }
  })

  const released = (resource: KubeClient.Resource, all: ReadonlyArray<Concern<unknown>>) =>
    Effect.forEach(
      all.filter((one) => one.pods.length === 0),
      ({ object }) => Held.release(api, resource, node, object),
      { discard: true }
    )

  // what saves two processes a second: where nothing was left, nothing comes without an object
  let atRest = false
  const network = Effect.gen(function* () {
    const all = yield* concerns(api, networkImpairments, node, decodeImpairment)
    const senders = sendersOf(yield* Effect.forEach(all, impaired))
    if (senders.length > 0 || !atRest) yield* converge(senders, driver)
    atRest = senders.length === 0
    yield* released(networkImpairments, all)
  })

  const containers = Effect.gen(function* () {
    const all = yield* concerns(api, containerKills, node, decodeKill)
    const now = yield* Clock.currentTimeMillis
    for (const { object, pods: found, spec } of all) {
      yield* Effect.forEach(Kills.due(spec, object.metadata.creationTimestamp ?? "", found, now), kill, { discard: true })
    }
    yield* released(containerKills, all)
  })

  const on = Effect.provideService(NodeMachine, machine)
  // a network that can't be as it should keeps nobody from the containers
  const look = Effect.gen(function* () {
    const impaired = yield* Effect.exit(network)
    yield* containers
    yield* impaired
  })
  return { look: look.pipe(on), clean: converge([], driver).pipe(on) }
})
