import type { KubeObject } from "@aiopslab/core/Kubernetes"
import * as Store from "@aiopslab/kubernetes/Store"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

const Operation = Schema.Struct({
  kind: Schema.Literals(["put", "put", "remove"]),
  resource: Schema.Literals(["pods", "services", "deployments.apps"]),
  namespace: Schema.Literals(["a", "a-b", "b"]),
  name: Schema.Literals(["x", "x-1", "y", "z"]),
  value: Schema.Literals([1, 2, 3])
})

const object = (namespace: string, name: string, value: number, owner?: string): KubeObject => ({
  apiVersion: "v1",
  kind: "Thing",
  metadata: {
    name,
    namespace,
    ...(owner === undefined ? {} : { ownerReferences: [{ apiVersion: "v1", kind: "Owner", name: "o", uid: owner }] })
  },
  spec: { value }
})

const apply = (store: Store.Store, operation: typeof Operation.Type): Store.Store =>
  operation.kind === "put"
    ? Store.put(store, operation.resource, object(operation.namespace, operation.name, operation.value))
    : Store.remove(store, operation.resource, operation.namespace, operation.name)

const contents = (store: Store.Store) =>
  Store.resources(store).flatMap((resource) => Store.list(store, resource).map((one) => [resource, one] as const))

describe("Store", () => {
  it.effect.prop("holds what a map would, in the order of the keys", { operations: Schema.Array(Operation) }, ({ operations }) =>
    Effect.sync(() => {
      const model = new Map<string, number>()
      let store = Store.empty
      for (const operation of operations) {
        const key = `${operation.resource} ${operation.namespace}/${operation.name}`
        if (operation.kind === "put") model.set(key, operation.value)
        else model.delete(key)
        store = apply(store, operation)
      }
      const found = contents(store).map(([resource, one]) => [`${resource} ${one.metadata.namespace}/${one.metadata.name}`, one["spec"]])
      const wanted = [...model].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => [key, { value }])
      assert.deepStrictEqual(found, wanted)
    })
  )

  it.effect.prop("an earlier store stays as it was", { operations: Schema.Array(Operation) }, ({ operations }) =>
    Effect.sync(() => {
      const kept: Array<readonly [Store.Store, string]> = []
      let store = Store.empty
      for (const operation of operations) {
        kept.push([store, JSON.stringify(contents(store))])
        store = apply(store, operation)
      }
      for (const [earlier, text] of kept) assert.strictEqual(JSON.stringify(contents(earlier)), text)
    })
  )

  it.effect.prop(
    "the changes after a revision lead from its objects to the present ones",
    { operations: Schema.Array(Operation) },
    ({ operations }) =>
      Effect.sync(() => {
        const half = operations.slice(0, operations.length / 2).reduce(apply, Store.empty)
        const store = operations.slice(operations.length / 2).reduce(apply, half)
        const model = new Map(contents(half).map(([resource, one]) => [`${resource} ${one.metadata.namespace}/${one.metadata.name}`, one]))
        let last = half.revision
        for (const change of Store.changesAfter(store, half.revision) ?? []) {
          const key = `${change.resource} ${change.object.metadata.namespace}/${change.object.metadata.name}`
          assert.strictEqual(change.revision, last + 1)
          assert.strictEqual(change.object.metadata.resourceVersion, String(change.revision))
          assert.deepStrictEqual(change.previous, model.get(key))
          if (change.type === "DELETED") model.delete(key)
          else model.set(key, change.object)
          last = change.revision
        }
        assert.strictEqual(last, store.revision)
        const wanted = [...model].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one)
        assert.deepStrictEqual(
          wanted,
          contents(store).map(([, one]) => one)
        )
      })
  )

  it("lists one namespace without those whose names begin alike", () => {
    const store = [object("a", "x", 1), object("a-b", "x", 1), object("a.b", "x", 1)].reduce(
      (store, one) => Store.put(store, "pods", one),
      Store.empty
    )
    assert.deepStrictEqual(
      Store.list(store, "pods", "a").map(({ metadata }) => metadata.namespace),
      ["a"]
    )
  })

  it("putting an equal object changes nothing, whatever its resourceVersion", () => {
    const store = Store.put(Store.empty, "pods", object("a", "x", 1))
    assert.strictEqual(Store.put(store, "pods", object("a", "x", 1)), store)
    const stored = Store.get(store, "pods", "a", "x")
    assert.strictEqual(stored?.metadata.resourceVersion, "2")
    assert.strictEqual(
      Store.put(store, "pods", { ...object("a", "x", 1), metadata: { name: "x", namespace: "a", resourceVersion: "9" } }),
      store
    )
  })

  it("finds the dependents of an owner until they change owners or go", () => {
    const one = Store.put(Store.put(Store.empty, "pods", object("a", "x", 1, "u1")), "services", object("a", "y", 1, "u1"))
    assert.deepStrictEqual(
      Store.dependents(one, "u1").map(({ resource }) => resource),
      ["pods", "services"]
    )
    const two = Store.put(Store.remove(one, "services", "a", "y"), "pods", object("a", "x", 1, "u2"))
    assert.deepStrictEqual(Store.dependents(two, "u1"), [])
    assert.deepStrictEqual(
      Store.dependents(two, "u2").map(({ object }) => object.metadata.name),
      ["x"]
    )
    assert.strictEqual(Store.dependents(one, "u1").length, 2)
  })

  it("forgets old changes, and says so", () => {
    let store = Store.empty
    for (let i = 0; i < 3 * Store.logLength; i++) store = Store.put(store, "pods", object("a", "x", i))
    assert.strictEqual(Store.changesAfter(store, 1), undefined)
    assert.strictEqual(Store.changesAfter(store, store.revision - Store.logLength)?.length, Store.logLength)
    assert.strictEqual(Store.changesAfter(Store.compact(store), store.revision - 1), undefined)
    assert.deepStrictEqual(Store.changesAfter(Store.compact(store), store.revision), [])
  })
})
