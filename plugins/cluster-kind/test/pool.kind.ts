/** `npm run kind -w plugins/cluster-kind`: needs Docker, kind and, offline, the kit's images (its `up`). */
import { Cluster } from "@aiopslab/core/Cluster"
import type { ClusterPool } from "@aiopslab/core/ClusterProvider"
import * as KubeClient from "@aiopslab/core/KubeClient"
import { admin, type KubeObject } from "@aiopslab/core/Kubernetes"
import { clusterConformance } from "@aiopslab/testkit/ClusterConformance"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { existsSync, readFileSync } from "node:fs"
import { homedir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { application, containersOf, image, inNode, missing, noteApart } from "./Machine.ts"
import { open, services } from "./Provider.ts"

const { configMaps, deployments, namespaces, pods } = KubeClient.resources

noteApart()

const users = process.env["KUBECONFIG"] ?? join(homedir(), ".kube/config")
const usersKubeconfig = (): string | undefined => (existsSync(users) ? readFileSync(users, "utf8") : undefined)

class Pool extends Context.Service<Pool, ClusterPool>()("test/Pool") {}

const runtime = ManagedRuntime.make(Layer.effect(Pool, open({ clusters: 2, load: [application], ...image })).pipe(Layer.provide(services)))

/** Runs with a leased cluster. */
const leased = <A, E>(use: Effect.Effect<A, E, Cluster>): Promise<A> =>
  runtime.runPromise(
    Effect.scoped(Effect.flatMap(Pool, ({ lease }) => Effect.flatMap(lease, (cluster) => Effect.provideService(use, Cluster, cluster))))
  )

const meta = (kind: string, name: string, more: object = {}): KubeObject => ({ apiVersion: "v1", kind, metadata: { name }, ...more })

const web = (namespace: string): KubeObject => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", namespace },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: "web" } },
    template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "main", image: application }] } }
  }
})

const clusterRoles: KubeClient.Resource = {
  group: "rbac.authorization.k8s.io",
  version: "v1",
  plural: "clusterroles",
  kind: "ClusterRole",
  namespaced: false
}

/** What a trial leaves: an application in a namespace of its own, its Service, and a role that holds for the whole cluster. */
const untidy = Effect.gen(function* () {
  const { api, name } = yield* Cluster
  const kube = api(admin)
  yield* KubeClient.create(kube, namespaces, meta("Namespace", "trial"))
  yield* KubeClient.create(kube, deployments, web("trial"))
  yield* KubeClient.create(kube, KubeClient.resources.services, {
    ...meta("Service", "web", { spec: { selector: { app: "web" }, ports: [{ port: 80 }] } }),
    metadata: { name: "web", namespace: "trial" }
  })
  yield* KubeClient.create(kube, clusterRoles, {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRole",
    metadata: { name: "left-behind" },
    rules: []
  })
  let seen: ReadonlyArray<KubeObject> = []
  while (!seen.some((pod) => JSON.stringify(pod["status"]).includes('"ready":true'))) {
    yield* Effect.sleep("500 millis")
    seen = yield* KubeClient.list(kube, pods, "trial")
  }
  return name
})

const nameOnly = Effect.map(Cluster, ({ name }) => name)

const tidy = Effect.gen(function* () {
  const { api, name } = yield* Cluster
  const kube = api(admin)
  return [
    name,
    yield* KubeClient.find(kube, namespaces, "", "trial"),
    yield* KubeClient.find(kube, clusterRoles, "", "left-behind")
  ] as const
})

const made = new Set<string>()
const before = usersKubeconfig()

describe.skipIf(missing !== undefined)(`a pool of two Kind clusters${missing ?? ""}`, () => {
  // also where a test before the last one fails
  afterAll(() => runtime.dispose())

  it("leases two at once, which know nothing of each other", async () => {
    const found = await leased(
      Effect.gen(function* () {
        const one = yield* Cluster
        const settings = { ...meta("ConfigMap", "mine"), metadata: { name: "mine", namespace: "default" } }
        yield* KubeClient.create(one.api(admin), configMaps, settings)
        const other = yield* Effect.promise(() =>
          leased(
            Effect.gen(function* () {
              const two = yield* Cluster
              return { name: two.name, mine: yield* KubeClient.find(two.api(admin), configMaps, "default", "mine") }
            })
          )
        )
        return { names: [one.name, other.name], mine: other.mine }
      })
    )
    for (const name of found.names) made.add(name)
    expect(made.size).toBe(2)
    expect(found.mine).toBeUndefined()
    expect(containersOf(...made)).toHaveLength(4)
  })

  it("gives a cluster again without what a trial left, and makes one anew that is not as it was on a node", async () => {
    // hold one, so that the other is what is leased
    await leased(
      Effect.promise(async () => {
        const name = await leased(untidy)
        const asked = performance.now()
        expect(await leased(tidy)).toEqual([name, undefined, undefined])
        console.log(`reset: ${((performance.now() - asked) / 1000).toFixed(1)} s`)
        await leased(Effect.sync(() => inNode(`${name}-worker`, "iptables", "-A", "FORWARD", "-s", "192.0.2.1", "-j", "DROP")))
        const anew = await leased(nameOnly)
        made.add(anew)
        expect(anew).not.toBe(name)
        expect(containersOf(name)).toEqual([])
      })
    )
  })

  if (missing === undefined) clusterConformance("kind", { image: application, run: leased })

  it("leaves no container, and the user's kubeconfig as it was", async () => {
    expect(containersOf(...made)).not.toEqual([])
    await runtime.dispose()
    expect(containersOf(...made)).toEqual([])
    expect(usersKubeconfig()).toBe(before)
  })
})
