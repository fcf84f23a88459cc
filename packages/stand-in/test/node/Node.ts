/** A bare API server with pods on nodes, and a node whose programs only change what it says of its interfaces. */
import { admin, type KubeApi } from "@aiopslab/core/Kubernetes"
import { labError } from "@aiopslab/core/LabError"
import { planeNamespace, planeVersion } from "@aiopslab/core/Workload"
import * as MemoryHost from "@aiopslab/kubernetes/MemoryHost"
import * as Server from "@aiopslab/kubernetes/Server"
import { scheme } from "@aiopslab/simulator/Plane"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { NodeMachine } from "../../src/node/NodeMachine.ts"
import type { Disturbance } from "../../src/node/Ways.ts"

const namespace = "shop"

export const serverWith = (pods: Readonly<Record<string, { readonly node: string; readonly ip: string }>>) =>
  Effect.gen(function* () {
    const host = yield* MemoryHost.make()
    const api = Server.make({ host, scheme, hiddenNamespaces: [planeNamespace] }).api(admin)
    for (const name of [namespace, planeNamespace]) {
      yield* api.request({ method: "POST", path: "/api/v1/namespaces", body: { apiVersion: "v1", kind: "Namespace", metadata: { name } } })
    }
    for (const [app, where] of Object.entries(pods)) yield* placed(api, app, where)
    return api
  })

export const placed = (api: KubeApi, app: string, { ip, node }: { readonly node: string; readonly ip: string }) =>
  Effect.gen(function* () {
    const path = `/api/v1/namespaces/${namespace}/pods`
    const spec = { nodeName: node, containers: [{ name: app, image: "a:1" }] }
    yield* api.request({
      method: "POST",
      path,
      body: { apiVersion: "v1", kind: "Pod", metadata: { name: app, labels: { app } }, spec }
    })
    const running = { name: app, containerID: `containerd://${app}1`, state: { running: { startedAt: "1969-12-31T23:59:00Z" } } }
    const status = { phase: "Running", podIP: ip, podIPs: [{ ip }], containerStatuses: [running] }
    yield* api.request({ method: "PATCH", path: `${path}/${app}/status`, body: { status }, contentType: "application/merge-patch+json" })
  })

export const planeObject = (kind: string, name: string, spec: Readonly<Record<string, unknown>>) => ({
  apiVersion: planeVersion,
  kind,
  metadata: { name, namespace: planeNamespace },
  spec: { namespace, ...spec }
})

export interface FakeNode {
  readonly machine: Context.Service.Shape<typeof NodeMachine>
  /** Commands that changed something, in order. */
  readonly done: Array<string>
  readonly killed: Array<string>
  /** Aliases of interfaces, and interfaces of ours: what a node keeps when its agent dies. */
  readonly aliases: Map<string, string>
  readonly devices: Set<string>
  legs: ReadonlyMap<number, ReadonlyArray<Disturbance>>
  /** Commands that begin like this fail. */
  broken: string | undefined
}

/** Its pods' interfaces are `veth1` and so on, in the order of their addresses. */
export const nodeWith = (node: string, ...addresses: ReadonlyArray<string>): FakeNode => {
  const veths = addresses.map((dst, i) => ({ dst, dev: `veth${i + 1}` }))
  const fake: FakeNode = {
    done: [],
    killed: [],
    aliases: new Map(),
    devices: new Set(),
    legs: new Map(),
    broken: undefined,
    machine: {
      node,
      kill: (container) => Effect.sync(() => void fake.killed.push(container)),
      relay: (legs) => Effect.sync(() => void (fake.legs = legs)),
      run: (command) =>
        Effect.suspend(() => {
          const text = command.join(" ")
          if (fake.broken !== undefined && text.startsWith(fake.broken)) {
            return Effect.fail(labError("CLUSTER_COMMAND_FAILED", { command: text, exit: 2, said: "" }))
          }
          if (text === "ip -json route show") return Effect.succeed(JSON.stringify(veths))
          if (text === "ip -json -details link show") return Effect.succeed(JSON.stringify(links()))
          fake.done.push(text)
          const [, alias] = / alias (.*)$/u.exec(text) ?? []
          if (alias !== undefined) fake.aliases.set(command[4] ?? "", alias)
          if (text.startsWith("ip link add aiop")) fake.devices.add(command[3] ?? "")
          if (text.startsWith("ip link delete")) fake.devices.delete(command[3] ?? "")
          return Effect.succeed("")
        })
    }
  }
  const links = () => [
    ...veths.map(({ dev }, i) => ({
      ifindex: i + 1,
      ifname: dev,
      mtu: 1500,
      address: "02:00:00:00:00:01",
      ifalias: fake.aliases.get(dev) ?? "",
      linkinfo: { info_kind: "veth" }
    })),
    ...[...fake.devices].map((ifname, i) => ({ ifindex: 100 + i, ifname, mtu: 1500, linkinfo: {} }))
  ]
  return fake
}
