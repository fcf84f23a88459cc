import { admin, KubeStatus } from "@aiopslab/core/Kubernetes"
import { isRecord, record } from "@aiopslab/kubernetes/Json"
import * as MemoryHost from "@aiopslab/kubernetes/MemoryHost"
import * as Scheme from "@aiopslab/kubernetes/Scheme"
import * as Server from "@aiopslab/kubernetes/Server"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fuzz from "../src/Fuzz.ts"
import * as Seeds from "../src/Seeds.ts"

const count = 10_000

/** They would have a say in all other requests, and refuse most of them. */
const interfering: ReadonlySet<string> = new Set(["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"])

/** The minimal and the rich object of every kind that there are seeds of. */
const targets = Effect.gen(function* () {
  const out: Array<Fuzz.Target> = []
  for (const resource of Scheme.builtInScheme.resources) {
    const seeds = yield* Seeds.read(resource.kind)
    if (seeds === undefined || resource.hidden || interfering.has(resource.kind)) continue
    const { apiVersion, namespaced, plural } = resource
    const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`
    const collection = `${root}${namespaced ? "/namespaces/fuzz" : ""}/${plural}`
    // a namespace of another name than the one that all are in: it is deleted, too
    const { minimal, rich } = seeds("fuzzed", "fuzz")
    for (const object of [minimal, rich]) {
      if (object["apiVersion"] !== apiVersion) continue
      const { name } = record(object["metadata"])
      out.push({ collection, name: typeof name === "string" ? name : "fuzzed", object })
    }
  }
  return out
})

describe("requests at random", () => {
  it.effect(
    "are answered or refused, and never break the server",
    () =>
      Effect.gen(function* () {
        const all = yield* targets
        assert.isAbove(all.length, 100)
        const api = Server.make({ host: yield* MemoryHost.make() }).api(admin)
        const refill = Effect.gen(function* () {
          const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "fuzz" } }
          for (const [path, body] of [
            ["/api/v1/namespaces", namespace],
            ...all.map(({ collection, object }) => [collection, object] as const)
          ] as const)
            yield* Effect.exit(api.request({ method: "POST", path, body }))
        })
        const codes = new Map<number, number>()
        const broken: Array<string> = []
        for (let seed = 0; seed < count; seed++) {
          if (seed % 500 === 0) yield* refill
          const request = Fuzz.request(all, Fuzz.chance(seed))
          const exit = yield* Effect.exit(api.request(request))
          const failure = Exit.isFailure(exit) ? Cause.squash(exit.cause) : undefined
          const code = Exit.isSuccess(exit) ? exit.value.code : failure instanceof KubeStatus ? failure.code : 0
          codes.set(code, (codes.get(code) ?? 0) + 1)
          const isAnswer = Exit.isSuccess(exit) ? typeof exit.value.body === "string" || isRecord(exit.value.body) : code >= 400
          const isOurs = code === 500 && failure instanceof KubeStatus && /TypeError|RangeError|undefined/.test(failure.message)
          if (!isAnswer || isOurs)
            broken.push(
              `seed ${seed}: ${JSON.stringify(request).slice(0, 600)}\n${String(failure instanceof Error ? failure.stack : failure)}`
            )
        }
        assert.deepStrictEqual(broken.slice(0, 20), [], `${broken.length} of ${count}`)
        // else most of it would be about nothing
        for (const code of [200, 201, 404, 409, 422]) assert.isAbove(codes.get(code) ?? 0, 100, String(code))
      }).pipe(Effect.provide(NodeServices.layer)),
    600_000
  )
})
