/**
 * A world while a reducer works on it. The fields are replaced, never the values in them, so that worlds frozen earlier stay as they
 * were. A turn is local to one call of `advance` or `write` and never escapes it.
 */
import type { Identity, KubeObject, KubeStatus } from "@aiopslab/core/Kubernetes"
import * as Author from "@aiopslab/kubernetes/apply/Author"
import { Ownership, ownershipOf } from "@aiopslab/kubernetes/apply/Ownership"
import type { WriteContext } from "@aiopslab/kubernetes/Host"
import type { RemoveOptions } from "@aiopslab/kubernetes/Registry"
import type { Resource } from "@aiopslab/kubernetes/Scheme"
import * as Store from "@aiopslab/kubernetes/Store"
import type { Outside } from "@aiopslab/kubernetes/web/Outside"
import * as Result from "effect/Result"
import type * as BTree from "sorted-btree"
import { registry } from "./Admission.ts"
import type { AutoscalerMemory } from "./controllers/AutoscaleRules.ts"
import type { Container } from "./Container.ts"
import * as Draw from "./Draw.ts"
import type { Told } from "./Events.ts"
import type { Heartbeats } from "./heartbeats/Heartbeats.ts"
import type { Visit } from "./traffic/Visits.ts"
import type { Pressure } from "./kubelet/MemoryPressure.ts"
import type { PodRuntime } from "./kubelet/PodRuntime.ts"
import type { ProbeState } from "./kubelet/ProbeState.ts"
import * as Webhooks from "./host/Webhooks.ts"
import { schemeAt } from "./Plane.ts"
import type { Timer } from "./Timer.ts"
import { timerKey } from "./Timer.ts"
import * as Writers from "./Writers.ts"
import type { Epoch, Setting, Volume, World } from "./World.ts"

export class Turn implements World {
  readonly setting: Setting
  readonly seed: string
  store: Store.Store
  now: number
  timers: BTree.default<string, Timer>
  draws: number
  uids: number
  sequence: number
  addresses: Readonly<Record<string, number>>
  containers: BTree.default<string, Container>
  pods: BTree.default<string, PodRuntime>
  probes: BTree.default<string, ProbeState>
  volumes: Readonly<Record<string, Volume>>
  images: Readonly<Record<string, number>>
  stopped: Readonly<Record<string, number>>
  evictions: Readonly<Record<string, number>>
  pressures: Readonly<Record<string, Pressure>>
  heartbeats: Heartbeats
  failures: Readonly<Record<string, number>>
  autoscalers: Readonly<Record<string, AutoscalerMemory>>
  visits: Visit | undefined
  told: BTree.default<string, Told>
  observed: number
  epochs: Epoch | undefined

  /** Set when something changed that matters to traffic and is not an object of the store. */
  relevant = false
  /** What controllers have to look at: `controller key`, in order of arrival. */
  readonly queue = new Set<string>()
  readonly context: WriteContext

  /** Webhooks outside the cluster; undefined: there is no outside. */
  readonly outside: Outside | undefined

  constructor(world: World, outside?: Outside) {
    this.outside = outside
    this.setting = world.setting
    this.seed = world.seed
    this.store = world.store
    this.now = world.now
    this.timers = world.timers
    this.draws = world.draws
    this.uids = world.uids
    this.sequence = world.sequence
    this.addresses = world.addresses
    this.containers = world.containers
    this.pods = world.pods
    this.probes = world.probes
    this.volumes = world.volumes
    this.images = world.images
    this.stopped = world.stopped
    this.evictions = world.evictions
    this.pressures = world.pressures
    this.heartbeats = world.heartbeats
    this.failures = world.failures
    this.autoscalers = world.autoscalers
    this.visits = world.visits
    this.told = world.told
    this.observed = world.observed
    this.epochs = world.epochs
    this.context = this.contextOf(Writers.controllers)
  }

  freeze(): World {
    return {
      setting: this.setting,
      store: this.store,
      now: this.now,
      timers: this.timers,
      seed: this.seed,
      draws: this.draws,
      uids: this.uids,
      sequence: this.sequence,
      addresses: this.addresses,
      containers: this.containers,
      pods: this.pods,
      probes: this.probes,
      volumes: this.volumes,
      images: this.images,
      stopped: this.stopped,
      evictions: this.evictions,
      pressures: this.pressures,
      heartbeats: this.heartbeats,
      failures: this.failures,
      autoscalers: this.autoscalers,
      visits: this.visits,
      told: this.told,
      observed: this.observed,
      epochs: this.epochs
    }
  }

