import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { admin, patchTypes } from "@aiopslab/core/Kubernetes"
import { managedOf, ownershipOf, shown } from "@aiopslab/kubernetes/apply/Ownership"
import * as MemoryHost from "@aiopslab/kubernetes/MemoryHost"
import * as Server from "@aiopslab/kubernetes/Server"
import * as Store from "@aiopslab/kubernetes/Store"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"

const maps = "/api/v1/namespaces/default/configmaps"

/** A long history by three writers; the owners at its end. */
const history = (look: "always" | "late") =>
  Effect.gen(function* () {
    const host = yield* MemoryHost.make()
    const api = Server.make({ host }).api(admin)
    yield* api.request({ method: "POST", path: maps, body: { metadata: { name: "m" }, data: { k: "0" } }, query: { fieldManager: "w0" } })
    for (let i = 1; i <= 100; i++) {
      const body = { data: { k: String(i), [`k${i % 7}`]: i % 5 === 0 ? null : String(i) } }
      const query = { fieldManager: `w${i % 3}` }
      const reply = yield* api.request({ method: "PATCH", path: `${maps}/m`, body, query, contentType: patchTypes.merge })
      if (look === "always") JSON.stringify(reply.body)
    }
    return { host, owners: JSON.stringify((yield* api.request({ method: "GET", path: `${maps}/m` })).body) }
  })

describe("owners are found out when somebody looks", () => {
  it.effect("and are the same whenever that is", () =>
    Effect.gen(function* () {
      const [always, late] = [yield* history("always"), yield* history("late")]
      assert.include(late.owners, '"manager":"w1"')
      assert.strictEqual(late.owners, always.owners)
    })
  )

  it.effect("of every version that is kept", () =>
    Effect.gen(function* () {
      const { host } = yield* history("late")
      const changes = Store.changesAfter(yield* host.store, 0) ?? Store.changesAfter(yield* host.store, 1) ?? []
      const versions = changes
        .filter(({ object, resource }) => resource === "configmaps" && object.metadata.name === "m")
        .map(({ object }) => object)
      assert.strictEqual(versions.length, 101)
      const [first, second] = versions
      const managers = (object: KubeObject | undefined) => (object === undefined ? [] : managedOf(object).map(({ manager }) => manager))
      // the newest first, so that older ones are asked for after their successors
      assert.sameMembers(managers(versions.at(-1)), ["w0", "w1", "w2"])
      assert.deepStrictEqual(managers(first), ["w0"])
      assert.deepStrictEqual(managers(second), ["w0", "w1"])
    })
  )

  it.effect("and an object that is shown twice is the same object", () =>
    Effect.gen(function* () {
      const { host } = yield* history("late")
      const object = Store.get(yield* host.store, "configmaps", "default", "m")
      if (object === undefined) return assert.fail("no object")
      assert.strictEqual(shown(object), shown(object))
      assert.strictEqual(shown(object).metadata["managedFields"], ownershipOf(object)?.encoded)
      assert.notProperty(object.metadata, "managedFields")
    })
  )

  it.effect("and an object that nobody owns can be written back as it was answered", () =>
    Effect.gen(function* () {
      const api = Server.make({ host: yield* MemoryHost.make() }).api(admin)
      const { body } = yield* api.request({ method: "POST", path: maps, body: { metadata: { name: "m" }, data: {} } })
      const { code } = yield* api.request({ method: "PUT", path: `${maps}/m`, body })
      assert.strictEqual(code, 200)
    })
  )
})
