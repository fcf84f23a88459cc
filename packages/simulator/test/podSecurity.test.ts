import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { admin } from "@aiopslab/core/Kubernetes"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { booted } from "../src/Boot.ts"
import * as EmbeddedCluster from "../src/EmbeddedCluster.ts"
import { playbook } from "./Demo.ts"
import { deployment } from "./Scenario.ts"

const label = (mode: string) => `pod-security.kubernetes.io/${mode}`

const hosts = { hostNetwork: true, containers: [{ name: "a", image: "demo:1" }] }
const pod = (name: string, spec: object = hosts): KubeObject => ({ apiVersion: "v1", kind: "Pod", metadata: { name }, spec })

/** A namespace with these labels, and what a write in it is answered. */
const within = (labels: Readonly<Record<string, string>>) =>
  Effect.gen(function* () {
    const api = EmbeddedCluster.make({ name: "test", world: booted({ playbook, workers: 1, seed: "test" }) }).cluster.api(admin)
    yield* api.request({ method: "POST", path: "/api/v1/namespaces", body: { metadata: { name: "own", labels } } })
    const patch = (path: string, body: object) =>
      api.request({ method: "PATCH", path, body, contentType: "application/merge-patch+json" }).pipe(Effect.result)
    return {
      post: (plural: string, body: KubeObject) =>
        api.request({ method: "POST", path: `${plural === "pods" ? "/api/v1" : "/apis/apps/v1"}/namespaces/own/${plural}`, body }),
      relabel: (more: Readonly<Record<string, string>>) => patch("/api/v1/namespaces/own", { metadata: { labels: more } }),
      patch: (path: string, body: object) => patch(`/api/v1/namespaces/own/${path}`, body)
    }
  })

describe("the security levels of a namespace", () => {
  it.effect("warn of pods and of templates that they would not allow", () =>
    Effect.gen(function* () {
      const { post } = yield* within({ [label("warn")]: "baseline", [label("warn-version")]: "v1.30" })
      const expected = ['would violate PodSecurity "baseline:v1.30": host namespaces (hostNetwork=true)']
      assert.deepStrictEqual((yield* post("pods", pod("a"))).warnings, expected)
      const web = { ...deployment("web", { pod: { hostNetwork: true } }), metadata: { name: "web" } }
      assert.deepStrictEqual((yield* post("deployments", web)).warnings, expected)
      assert.strictEqual((yield* post("pods", pod("b", { containers: hosts.containers }))).warnings, undefined)
    })
  )

  it.effect("warn of templates whose pods will be refused", () =>
    Effect.gen(function* () {
      const { post } = yield* within({ [label("enforce")]: "baseline" })
      const refused = yield* Effect.flip(post("pods", pod("a")))
      assert.strictEqual(
        refused.message,
        'pods "a" is forbidden: violates PodSecurity "baseline:latest": host namespaces (hostNetwork=true)'
      )
      const web = { ...deployment("web", { pod: { hostNetwork: true } }), metadata: { name: "web" } }
      assert.deepStrictEqual((yield* post("deployments", web)).warnings, [
        'would violate PodSecurity "baseline:latest": host namespaces (hostNetwork=true)'
      ])
    })
  )

  it.effect("tell of the pods that are there already when more is enforced, and know only three names", () =>
    Effect.gen(function* () {
      const { patch, post, relabel } = yield* within({})
      yield* post("pods", pod("a"))
      yield* post("pods", pod("b"))
      const stricter = yield* relabel({ [label("enforce")]: "baseline" })
      assert.deepStrictEqual(stricter._tag === "Success" ? stricter.success.warnings : [], [
        'existing pods in namespace "own" violate the new PodSecurity enforce level "baseline:latest"',
        "a (and 1 other pod): host namespaces"
      ])
      const labelled = yield* patch("pods/a", { metadata: { labels: { x: "y" } } })
      assert.strictEqual(labelled._tag, "Success")
      const wrong = yield* relabel({ [label("warn")]: "strict" })
      assert.include(
        wrong._tag === "Failure" ? wrong.failure.message : "",
        'metadata.labels[pod-security.kubernetes.io/warn]: Invalid value: "strict": must be one of privileged, baseline, restricted'
      )
    })
  )
})
