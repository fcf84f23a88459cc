/** Golden scenarios: what is done to a cluster, step by step, and what there is to see afterwards. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { admin } from "@aiopslab/core/Kubernetes"
import { isRecord, record } from "@aiopslab/kubernetes/Json"
import * as MergePatch from "@aiopslab/kubernetes/patch/MergePatch"
import type { Resource } from "@aiopslab/kubernetes/Scheme"
import * as Scheme from "@aiopslab/kubernetes/Scheme"
import * as Store from "@aiopslab/kubernetes/Store"
import type { Write } from "@aiopslab/kubernetes/Host"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { parse, stringify } from "yaml"
import { registry } from "../src/Admission.ts"
import { advance, write } from "../src/Advance.ts"
import { booted } from "../src/Boot.ts"
import { startNode, stopNode } from "../src/Nodes.ts"
import type { World } from "../src/World.ts"
import { playbook } from "./Demo.ts"
import * as View from "./View.ts"

const Body = Schema.Record(Schema.String, Schema.Unknown)
const Target = Schema.Struct({ resource: Schema.String, name: Schema.String, namespace: Schema.optionalKey(Schema.String) })

const Step = Schema.Union([
  /** A deployment of one container in `default`; other keys go into the deployment's spec (`strategy`) or the pod's (`pod`). */
  Schema.Struct({
    deploy: Schema.Struct({
      name: Schema.String,
      replicas: Schema.optionalKey(Schema.Int),
      strategy: Schema.optionalKey(Body),
      container: Schema.optionalKey(Body),
      pod: Schema.optionalKey(Body)
    })
  }),
  Schema.Struct({ create: Body }),
  Schema.Struct({ patch: Schema.Struct({ ...Target.fields, body: Body }) }),
  Schema.Struct({
    delete: Schema.Struct({
      ...Target.fields,
      propagation: Schema.optionalKey(Schema.Literals(["Background", "Foreground", "Orphan"])),
      grace: Schema.optionalKey(Schema.Int)
    })
  }),
  /** Switches a node off, or on again. */
  Schema.Struct({ stop: Schema.String }),
  Schema.Struct({ start: Schema.String }),
  /** Seconds. */
  Schema.Struct({ wait: Schema.Finite }),
  /** Resource ids, `events`, or `logs`. */
  Schema.Struct({ show: Schema.Array(Schema.String) })
])
type Step = typeof Step.Type

const Scenario = Schema.Struct({ title: Schema.String, steps: Schema.Array(Step) })

const isObject = (value: unknown): value is KubeObject => isRecord(value) && isRecord(value["metadata"])

const resourceById = (id: string): Resource => {
  const found = registry.scheme.byId.get(id)
  if (found === undefined) throw new Error(`no resource ${id}`)
  return found
}

const run = <A>(world: World, change: Write<A>): World => {
  const result = write(world, admin, change)
  if (Result.isFailure(result)) throw new Error(result.failure.message)
  return result.success[1]
}

export const create = (world: World, object: KubeObject): World => {
  const resource = Scheme.resourceOf(registry.scheme, object)
  if (resource === undefined) throw new Error(`no kind ${object.kind}`)
  return run(world, registry.create(resource, object))
}

export const patch = (world: World, resource: string, namespace: string, name: string, body: unknown): World => {
  const found = Store.get(world.store, resource, namespace, name)
  const next = MergePatch.apply(found, body)
  if (!isObject(next)) throw new Error(`${resource} ${name} is not there`)
  return run(world, registry.update(resourceById(resource), next))
}

export const remove = (world: World, resource: string, namespace: string, name: string, options = {}): World =>
  run(world, registry.remove(resourceById(resource), namespace, name, options))

export const deployment = (
  name: string,
  of: { readonly replicas?: number; readonly strategy?: unknown; readonly container?: unknown; readonly pod?: unknown } = {}
): KubeObject => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name, namespace: "default" },
  spec: {
    replicas: of.replicas ?? 1,
    ...(of.strategy === undefined ? {} : { strategy: of.strategy }),
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name, image: "demo:1", ...record(of.container) }], ...record(of.pod) }
    }
  }
})

const perform = (world: World, step: Step): World => {
  if ("wait" in step) return advance(world, world.now + step.wait * 1000)
  if ("stop" in step) return stopNode(world, step.stop)
  if ("start" in step) return startNode(world, step.start)
  if ("deploy" in step) return create(world, deployment(step.deploy.name, step.deploy))
  if ("create" in step) {
    if (!isObject(step.create)) throw new Error("no object")
    return create(world, step.create)
  }
  if ("patch" in step) return patch(world, step.patch.resource, step.patch.namespace ?? "default", step.patch.name, step.patch.body)
  if ("delete" in step) {
    const { grace, name, namespace = "default", propagation, resource } = step.delete
    return remove(world, resource, namespace, name, {
      ...(grace === undefined ? {} : { gracePeriodSeconds: grace }),
      ...(propagation === undefined ? {} : { propagationPolicy: propagation })
    })
  }
  return world
}

export const start = (seed = "golden"): World => booted({ playbook, workers: 1, seed })

export interface Played {
  readonly title: string
  readonly output: string
  readonly steps: ReadonlyArray<Step>
}

/** `split` advances in as many steps per wait instead of one. */
export const play = (text: string, split = 1): Played => {
  const scenario = Schema.decodeUnknownSync(Scenario)(parse(text, { merge: true }))
  let world = start()
  const begin = world.now
  const shown: Array<unknown> = []
  for (const step of scenario.steps) {
    if ("wait" in step && split > 1) {
      const until = world.now + step.wait * 1000
      for (let i = 1; i < split; i++) world = advance(world, world.now + Math.floor((step.wait * 1000) / split))
      world = advance(world, until)
    } else world = perform(world, step)
    if ("show" in step) shown.push({ at: `${(world.now - begin) / 1000}s`, ...View.of(world, step.show, begin) })
  }
  return { title: scenario.title, output: shown.map((one) => `---\n${stringify(one, { lineWidth: 0 })}`).join(""), steps: scenario.steps }
}
