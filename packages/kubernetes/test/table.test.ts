import { admin } from "@aiopslab/core/Kubernetes"
import * as MemoryHost from "@aiopslab/kubernetes/MemoryHost"
import * as Server from "@aiopslab/kubernetes/Server"
import { array, at, record } from "@aiopslab/kubernetes/Json"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"

const accept = "application/json;as=Table;v=v1;g=meta.k8s.io"

const start = Effect.map(MemoryHost.make(), (host) => Server.make({ host }).api(admin))

describe("tables", () => {
  it.effect("a scale shows what is wanted and what is there", () =>
    Effect.gen(function* () {
      const api = yield* start
      const labels = { app: "web" }
      const path = "/apis/apps/v1/namespaces/default/deployments"
      const template = { metadata: { labels }, spec: { containers: [{ name: "web", image: "nginx" }] } }
      const body = {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { name: "web" },
        spec: { replicas: 3, selector: { matchLabels: labels }, template }
      }
      yield* api.request({ method: "POST", path, body })
      const table = (yield* api.request({ method: "GET", path: `${path}/web/scale`, accept })).body
      assert.deepStrictEqual(
        array(at(table, "columnDefinitions")).map((column) => record(column)["name"]),
        ["Name", "Desired", "Available", "Age"]
      )
      assert.deepStrictEqual(record(array(at(table, "rows"))[0])["cells"], ["web", 3, 0, "0s"])
      const scale = (yield* api.request({ method: "GET", path: `${path}/web/scale` })).body
      assert.strictEqual(at(scale, "kind"), "Scale")
    })
  )

  it.effect("flow schemas stand in the order in which they are tried", () =>
    Effect.gen(function* () {
      const api = yield* start
      const table = (yield* api.request({ method: "GET", path: "/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas", accept })).body
      const names = array(at(table, "rows")).map((row) => array(record(row)["cells"])[0])
      assert.deepStrictEqual([names[0], names[1], names.at(-1)], ["exempt", "probes", "catch-all"])
    })
  )
})
