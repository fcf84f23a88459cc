import { assert, describe, it } from "@effect/vitest"
import { type KubeApi, type KubeRequest, KubeStatus } from "@aiopslab/core/Kubernetes"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { type Audited, auditing } from "../src/Audit.ts"

const forbidden = new KubeStatus({ code: 403, reason: "Forbidden", message: "no" })

const api: KubeApi = {
  request: ({ path }) => {
    if (path.includes("/secrets")) return Effect.fail(forbidden)
    return path.endsWith("/slow") ? Effect.never : Effect.succeed({ code: path.endsWith("/new") ? 201 : 200, body: {} })
  },
  watch: ({ path }) => (path.includes("/secrets") ? Stream.fail(forbidden) : Stream.empty),
  connect: () => Effect.succeed({ send: () => Effect.void, end: () => Effect.void, received: Stream.empty })
}

const asked = (use: (api: KubeApi) => Effect.Effect<unknown, unknown>) =>
  Effect.gen(function* () {
    const told: Array<Audited> = []
    yield* Effect.ignore(use(auditing(api, { user: "agent", groups: [] }, (audited) => told.push(audited))))
    return told
  })

const get = (path: string, method: KubeRequest["method"] = "GET") => asked((front) => front.request({ method, path }))

describe("the audit of an agent's requests", () => {
  it.effect("tells verb, resource and code, of refusals too", () =>
    Effect.gen(function* () {
      const deployments = { user: "agent", resource: "deployments.apps", namespace: "shop" }
      assert.deepStrictEqual(yield* get("/apis/apps/v1/namespaces/shop/deployments"), [{ ...deployments, verb: "list", code: 200 }])
      assert.deepStrictEqual(yield* get("/apis/apps/v1/namespaces/shop/deployments/web/scale", "PATCH"), [
        { ...deployments, verb: "patch", name: "web", subresource: "scale", code: 200 }
      ])
      assert.deepStrictEqual(yield* get("/api/v1/nodes", "DELETE"), [
        { user: "agent", verb: "deletecollection", resource: "nodes", code: 200 }
      ])
      assert.deepStrictEqual(yield* get("/api/v1/namespaces/shop/secrets/key"), [
        { user: "agent", verb: "get", resource: "secrets", namespace: "shop", name: "key", code: 403 }
      ])
      assert.deepStrictEqual(yield* get("/version"), [{ user: "agent", verb: "get", resource: "/version", code: 200 }])
    })
  )

  it.effect("watches and connections are requests; one that was given up is none", () =>
    Effect.gen(function* () {
      const path = "/api/v1/namespaces/shop/pods"
      const pods = { user: "agent", resource: "pods", namespace: "shop" }
      assert.deepStrictEqual(yield* asked((front) => Stream.runDrain(front.watch({ method: "GET", path }))), [
        { ...pods, verb: "watch", code: 200 }
      ])
      assert.deepStrictEqual(
        (yield* asked((front) => Stream.runDrain(front.watch({ method: "GET", path: "/api/v1/secrets" })))).map(({ code }) => code),
        [403]
      )
      assert.deepStrictEqual(yield* asked((front) => Effect.scoped(front.connect({ method: "GET", path: `${path}/web/exec` }))), [
        { ...pods, verb: "create", name: "web", subresource: "exec", code: 101 }
      ])
      const given = yield* asked((front) =>
        Effect.flatMap(Effect.forkChild(front.request({ method: "GET", path: "/slow" }), { startImmediately: true }), Fiber.interrupt)
      )
      assert.deepStrictEqual(given, [])
    })
  )
})
