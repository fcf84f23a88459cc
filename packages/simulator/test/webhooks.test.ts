import { assert, describe, it } from "@effect/vitest"
import * as Behaviour from "@aiopslab/core/Behaviour"
import { virtualEpoch } from "@aiopslab/core/Cluster"
import * as KubeClient from "@aiopslab/core/KubeClient"
import { admin, type Json, type KubeObject } from "@aiopslab/core/Kubernetes"
import { at, records, string } from "@aiopslab/kubernetes/Json"
import * as Store from "@aiopslab/kubernetes/Store"
import type { Caller } from "@aiopslab/kubernetes/web/Outside"
import { text } from "@aiopslab/kubernetes/web/Web"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { advance } from "../src/Advance.ts"
import { booted } from "../src/Boot.ts"
import * as EmbeddedCluster from "../src/EmbeddedCluster.ts"
import type { World } from "../src/World.ts"
import { playbook } from "./Demo.ts"
import { create, deployment, patch } from "./Scenario.ts"

type State = { readonly asked: number }

const reviewed = (payload: Json | undefined, asked: number): Json => {
  const uid = string(at(payload, "request", "uid")) ?? ""
  const allowed = at(payload, "request", "object", "metadata", "labels", "app") !== "forbidden"
  const operations = [{ op: "add", path: "/metadata/annotations", value: { guarded: String(asked) } }]
  const changed = { patchType: "JSONPatch", patch: Buffer.from(JSON.stringify(operations)).toString("base64") }
  return {
    kind: "AdmissionReview",
    apiVersion: "admission.k8s.io/v1",
    response: allowed ? { uid, allowed, ...changed } : { uid, allowed, status: { code: 403, message: "not here" } }
  }
}

/** A webhook: it puts a number on pods, tells its log, and refuses some. */
const guard = Behaviour.make({
  name: "guard",
  summary: "A webhook",
  images: ["guard"],
  command: ["guard"],
  sizeMiB: 10,
  program: () =>
    Behaviour.program<State>({
      initial: { asked: 0 },
      step: (state, input) => {
        if (input._tag === "Start") return { state, effects: [{ _tag: "Listen", port: 8443 }] }
        if (input._tag !== "Request") return { state, effects: [] }
        const asked = state.asked + 1
        return {
          state: { asked },
          effects: [
            { _tag: "Log", stream: "stdout", line: `asked ${input.request.operation}` },
            { _tag: "Answer", reply: { _tag: "ok", payload: reviewed(input.request.payload, asked) } }
          ]
        }
      }
    }),
  executables: [],
  shell: "none",
  files: {},
  prepare: Effect.void
})

const configuration = (clientConfig: object, more: object = {}): KubeObject => ({
  apiVersion: "admissionregistration.k8s.io/v1",
  kind: "MutatingWebhookConfiguration",
  metadata: { name: "guard" },
  webhooks: [
    {
      name: "guard.example.com",
      admissionReviewVersions: ["v1"],
      sideEffects: "None",
      timeoutSeconds: 10,
      failurePolicy: "Fail",
      clientConfig,
      rules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods"] }],
      objectSelector: { matchExpressions: [{ key: "app", operator: "NotIn", values: ["guard"] }] },
      ...more
    }
  ]
})

const service: KubeObject = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "guard", namespace: "default" },
  spec: { selector: { app: "guard" }, ports: [{ port: 443, targetPort: 8443, protocol: "TCP" }] }
}

const inCluster = { service: { name: "guard", namespace: "default", path: "/pods", port: 443 } }

const guarded = (seed = "guard"): World => {
  let world = booted({ playbook: { ...playbook, behaviours: [...playbook.behaviours, guard] }, workers: 1, seed })
  world = create(world, service)
  world = create(world, deployment("guard", { container: { image: "guard:1" } }))
  return advance(world, world.now + 30_000)
}

const later = (world: World, seconds = 10): World => advance(world, world.now + seconds * 1000)

const pods = (world: World, app: string) =>
  Store.list(world.store, "pods", "default").filter(({ metadata }) => metadata.labels?.["app"] === app)

const messages = (world: World) =>
  Store.list(world.store, "events", "default").flatMap((event) => (event["reason"] === "FailedCreate" ? [String(event["message"])] : []))

const logOf = (world: World): ReadonlyArray<string> => {
  const out: Array<string> = []
  for (const container of world.containers.values()) {
    if (container.name !== "guard") continue
    for (let line = container.instance?.log; line !== undefined; line = line.before) out.push(line.line)
  }
  return out
}

