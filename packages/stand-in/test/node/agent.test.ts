import * as KubeClient from "@aiopslab/core/KubeClient"
import type { KubeApi } from "@aiopslab/core/Kubernetes"
import { planeNamespace } from "@aiopslab/core/Workload"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import * as Agent from "../../src/node/Agent.ts"
import { NodeMachine } from "../../src/node/NodeMachine.ts"
import { type FakeNode, nodeWith, placed, planeObject, serverWith } from "./Node.ts"

const { containerKills, networkImpairments, services } = KubeClient.resources

const geo = { node: "one", ip: "10.1.0.1" }
const user = { node: "one", ip: "10.1.0.2" }
const mongo = { node: "two", ip: "10.2.0.1" }

const cut = (app: string, to?: string) =>
  planeObject("NetworkImpairment", `cut-${app}`, {
    pods: { app },
    ...(to === undefined ? {} : { to: { app: to } }),
    effect: { _tag: "Partition" }
  })

const agentOn = (fake: FakeNode, api: KubeApi) => Agent.make(api).pipe(Effect.provideService(NodeMachine, fake.machine))

const finalizers = (api: KubeApi, name: string) =>
  Effect.map(KubeClient.find(api, networkImpairments, planeNamespace, name), (found) => found?.metadata.finalizers)

describe("the agent of a node", () => {
  it.effect("impairs its node's pods for as long as the object is there, and holds it until all is as it was", () =>
    Effect.gen(function* () {
      const api = yield* serverWith({ geo, user, mongo })
      const [one, two] = [nodeWith("one", geo.ip, user.ip), nodeWith("two", mongo.ip)]
      const [first, second] = [yield* agentOn(one, api), yield* agentOn(two, api)]
      const both = Effect.andThen(first.look, second.look)
      yield* KubeClient.create(api, networkImpairments, cut("user"))
      yield* both
      assert.deepStrictEqual([[...one.devices], [...two.devices]], [["aiop2-0"], []])
      assert.deepStrictEqual([...one.legs.values()], [[{ _tag: "Partition" }]])
      assert.deepStrictEqual(yield* finalizers(api, "cut-user"), ["plane.aiopslab.dev/one"])
      const { length } = one.done
      yield* both
      assert.lengthOf(one.done, length)

      yield* KubeClient.remove(api, networkImpairments, planeNamespace, "cut-user")
      one.broken = "tc qdisc delete"
      assert.strictEqual((yield* Effect.flip(first.look))._tag, "LabError")
      assert.deepStrictEqual(yield* finalizers(api, "cut-user"), ["plane.aiopslab.dev/one"])
      one.broken = undefined
      yield* both
      assert.deepStrictEqual([[...one.devices], one.aliases.get("veth2"), one.legs.size], [[], "", 0])
      assert.isUndefined(yield* KubeClient.find(api, networkImpairments, planeNamespace, "cut-user"))
    })
  )

  it.effect("finds what its predecessor left, whether or not the object is still there", () =>
    Effect.gen(function* () {
      const api = yield* serverWith({ user })
      const node = nodeWith("one", user.ip)
      yield* KubeClient.create(api, networkImpairments, cut("user"))
      yield* Effect.flatMap(agentOn(node, api), ({ look }) => look)
      const { length } = node.done
      const next = yield* agentOn(node, api)
      node.done.length = length
      yield* next.look
      assert.lengthOf(node.done, length)
      yield* KubeClient.remove(api, networkImpairments, planeNamespace, "cut-user")
      yield* Effect.flatMap(agentOn(node, api), ({ look }) => look)
      assert.deepStrictEqual([[...node.devices], yield* finalizers(api, "cut-user")], [[], undefined])
    })
  )

  it.effect("leaves nothing when it is told to end", () =>
    Effect.gen(function* () {
      const api = yield* serverWith({ user })
      const node = nodeWith("one", user.ip)
      yield* KubeClient.create(api, networkImpairments, cut("user"))
      const { clean, look } = yield* agentOn(node, api)
      yield* look
      yield* clean
      assert.deepStrictEqual([[...node.devices], node.aliases.get("veth1")], [[], ""])
    })
  )

  it.effect("knows a pod that comes later, and the Services by which others are reached", () =>
    Effect.gen(function* () {
      const api = yield* serverWith({ mongo })
      yield* KubeClient.create(api, services, {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: "mongo", namespace: "shop" },
        spec: { selector: { app: "mongo" }, clusterIP: "10.96.0.9", ports: [{ port: 27017 }] }
      })
      const node = nodeWith("one", user.ip)
      const { look } = yield* agentOn(node, api)
      yield* KubeClient.create(api, networkImpairments, cut("user", "mongo"))
      yield* look
      assert.deepStrictEqual([node.devices.size, yield* finalizers(api, "cut-user")], [0, undefined])
      yield* placed(api, "user", user)
      yield* look
      const filters = node.done.filter((command) => command.startsWith("tc filter"))
      assert.deepStrictEqual(
        filters.map((command) => / dst (\S+)/u.exec(command)?.[1]),
        ["10.2.0.1/32", "10.96.0.9/32"]
      )
    })
  )

  it.effect("kills a container at once and every so often, on its own node", () =>
    Effect.gen(function* () {
      const api = yield* serverWith({ geo, mongo })
      const [one, two] = [nodeWith("one", geo.ip), nodeWith("two", mongo.ip)]
      const [first, second] = [yield* agentOn(one, api), yield* agentOn(two, api)]
      const spec = { pods: { app: "geo" }, container: "geo", everyMillis: 30_000 }
      yield* KubeClient.create(api, containerKills, planeObject("ContainerKill", "geo", spec))
      yield* Effect.andThen(first.look, second.look)
      assert.deepStrictEqual([one.killed, two.killed], [["geo1"], []])
      yield* KubeClient.remove(api, containerKills, planeNamespace, "geo")
      yield* TestClock.adjust("1 minute")
      yield* first.look
      assert.deepStrictEqual(one.killed, ["geo1"])
      assert.isUndefined(yield* KubeClient.find(api, containerKills, planeNamespace, "geo"))
    })
  )
})
