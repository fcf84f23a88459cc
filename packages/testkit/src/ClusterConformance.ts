/**
 * The behaviour that every cluster behind the port `Cluster` has, simulated or not: call it from a test file, once per provider.
 *
 * ```ts
 * clusterConformance("mine", { image: "memcached", run: (effect) => Effect.runPromise(provide(effect)) })
 * ```
 */
import { Cluster } from "@aiopslab/core/Cluster"
import * as KubeClient from "@aiopslab/core/KubeClient"
import { admin, type KubeApi, type KubeObject } from "@aiopslab/core/Kubernetes"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { afterAll, describe, expect, it } from "vitest"

export interface ConformanceOptions {
  /** Runs a test under the clock that the cluster lives by. Every call may get the same cluster or a fresh one. */
  readonly run: <A, E>(test: Effect.Effect<A, E, Cluster>) => Promise<A>
  /** An image that the cluster can run, whose program goes on by itself, with a shell in it. */
  readonly image: string
  readonly close?: () => Promise<void>
}

const { configMaps, deployments, namespaces, pods } = KubeClient.resources

const namespaceOf = (name: string): KubeObject => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } })

const settings = (namespace: string, data: Readonly<Record<string, string>>): KubeObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "settings", namespace },
  data
})

const deployment = (namespace: string, image: string, replicas: number): KubeObject => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", namespace },
  spec: {
    replicas,
    selector: { matchLabels: { app: "web" } },
    template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "main", image }] } }
  }
})

/** Looks once a second on the cluster's clock, for five minutes at most. */
const until = <A, E>(look: Effect.Effect<A, E>, done: (seen: A) => boolean): Effect.Effect<A, E> =>
  Effect.gen(function* () {
    let seen = yield* look
    for (let second = 0; second < 300 && !done(seen); second++) {
      yield* Effect.sleep("1 second")
      seen = yield* look
    }
    return seen
  })

const readyPods = (api: KubeApi, namespace: string) =>
  KubeClient.list(api, pods, namespace).pipe(
    Effect.map((found) =>
      found
        .filter((pod) => pod.metadata.deletionTimestamp === undefined && JSON.stringify(pod["status"]).includes('"ready":true'))
        .map((pod) => pod.metadata.name)
    )
  )

export const clusterConformance = (name: string, options: ConformanceOptions): void => {
  /** A test in a namespace of its own, which goes when it ends. */
  const test = (what: string, body: (api: KubeApi, namespace: string) => Effect.Effect<void, unknown, Cluster>) =>
    it(what, () =>
      options.run(
        Effect.gen(function* () {
          const api = (yield* Cluster).api(admin)
          const namespace = what
            .replaceAll(/[^a-z]+/gu, "-")
            .slice(0, 24)
            .replace(/-$/u, "")
          yield* KubeClient.create(api, namespaces, namespaceOf(namespace))
          yield* body(api, namespace).pipe(Effect.ensuring(Effect.ignore(KubeClient.remove(api, namespaces, "", namespace))))
        })
      )
    )

  describe(`a cluster: ${name}`, () => {
    if (options.close !== undefined) afterAll(options.close)

    test("keeps what it is given", (api, namespace) =>
      Effect.gen(function* () {
        const created = yield* KubeClient.create(api, configMaps, settings(namespace, { a: "1" }))
        yield* KubeClient.patch(api, configMaps, namespace, "settings", "merge", { data: { b: "2" } })
        const read = yield* KubeClient.get(api, configMaps, namespace, "settings")
        expect([read["data"], read.metadata.uid]).toEqual([{ a: "1", b: "2" }, created.metadata.uid])
        yield* KubeClient.remove(api, configMaps, namespace, "settings")
        expect(yield* KubeClient.find(api, configMaps, namespace, "settings")).toBeUndefined()
      }))

    test("refuses with the codes of Kubernetes", (api, namespace) =>
      Effect.gen(function* () {
        const created = yield* KubeClient.create(api, configMaps, settings(namespace, {}))
        const again = yield* Effect.flip(KubeClient.create(api, configMaps, settings(namespace, {})))
        const absent = yield* Effect.flip(KubeClient.get(api, configMaps, namespace, "nothing"))
        yield* KubeClient.patch(api, configMaps, namespace, "settings", "merge", { data: { a: "1" } })
        const stale = yield* Effect.flip(KubeClient.replace(api, configMaps, { ...created, data: { a: "2" } }))
        expect([again, absent, stale].map(({ code, reason }) => [code, reason])).toEqual([
          [409, "AlreadyExists"],
          [404, "NotFound"],
          [409, "Conflict"]
        ])
      }))

    test("tells a watcher what happens after a revision", (api, namespace) =>
      Effect.gen(function* () {
        const created = yield* KubeClient.create(api, configMaps, settings(namespace, {}))
        yield* KubeClient.patch(api, configMaps, namespace, "settings", "merge", { data: { a: "1" } })
        yield* KubeClient.remove(api, configMaps, namespace, "settings")
        const query = { resourceVersion: created.metadata.resourceVersion ?? "", fieldSelector: "metadata.name=settings" }
        const events = yield* api
          .watch({ method: "GET", path: KubeClient.pathOf(configMaps, namespace), query })
          .pipe(Stream.take(2), Stream.runCollect)
        expect(events.map(({ type }) => type)).toEqual(["MODIFIED", "DELETED"])
      }))

    test("shows nobody what RBAC does not grant", (_, namespace) =>
      Effect.gen(function* () {
        const stranger = (yield* Cluster).api({ user: "stranger", groups: [] })
        const refused = yield* Effect.flip(KubeClient.list(stranger, pods, namespace))
        expect([refused.code, refused.reason]).toEqual([403, "Forbidden"])
      }))

    test("runs a deployment and replaces what is lost", (api, namespace) =>
      Effect.gen(function* () {
        yield* KubeClient.create(api, deployments, deployment(namespace, options.image, 2))
        const first = yield* until(readyPods(api, namespace), (ready) => ready.length === 2)
        expect(first).toHaveLength(2)
        yield* KubeClient.remove(api, pods, namespace, first[0] ?? "")
        const second = yield* until(readyPods(api, namespace), (ready) => ready.length === 2 && !ready.includes(first[0] ?? ""))
        expect(second).toHaveLength(2)
        expect(second).not.toContain(first[0])
        yield* KubeClient.scale(api, deployments, namespace, "web", 0)
        expect(yield* until(readyPods(api, namespace), (ready) => ready.length === 0)).toEqual([])
      }))

    test("executes in a container", (api, namespace) =>
      Effect.gen(function* () {
        yield* KubeClient.create(api, deployments, deployment(namespace, options.image, 1))
        const [pod = ""] = yield* until(readyPods(api, namespace), (ready) => ready.length === 1)
        const result = yield* KubeClient.exec(api, { namespace, pod }, ["sh", "-c", "echo out; echo err >&2; exit 3"])
        expect(result).toEqual({ stdout: "out\n", stderr: "err\n", exitCode: 3 })
      }))

    test("takes everything along when a namespace goes", (api, namespace) =>
      Effect.gen(function* () {
        yield* KubeClient.create(api, deployments, deployment(namespace, options.image, 1))
        yield* until(readyPods(api, namespace), (ready) => ready.length === 1)
        yield* KubeClient.remove(api, namespaces, "", namespace)
        expect(yield* until(KubeClient.find(api, namespaces, "", namespace), (found) => found === undefined)).toBeUndefined()
        expect(yield* KubeClient.list(api, pods, namespace)).toEqual([])
      }))
  })
}
