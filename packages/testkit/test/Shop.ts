/** A shop of one service, as it should be or with one thing wrong. */
import * as App from "@aiopslab/core/App"
import * as Behaviour from "@aiopslab/core/Behaviour"
import { Cluster } from "@aiopslab/core/Cluster"
import * as KubeClient from "@aiopslab/core/KubeClient"
import type { KubeApi } from "@aiopslab/core/Kubernetes"
import { withApi } from "@aiopslab/core/Looking"
import { definePlugin, type Plugin } from "@aiopslab/core/Plugin"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

export type AppFlaw =
  | "none"
  | "a handler that isn't there"
  | "a digest of nothing"
  | "a digest of the time"
  | "data that stay lost"
  | "a crash"

export const namespace = "shop"
const image = "acme/shop"
const port = 8080
const labels = { app: "web" }
const stock = { apples: "3" }

const web = Behaviour.make({
  name: "shop",
  summary: "Sells",
  images: [image],
  command: ["shop"],
  sizeMiB: 5,
  program: ([name]) =>
    Behaviour.program({
      initial: undefined,
      step: (state, input) => {
        if (input._tag === "Start") return { state, effects: [name === "shop" ? { _tag: "Listen", port } : { _tag: "Exit", code: 1 }] }
        return { state, effects: input._tag === "Request" ? [{ _tag: "Answer", reply: { _tag: "ok" } }] : [] }
      }
    }),
  executables: [],
  shell: "sh",
  files: {},
  prepare: Effect.void
})

const readStock = withApi("reading the stock", (api) => KubeClient.get(api, KubeClient.resources.configMaps, namespace, "stock"))

const setStock = (api: KubeApi, apples: string) =>
  KubeClient.patch(api, KubeClient.resources.configMaps, namespace, "stock", "merge", { data: { apples } })

/** Eats all the apples. */
export const damage = (api: KubeApi) => setStock(api, "0")

const digests = (flaw: AppFlaw) => {
  if (flaw === "a digest of nothing") return Effect.as(Cluster, "always the same")
  if (flaw === "a digest of the time") return Effect.map(Clock.currentTimeMillis, String)
  return Effect.map(readStock, ({ data }) => JSON.stringify(data))
}

export const shop = (flaw: AppFlaw = "none"): Plugin =>
  definePlugin({
    name: "@acme/shop",
    components: [
      web,
      App.make({
        name: "shop",
        summary: "A shop",
        config: Schema.Struct({}),
        install: () => ({
          app: "shop",
          version: "1",
          namespace,
          manifests: [
            { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
            { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "stock", namespace }, data: stock },
            {
              apiVersion: "apps/v1",
              kind: "Deployment",
              metadata: { name: "web", namespace },
              spec: {
                replicas: 1,
                selector: { matchLabels: labels },
                template: {
                  metadata: { labels },
                  spec: { containers: [{ name: "web", image, command: [flaw === "a crash" ? "oops" : "shop"] }] }
                }
              }
            },
            {
              apiVersion: "v1",
              kind: "Service",
              metadata: { name: "web", namespace },
              spec: { selector: labels, ports: [{ port, targetPort: port }] }
            }
          ],
          topology: {
            entry: { service: "web", port },
            operations: {
              buy: { method: "GET", path: "/buy", service: "web", handler: flaw === "a handler that isn't there" ? "sell" : "buy" }
            },
            services: {
              web: {
                workload: "web",
                container: "web",
                port,
                protocol: "http",
                discovery: { _tag: "kubernetes" },
                handlers: { buy: { latency: { medianMillis: 3, sigma: 0.3 }, calls: [], cpuMillis: 1 } }
              }
            }
          },
          serviceLabel: "app",
          description: "A shop.",
          digest: digests(flaw),
          resetData:
            flaw === "data that stay lost"
              ? Effect.asVoid(Cluster)
              : withApi("filling the shelves", (api) => Effect.asVoid(setStock(api, stock.apples)))
        })
      })
    ]
  })
