import type { Installation } from "@aiopslab/core/App"
import { TrafficSpec } from "@aiopslab/core/Workload"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { HttpMix, httpMix } from "../src/HttpMix.ts"
import { plugin } from "../src/index.ts"

const visit = { method: "GET", path: "/", service: "web", handler: "index" } as const

const app: Installation = {
  app: "shop",
  version: "1",
  namespace: "test-shop",
  manifests: [],
  topology: { entry: { service: "web", port: 80 }, operations: { browse: visit, buy: visit }, services: {} },
  serviceLabel: "app",
  description: "",
  digest: Effect.succeed(""),
  resetData: Effect.void
}

const decode = Schema.decodeUnknownResult(HttpMix, { errors: "all", onExcessProperty: "error" })
const configOf = (input: unknown): HttpMix => Result.getOrThrow(decode(input))

describe("http-mix", () => {
  it("reads rates per second, minute and hour", () => {
    const rates = ["10/s", "600/m", "90/min", "36000/h", "0.5/s"].map((rate) => configOf({ rate, mix: { browse: 1 } }).rate)
    assert.deepStrictEqual(rates, [10, 10, 1.5, 10, 0.5])
  })

  it("refuses a rate without a unit, of zero, beyond reason, and a negative weight", () => {
    for (const rate of ["10", "10/d", "-1/s", "0/s", "1000000/s", ""])
      assert.isTrue(Result.isFailure(decode({ rate, mix: { browse: 1 } })), rate)
    assert.isTrue(Result.isFailure(decode({ rate: "1/s", mix: { browse: -1 } })))
    assert.isTrue(Result.isFailure(decode({ rate: "1/s", mix: { browse: 1 }, ramp: 2 })))
  })

  it("is one Traffic object of the hidden group, whose spec decodes and keeps the mix's order", () => {
    const [object, ...others] = httpMix.objects(configOf({ rate: "600/m", mix: { buy: 0.5, browse: 60 } }), app)
    assert.deepStrictEqual(others, [])
    assert.strictEqual(object?.apiVersion, "plane.aiopslab.dev/v1")
    assert.strictEqual(object?.kind, "Traffic")
    assert.strictEqual(object?.metadata.namespace, "aiopslab-plane")
    const spec = Result.getOrThrow(Schema.decodeUnknownResult(TrafficSpec)(object?.["spec"]))
    assert.deepStrictEqual(spec, { namespace: "test-shop", app: "shop", rate: 10, arrivals: "exponential", mix: { buy: 0.5, browse: 60 } })
    assert.deepStrictEqual(Object.keys(spec.mix), ["buy", "browse"])
  })

  it("names every operation that the app lacks, with the nearest one", () => {
    const mistakes = httpMix.check(configOf({ rate: "1/s", mix: { brows: 1, buy: 1, teleport: 1 } }), app)
    assert.deepStrictEqual(
      mistakes.map(({ error, path }) => [error.code, ...path]),
      [
        ["WORKLOAD_UNKNOWN_OPERATION", "mix", "brows"],
        ["WORKLOAD_UNKNOWN_OPERATION", "mix", "teleport"]
      ]
    )
    assert.include(mistakes[0]?.error.message, 'Did you mean "browse"?')
    assert.notInclude(mistakes[1]?.error.message, "Did you mean")
    assert.strictEqual(mistakes[1]?.error.hint, "Operations of shop: browse, buy.")
  })

  it("refuses a mix that sends nothing", () => {
    assert.deepStrictEqual(
      httpMix.check(configOf({ rate: "1/s", mix: { buy: 0 } }), app).map(({ error }) => error.code),
      ["WORKLOAD_EMPTY_MIX"]
    )
    assert.deepStrictEqual(httpMix.check(configOf({ rate: "1/s", mix: { buy: 1 } }), app), [])
  })

  it("is offered by the plugin", () =>
    assert.deepStrictEqual(
      plugin.components.map((component) => component.name),
      ["http-mix"]
    ))
})
