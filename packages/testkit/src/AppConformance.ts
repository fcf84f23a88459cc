/** What the framework asks of every application, on the embedded cluster: call it from a test file. */
import type { Cluster } from "@aiopslab/core/Cluster"
import type { KubeApi } from "@aiopslab/core/Kubernetes"
import type { Topology } from "@aiopslab/core/Topology"
import { notReady } from "@aiopslab/runtime/trial/Ready"
import { unhealthy, watch } from "@aiopslab/runtime/trial/Traffic"
import * as Effect from "effect/Effect"
import { expect } from "vitest"
import { type Check, suite } from "./Check.ts"
import * as Lab from "./Lab.ts"

export interface AppConformanceOptions extends Lab.LabOptions {
  /** Loses or changes some of the users' data, as a careless agent might. */
  readonly damage: (api: KubeApi) => Effect.Effect<unknown, unknown, Cluster>
}

const timeout = 120_000

const fiveMinutes = 300_000

/** What the topology names and does not have. */
const dangling = ({ entry, operations, services }: Topology): ReadonlyArray<string> => [
  ...(services[entry.service] === undefined ? [`entry: ${entry.service}`] : []),
  ...Object.entries(operations).flatMap(([name, { handler, service }]) =>
    services[service]?.handlers[handler] === undefined ? [`operation ${name}: ${service}/${handler}`] : []
  ),
  ...Object.entries(services).flatMap(([name, { handlers, needs = [] }]) => [
    ...Object.values(handlers)
      .flatMap(({ calls }) => calls.flat())
      .filter(({ handler, request, to }) =>
        handler === undefined ? request?.protocol !== services[to]?.protocol : services[to]?.handlers[handler] === undefined
      )
      .map(({ handler, to }) => `${name}: ${to}/${handler ?? "request"}`),
    ...needs.filter(({ store }) => services[store] === undefined).map(({ store }) => `${name}: ${store}`)
  ])
]

const workloads = new Set(["Deployment", "StatefulSet", "DaemonSet"])

export const appChecks = (options: AppConformanceOptions): ReadonlyArray<Check> => {
  const lab = Lab.make(options)
  const { manifests, namespace, topology } = lab.installation
  const pure = (name: string, body: () => void): Check => ({ name, run: () => Effect.runPromise(Effect.sync(body)) })
  const test = (name: string, body: (bench: Lab.Bench) => Lab.Test): Check => ({ name, run: () => lab.run(body) })

  return [
    pure("begins with its namespace and stays in it", () => {
      expect(manifests[0]).toMatchObject({ kind: "Namespace", metadata: { name: namespace } })
      const elsewhere = manifests.filter(({ metadata }) => metadata.namespace !== undefined && metadata.namespace !== namespace)
      expect(elsewhere.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([])
    }),

    pure("has workloads and containers for all services of its topology", () => {
      const specs = new Map(
        manifests.filter(({ kind }) => workloads.has(kind)).map((object) => [object.metadata.name, JSON.stringify(object["spec"])])
      )
      const missing = Object.entries(topology.services).filter(
        ([, { container, workload }]) => specs.get(workload)?.includes(`"name":"${container}"`) !== true
      )
      expect(missing.map(([name]) => name)).toEqual([])
    }),

    pure("calls only services and handlers of its topology", () => {
      expect(dangling(topology)).toEqual([])
    }),

    test("becomes ready, and stays so", ({ api }) =>
      Effect.gen(function* () {
        expect(yield* notReady(api, namespace)).toBeUndefined()
        yield* Effect.sleep(fiveMinutes)
        expect(yield* notReady(api, namespace)).toBeUndefined()
      })),

    test("serves its users every operation", () =>
      Effect.gen(function* () {
        const stats = yield* watch(fiveMinutes)
        expect(unhealthy(stats)).toBeUndefined()
        const seen = stats.filter(({ requests }) => requests > 0).map(({ operation }) => operation)
        expect(seen.toSorted()).toEqual(Object.keys(options.mix ?? topology.operations).toSorted())
      })),

    test("has a digest of its users' data that traffic leaves alone", ({ app }) =>
      Effect.gen(function* () {
        const before = yield* app.digest
        yield* Effect.sleep(fiveMinutes)
        expect(yield* app.digest).toBe(before)
      })),

    test("has a digest that tells damaged data, and gets the data back", (bench) =>
      Effect.gen(function* () {
        const before = yield* bench.state
        yield* options.damage(bench.api)
        expect(yield* bench.app.digest).not.toBe(before.digest)
        yield* bench.app.resetData
        expect(yield* bench.app.digest).toBe(before.digest)
        yield* bench.app.resetData
        expect(yield* Lab.changes(before, bench)).toEqual([])
      }))
  ]
}

export const appConformance = (options: AppConformanceOptions): void => suite(`an application: ${options.app}`, appChecks(options), timeout)