  /** Reads the turn's clock when it is used. */
  contextOf(identity: Identity): WriteContext {
    const now = () => this.now
    return {
      identity,
      get now() {
        return now()
      },
      uid: () => Draw.uuid(this.seed, this.uids++),
      suffix: () => this.letters(5),
      post: (target, request, timeoutSeconds) => Webhooks.post(this, target, request, timeoutSeconds)
    }
  }

  /** Uniform in [0, 1). */
  draw(label: string): number {
    return Draw.uniform(this.seed, label, this.draws++)
  }

  /** 32 bits, uniform in [0, 2^32). */
  bits(label: string): number {
    return Math.floor(this.draw(label) * 2 ** 32)
  }

  /** A whole number of milliseconds, uniform in [from, to). */
  millis(label: string, from: number, to: number): number {
    return from + Math.floor(this.draw(label) * (to - from))
  }

  letters(length: number): string {
    return Draw.letters(this.seed, "suffix", this.draws++, length)
  }

  hex(label: string, words: number): string {
    return Draw.hex(this.seed, label, this.draws++, words)
  }

  /** Sets a timer and gives its sequence. A time in the past is now. */
  schedule(at: number, timer: Timer): number {
    const sequence = ++this.sequence
    this.timers = this.timers.with(timerKey(Math.max(this.now, Math.ceil(at)), sequence), timer, true)
    return sequence
  }

  enqueue(controller: string, key: string): void {
    this.queue.add(`${controller} ${key}`)
  }

  /** Looks again after 5 ms, doubling to 1000 s: client-go's default rate limiter. */
  retry(controller: string, key: string): void {
    const item = `${controller} ${key}`
    const count = this.failures[item] ?? 0
    this.failures = { ...this.failures, [item]: count + 1 }
    this.schedule(this.now + Math.min(5 * 2 ** count, 1_000_000), { _tag: "Requeue", controller, key })
  }

  /** It went well: the next failure is a first one. */
  forgive(controller: string, key: string): void {
    const item = `${controller} ${key}`
    if (!(item in this.failures)) return
    const { [item]: _, ...failures } = this.failures
    this.failures = failures
  }

  setContainer(container: Container): void {
    this.containers = this.containers.with(container.key, container, true)
    if (container.probed) this.enqueue("kubelet", `${container.namespace}/${container.pod}/${container.podUid}`)
  }

  setPod(pod: PodRuntime): void {
    this.pods = this.pods.with(pod.uid, pod, true)
  }

  /** A component's write, which owns what it changes; `at` when it is written down later than it happened. */
  put(resource: string, object: KubeObject, writer: Identity = Writers.controllers, at: number = this.now): void {
    const { name, namespace = "" } = object.metadata
    const before = this.get(resource, namespace, name)
    const ownership = Ownership.after(before === undefined ? undefined : ownershipOf(before), {
      resource: resourceById(this.store, resource),
      before,
      after: object,
      subresource: "parts",
      manager: Author.ofIdentity(writer),
      now: at
    })
    this.store = Store.put(this.store, resource, object, ownership)
  }

  /** A change by the API server itself, which owns nothing. */
  settle(resource: string, object: KubeObject): void {
    this.store = Store.put(this.store, resource, object)
  }

  get(resource: string, namespace: string, name: string): KubeObject | undefined {
    return Store.get(this.store, resource, namespace, name)
  }

  create(resource: string, object: KubeObject): Result.Result<KubeObject, KubeStatus> {
    return this.run(registry.create(resourceById(this.store, resource), object))
  }

  /** Everything but the status. */
  update(resource: string, object: KubeObject): Result.Result<KubeObject, KubeStatus> {
    return this.run(registry.update(resourceById(this.store, resource), object))
  }

  remove(resource: string, namespace: string, name: string, options?: RemoveOptions): void {
    this.run(registry.remove(resourceById(this.store, resource), namespace, name, options))
  }

  private run<A>(
    write: (store: Store.Store, context: WriteContext) => Result.Result<readonly [A, Store.Store], KubeStatus>
  ): Result.Result<A, KubeStatus> {
    const result = write(this.store, this.context)
    if (Result.isFailure(result)) return Result.fail(result.failure)
    this.store = result.success[1]
    return Result.succeed(result.success[0])
  }
}

const resourceById = (store: Store.Store, id: string): Resource => {
  const found = schemeAt(store).byId.get(id)
  if (found === undefined) throw new Error(`no resource ${id}`)
  return found
}