describe("webhooks of a cluster", () => {
  it("a program behind a Service answers about the pods that a controller makes", () => {
    const world = later(create(create(guarded(), configuration(inCluster)), deployment("web", { replicas: 3 })))
    assert.sameMembers(
      pods(world, "web").map(({ metadata }) => metadata.annotations?.["guarded"]),
      ["1", "2", "3"]
    )
    assert.deepStrictEqual(logOf(world), Array(3).fill("asked POST /pods?timeout=10s"))
    assert.strictEqual(pods(world, "guard")[0]?.metadata.annotations, undefined)
  })

  it("what it refuses is not made; the controller says so; its log stays", () => {
    const world = later(create(create(guarded(), configuration(inCluster)), deployment("forbidden")))
    assert.deepStrictEqual(pods(world, "forbidden"), [])
    assert.include(messages(world)[0], 'Error creating: admission webhook "guard.example.com" denied the request: not here')
    assert.isNotEmpty(logOf(world))
  })

  it("when nobody answers behind the Service nothing is made, or everything, by failurePolicy; it goes on when somebody does", () => {
    const gone = later(
      patch(create(guarded(), configuration(inCluster)), "deployments.apps", "default", "guard", { spec: { replicas: 0 } }),
      60
    )
    const stuck = later(create(gone, deployment("web")))
    assert.deepStrictEqual(pods(stuck, "web"), [])
    assert.match(
      messages(stuck)[0] ?? "",
      /^Error creating: Internal error occurred: failed calling webhook "guard\.example\.com": failed to call webhook: Post "https:\/\/guard\.default\.svc:443\/pods\?timeout=10s": dial tcp 10\.96\.\d+\.\d+:443: connect: connection refused$/u
    )
    const back = later(patch(stuck, "deployments.apps", "default", "guard", { spec: { replicas: 1 } }), 300)
    assert.strictEqual(pods(back, "web").length, 1)
    const open = create(guarded(), configuration({ service: { ...inCluster.service, name: "absent" } }, { failurePolicy: "Ignore" }))
    assert.strictEqual(pods(later(create(open, deployment("web"))), "web").length, 1)
  })

  it("to a trial an address outside the cluster is unknown, and the same seed gives the same world", () => {
    const run = () => later(create(create(guarded(), configuration({ url: "https://hooks.example/pods" })), deployment("web")), 60)
    const [one, two] = [run(), run()]
    assert.include(
      messages(one)[0],
      'failed to call webhook: Post "https://hooks.example/pods?timeout=10s": dial tcp: lookup hooks.example on 10.96.0.10:53: no such host'
    )
    const all = (world: World) => JSON.stringify(Store.resources(world.store).map((resource) => Store.list(world.store, resource)))
    assert.strictEqual(all(one), all(two))
  })

  it.effect("a served cluster asks outside of it, about a client's writes and about a controller's", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(virtualEpoch)
      const asked: Array<string> = []
      const outside: Caller = (_, { body }) =>
        Effect.sync(() => {
          const review: unknown = JSON.parse(body)
          asked.push(String(at(review, "request", "userInfo", "username")))
          return text(200, JSON.stringify(reviewed(JSON.parse(body), asked.length)), "application/json")
        })
      const world = booted({ playbook, workers: 1, seed: "outside" })
      const { cluster } = EmbeddedCluster.make({ name: "test", world, outside })
      const api = cluster.api(admin)
      const path = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations"
      yield* api.request({ method: "POST", path, body: configuration({ url: "https://hooks.example/pods" }) })
      yield* KubeClient.create(api, KubeClient.resources.deployments, deployment("web", { replicas: 2 }))
      yield* TestClock.adjust("10 seconds")
      const pod = { ...deployment("alone"), apiVersion: "v1", kind: "Pod", spec: { containers: [{ name: "x", image: "demo:1" }] } }
      yield* KubeClient.create(api, KubeClient.resources.pods, pod)
      const all = yield* KubeClient.list(api, KubeClient.resources.pods, "default")
      assert.strictEqual(all.length, 3)
      for (const { metadata } of all) assert.isDefined(metadata.annotations?.["guarded"], metadata.name)
      assert.deepStrictEqual([...new Set(asked)], ["system:kube-controller-manager", "kubernetes-admin"])
      assert.deepStrictEqual(
        records(yield* KubeClient.list(api, KubeClient.resources.events, "default")).filter((event) => event["reason"] === "FailedCreate"),
        []
      )
    })
  )
})
