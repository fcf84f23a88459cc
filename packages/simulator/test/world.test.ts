import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Store from "@aiopslab/kubernetes/Store"
import { advance } from "../src/Advance.ts"
import { asPod } from "../src/Kinds.ts"
import type { World } from "../src/World.ts"
import { epochsIn, nextTimer, reseed } from "../src/World.ts"
import { create, deployment, patch, remove, start } from "./Scenario.ts"

/** Written files; tokens follow from what is there, and are signed when somebody looks. */
const written = (files: object): ReadonlyArray<readonly [string, unknown]> =>
  Object.entries(Object.getOwnPropertyDescriptors(files)).map(([path, { value }]) => [path, value])

/** Everything that a world says, but for the functions of its programs. */
const bytes = (world: World): string =>
  JSON.stringify([
    world.now,
    world.store.revision,
    Store.resources(world.store).map((resource) => Store.list(world.store, resource)),
    [...world.containers.values()].map(({ behaviour: _, program: __, ...rest }) => rest),
    Object.entries(world.volumes).map(([key, { data, files }]) => [key, written(files), data]),
    [...world.timers.entries()]
  ])

const commands = [["demo", "serve"], ["demo", "crash"], ["demo", "crash-after", "45"], ["demo", "call", "web-0"], ["nope"]]

const Act = Schema.Struct({
  kind: Schema.Literals(["create", "delete", "scale", "restart"]),
  which: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 4 })),
  wait: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 90_000 }))
})
const Acts = Schema.Array(Act).check(Schema.isMaxLength(8))
type Act = typeof Act.Type

const act = (world: World, { kind, which }: Act): World => {
  const name = `web-${which}`
  const there = Store.get(world.store, "deployments.apps", "default", name) !== undefined
  switch (kind) {
    case "create":
      return there ? world : create(world, deployment(name, { replicas: 1 + (which % 3), container: { command: commands[which] } }))
    case "delete":
      return there ? remove(world, "deployments.apps", "default", name) : world
    case "scale":
      return there ? patch(world, "deployments.apps", "default", name, { spec: { replicas: which % 3 } }) : world
    case "restart":
      return there
        ? patch(world, "deployments.apps", "default", name, {
            spec: { template: { metadata: { annotations: { at: String(world.now) } } } }
          })
        : world
  }
}

const live = (acts: ReadonlyArray<Act>, seed: string, step: (world: World, until: number) => World): World => {
  let world = start(seed)
  for (const one of acts) world = step(act(world, one), world.now + one.wait)
  return step(world, world.now + 400_000)
}

describe("a world", () => {
  it.effect.prop(
    "advances by one jump as by many small steps",
    { acts: Acts, millis: Schema.Int.check(Schema.isBetween({ minimum: 700, maximum: 20_000 })) },
    ({ acts, millis }) =>
      Effect.sync(() => {
        const small = (world: World, until: number): World => {
          let here = world
          while (here.now + millis < until) here = advance(here, here.now + millis)
          return advance(here, until)
        }
        assert.strictEqual(bytes(live(acts, "s", small)), bytes(live(acts, "s", advance)))
      }),
    { arbitrary: { runs: 25 } }
  )

  it.effect.prop(
    "is the same for the same seed and acts, and another for another seed",
    { acts: Acts },
    ({ acts }) =>
      Effect.sync(() => {
        const full: ReadonlyArray<Act> = [{ kind: "create", which: 0, wait: 1000 }, ...acts]
        assert.strictEqual(bytes(live(full, "a", advance)), bytes(live(full, "a", advance)))
        assert.notStrictEqual(bytes(live(full, "a", advance)), bytes(live(full, "b", advance)))
      }),
    { arbitrary: { runs: 15 } }
  )

  it.effect.prop(
    "does not notice what happens in its forks",
    { before: Acts, left: Acts, right: Acts },
    ({ before, left, right }) =>
      Effect.sync(() => {
        const base = live(before, "f", advance)
        const kept = bytes(base)
        const go = (world: World, acts: ReadonlyArray<Act>): World =>
          acts.reduce((here, one) => advance(act(here, one), here.now + one.wait), world)
        const alone = bytes(go(base, right))
        go(base, left)
        assert.strictEqual(bytes(go(base, right)), alone)
        assert.strictEqual(bytes(base), kept)
      }),
    { arbitrary: { runs: 15 } }
  )

  it("draws otherwise after a fork took another seed", () => {
    const base = advance(create(start(), deployment("web", { container: { command: ["demo", "crash"] } })), start().now + 5_000)
    const a = advance(reseed(base, "a"), base.now + 100_000)
    const b = advance(reseed(base, "b"), base.now + 100_000)
    assert.notStrictEqual(bytes(a), bytes(b))
    assert.strictEqual(bytes(advance(reseed(base, "a"), base.now + 100_000)), bytes(a))
  })

  it("does nothing in a quiet stretch", () => {
    const ready = advance(create(start(), deployment("web")), start().now + 60_000)
    const later = advance(ready, ready.now + 180_000)
    assert.strictEqual(later.store, ready.store)
    assert.strictEqual(later.containers, ready.containers)
    assert.strictEqual(later.epochs, ready.epochs)
    assert.strictEqual(later.now, ready.now + 180_000)
  })

  it("comes to rest: nothing is scheduled for the past", () => {
    const ready = advance(create(start(), deployment("web", { replicas: 5 })), start().now + 60_000)
    assert.isAbove(nextTimer(ready) ?? 0, ready.now)
  })

  it("is not flooded by a deployment of a million replicas", () => {
    const created = create(start(), deployment("web", { replicas: 1_000_000 }))
    assert.strictEqual(Store.list(created.store, "pods", "default").length, 500)
    assert.strictEqual(Store.list(advance(created, created.now + 1_000).store, "pods", "default").length, 1_000)
  })

  it("lets its events go an hour after they were last seen", () => {
    const ready = advance(create(start(), deployment("web")), start().now + 60_000)
    assert.isAbove(Store.list(ready.store, "events").length, 5)
    assert.deepStrictEqual(Store.list(advance(ready, ready.now + 3_600_000).store, "events"), [])
  })

  it("tells its epochs without a gap, and each shows the world of its time", () => {
    const begin = start().now
    let world = advance(create(start(), deployment("web", { replicas: 2 })), begin + 30_000)
    world = advance(patch(world, "deployments.apps", "default", "web", { spec: { replicas: 0 } }), begin + 60_000)
    const epochs = epochsIn(world, begin, begin + 60_000)
    assert.strictEqual(epochs[0]?.from, begin)
    assert.strictEqual(epochs.at(-1)?.until, begin + 60_000)
    epochs.slice(1).forEach((epoch, i) => assert.strictEqual(epoch.from, epochs[i]?.until))
    const ready = (at: number): number => {
      const found = epochs.find(({ from, until }) => from <= at && at < until)
      return found === undefined
        ? -1
        : Store.list(found.world.store, "pods", "default")
            .map(asPod)
            .filter(({ status }) => status.conditions?.some(({ status: holds, type }) => type === "Ready" && holds === "True")).length
    }
    assert.deepStrictEqual([ready(begin), ready(begin + 20_000), ready(begin + 59_000)], [0, 2, 0])
  })
})
