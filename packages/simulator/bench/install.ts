/** CPU time of what a trial does with a world: a cold install of 20 deployments, a fork, a quiet stretch. `node --conditions=@aiopslab/source` */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { admin } from "@aiopslab/core/Kubernetes"
import * as Scheme from "@aiopslab/kubernetes/Scheme"
import * as Store from "@aiopslab/kubernetes/Store"
import * as Result from "effect/Result"
import { registry } from "../src/Admission.ts"
import { advance, write } from "../src/Advance.ts"
import { booted } from "../src/Boot.ts"
import { asDeployment } from "../src/Kinds.ts"
import type { World } from "../src/World.ts"
import { reseed } from "../src/World.ts"
import { playbook } from "../test/Demo.ts"

const manifests: ReadonlyArray<KubeObject> = [
  { apiVersion: "v1", kind: "Namespace", metadata: { name: "bench" } },
  ...Array.from({ length: 20 }, (_, i) => `app-${i}`).flatMap((name): ReadonlyArray<KubeObject> => [
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name, namespace: "bench" },
      spec: {
        selector: { matchLabels: { app: name } },
        template: {
          metadata: { labels: { app: name } },
          spec: {
            containers: [
              {
                name,
                image: "demo:1",
                command: ["demo", "serve"],
                ports: [{ containerPort: 8080 }],
                resources: { requests: { cpu: "100m" } }
              }
            ]
          }
        }
      }
    },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name, namespace: "bench" },
      spec: { selector: { app: name }, ports: [{ port: 80, targetPort: 8080 }] }
    }
  ])
]

const apply = (world: World, object: KubeObject): World => {
  const resource = Scheme.resourceOf(registry.scheme, object)
  if (resource === undefined) throw new Error(object.kind)
  const result = write(world, admin, registry.create(resource, object))
  if (Result.isFailure(result)) throw result.failure
  return result.success[1]
}

const install = (seed: string): World => {
  let world = booted({ playbook, workers: 1, seed })
  for (const object of manifests) world = apply(world, object)
  return advance(world, world.now + 60_000)
}

/** Microseconds of CPU: this machine is rarely ours alone. */
const timed = (name: string, runs: number, body: (run: number) => unknown): void => {
  const before = process.cpuUsage()
  for (let run = 0; run < runs; run++) body(run)
  const { system, user } = process.cpuUsage(before)
  process.stdout.write(`${name.padEnd(32)} ${((system + user) / runs).toFixed(1).padStart(12)} us\n`)
}

timed("first install of this process", 1, () => install("cold"))
const world = install("cold")
const ready = Store.list(world.store, "deployments.apps", "bench").filter((one) => asDeployment(one).status.readyReplicas === 1).length
let epochs = 0
for (let epoch = world.epochs; epoch !== undefined; epoch = epoch.before) epochs++
process.stdout.write(
  `ready ${ready}/20, revision ${world.store.revision}, events ${Store.list(world.store, "events").length}, epochs ${epochs}, timers ${world.timers.size}\n`
)

timed("cold install, 20 deployments", 30, (run) => install(`cold ${run}`))
timed("fork (reseed)", 100_000, (run) => reseed(world, String(run)))
timed("quiet 180 s", 100_000, () => advance(world, world.now + 180_000))
const pods = registry.scheme.byId.get("pods")
const first = Store.list(world.store, "pods", "bench")[0]
if (pods !== undefined && first !== undefined) {
  timed("delete a pod and recover", 300, () => {
    const result = write(world, admin, registry.remove(pods, "bench", first.metadata.name))
    if (Result.isSuccess(result)) advance(result.success[1], world.now + 60_000)
  })
}
