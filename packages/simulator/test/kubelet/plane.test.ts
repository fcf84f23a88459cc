import type { KubeObject } from "@aiopslab/core/Kubernetes"
import type { NetworkImpairmentSpec } from "@aiopslab/core/NetworkImpairment"
import { planeNamespace, planeVersion } from "@aiopslab/core/Workload"
import { record } from "@aiopslab/kubernetes/Json"
import * as Store from "@aiopslab/kubernetes/Store"
import { describe, expect, it } from "vitest"
import { advance, change } from "../../src/Advance.ts"
import * as Execute from "../../src/kubelet/Execute.ts"
import { containerKills, networkImpairments } from "../../src/Plane.ts"
import type { World } from "../../src/World.ts"
import { containersOf } from "../../src/World.ts"
import { create, remove, start } from "../Scenario.ts"

const pod = (name: string, command: ReadonlyArray<string>, container: object = {}): KubeObject => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, namespace: "default", labels: { app: name } },
  spec: { containers: [{ name, image: "demo:1", command: ["demo", ...command], ...container }] }
})

const service: KubeObject = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "web", namespace: "default" },
  spec: { selector: { app: "web" }, ports: [{ port: 80, targetPort: 8080 }] }
}

const object = (kind: string, spec: object): KubeObject => ({
  apiVersion: planeVersion,
  kind,
  metadata: { name: "it", namespace: planeNamespace },
  spec
})

const impairment = (effect: NetworkImpairmentSpec["effect"], app = "web"): KubeObject =>
  object("NetworkImpairment", { namespace: "default", pods: { app }, effect })

const late = (latencyMillis: number) => ({ _tag: "Delay", latencyMillis, jitterMillis: 0, correlation: 0 }) as const

const after = (world: World, seconds: number): World => advance(world, world.now + seconds * 1000)

const containerOf = (world: World, name: string) => {
  const [one] = containersOf(world, Store.get(world.store, "pods", "default", name)?.metadata.uid ?? "")
  if (one === undefined) throw new Error(`no container of ${name}`)
  return one
}

const messages = (world: World, reason: string): ReadonlyArray<string> =>
  Store.list(world.store, "events", "default")
    .filter((event) => event["reason"] === reason)
    .map((event) => String(event["message"]).replaceAll(/10\.244\.\d+\.\d+/gu, "IP"))

const logOf = (world: World, name: string): ReadonlyArray<string> => {
  const lines: Array<string> = []
  for (let line = containerOf(world, name).instance?.log; line !== undefined; line = line.before) lines.unshift(line.line)
  return lines
}

/** When a container wrote a line, in seconds since it started. */
const secondsOf = (world: World, name: string, text: string): number | undefined => {
  const { instance } = containerOf(world, name)
  for (let line = instance?.log; line !== undefined; line = line.before)
    if (line.line.includes(text)) return (line.at - (instance?.startedAt ?? 0)) / 1000
  return undefined
}

describe("a probe over an impaired network", () => {
  const http = { readinessProbe: { httpGet: { port: 8080 }, periodSeconds: 5, timeoutSeconds: 1, failureThreshold: 1 } }

  it("is woken that slept because nothing could change its answer", () => {
    const tcp = { readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 5, failureThreshold: 1 } }
    const well = after(create(start(), pod("web", ["serve"], tcp)), 30)
    expect([...well.timers.values()].filter(({ _tag }) => _tag === "Probe")).toEqual([])
    const cut = after(create(well, impairment({ _tag: "Partition" })), 10)
    expect(containerOf(cut, "web").ready).toBe(false)
    expect(messages(cut, "Unhealthy")).toEqual(["Readiness probe failed: dial tcp IP:8080: i/o timeout"])
    expect(containerOf(after(remove(cut, networkImpairments, planeNamespace, "it"), 10), "web").ready).toBe(true)
  })

  it("fails when its answer comes too late, and succeeds when the network is as it was", () => {
    const well = after(create(start(), pod("web", ["serve"], http)), 30)
    expect(containerOf(well, "web").ready).toBe(true)
    const slow = after(create(well, impairment(late(600))), 10)
    expect(containerOf(slow, "web").ready).toBe(false)
    expect(messages(slow, "Unhealthy")).toEqual([
      'Readiness probe failed: Get "http://IP:8080/": context deadline exceeded (Client.Timeout exceeded while awaiting headers)'
    ])
    expect(containerOf(after(remove(slow, networkImpairments, planeNamespace, "it"), 10), "web").ready).toBe(true)
  })

  it("can't even connect when the first packet is too late, or nothing comes", () => {
    for (const effect of [late(1_100), { _tag: "Partition" } as const]) {
      const world = after(create(after(create(start(), pod("web", ["serve"], http)), 30), impairment(effect)), 10)
      expect(messages(world, "Unhealthy")).toEqual([
        'Readiness probe failed: Get "http://IP:8080/": dial tcp IP:8080: i/o timeout (Client.Timeout exceeded while awaiting headers)'
      ])
    }
  })

  it("succeeds when the answer comes in time, as one that only connects does when half of it would be late", () => {
    const tcp = { readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 5, timeoutSeconds: 1, failureThreshold: 1 } }
    for (const [probe, millis] of [
      [http, 400],
      [tcp, 600]
    ] as const)
      expect(containerOf(after(create(create(start(), impairment(late(millis))), pod("web", ["serve"], probe)), 30), "web").ready).toBe(
        true
      )
  })

  it("that is a command within the pod notices nothing", () => {
    const command = { readinessProbe: { exec: { command: ["wget", "-qO-", "localhost:8080"] }, failureThreshold: 1 } }
    const world = after(create(create(start(), impairment({ _tag: "Partition" })), pod("web", ["serve"], command)), 60)
    expect([containerOf(world, "web").ready, messages(world, "Unhealthy")]).toEqual([true, []])
  })
})

describe("what a program asks of others over an impaired network", () => {
  const calling = (...impairments: ReadonlyArray<KubeObject>): World => {
    const served = after(create(create(start(), service), pod("web", ["serve"])), 30)
    return after(create(impairments.reduce(create, served), pod("client", ["call", "web"])), 60)
  }

  it("takes a connection and an answer longer", () => {
    const usual = secondsOf(calling(), "client", "first: {") ?? Number.NaN
    expect(secondsOf(calling(impairment(late(700))), "client", "first: {")).toBeCloseTo(usual + 1.4, 2)
  })

  it("fails when the connection doesn't come about in time", () => {
    const world = calling(impairment(late(6_000)))
    expect(logOf(world, "client").at(-1)).toMatch(/^first: dial tcp 10\.96\.\d+\.\d+:80: i\/o timeout$/u)
    expect(secondsOf(world, "client", "i/o timeout")).toBeCloseTo(5, 1)
    expect(logOf(calling(impairment({ _tag: "Partition" })), "client").at(-1)).toMatch(/i\/o timeout$/u)
  })

  it("finds no name when its own questions to the name server are too late", () => {
    const world = calling(impairment(late(6_000), "client"))
    expect(logOf(world, "client").at(-1)).toMatch(/^first: dial tcp: lookup web on 10\.96\.0\.10:53: read udp .*: i\/o timeout$/u)
    expect(secondsOf(world, "client", "i/o timeout")).toBeCloseTo(10, 1)
  })

  it("asks for no name that its own hosts file has", () => {
    const slow = after(create(calling(), impairment(late(700), "client")), 5)
    const [unknown] = change(slow, (turn) => Execute.execute(turn, containerOf(turn, "client"), ["wget", "-qO-", "web"], 60_000))
    expect(unknown).toMatchObject({ outcome: { status: 0 }, elapsedMillis: 2_100 })
    const line = `${containerOf(slow, "web").podIp} web`
    const [, known] = change(slow, (turn) =>
      Execute.execute(turn, containerOf(turn, "client"), ["sh", "-c", `echo ${line} >> /etc/hosts`], 60_000)
    )
    const [asked] = change(known, (turn) => Execute.execute(turn, containerOf(turn, "client"), ["wget", "-qO-", "web:8080"], 60_000))
    expect(asked).toMatchObject({ outcome: { status: 0 }, elapsedMillis: 1_400 })
  })

  it("takes as long for commands in its container", () => {
    const run = (world: World) =>
      change(world, (turn) => Execute.execute(turn, containerOf(turn, "client"), ["wget", "-qO-", "web"], 60_000))[0]
    expect(run(calling())).toMatchObject({ outcome: { status: 0 }, elapsedMillis: 0 })
    expect(run(calling(impairment(late(700))))).toMatchObject({ outcome: { status: 0 }, elapsedMillis: 1_400, stdout: '{"calls":2}' })
    expect(run(calling(impairment({ _tag: "Partition" })))).toMatchObject({
      outcome: { status: 1 },
      elapsedMillis: 5_000,
      stderr: "wget: download timed out\n"
    })
  })
})

describe("a ContainerKill", () => {
  const killer = (container = "web"): KubeObject =>
    object("ContainerKill", { namespace: "default", pods: { app: "web" }, container, everyMillis: 30_000 })
  const well = after(create(create(start(), pod("web", ["serve"])), pod("other", ["serve"])), 20)

  it("kills the container at once, which starts again", () => {
    const struck = create(well, killer())
    expect(containerOf(struck, "web").state).toMatchObject({ _tag: "Terminated", exitCode: 137, reason: "Error" })
    expect(containerOf(after(struck, 5), "web")).toMatchObject({ restarts: 1, state: { _tag: "Running" }, last: { exitCode: 137 } })
    expect(containerOf(struck, "other")).toMatchObject({ restarts: 0, state: { _tag: "Running" } })
  })

  it("does so again and again until it is removed, and its kubelet hesitates", () => {
    const struck = after(create(well, killer()), 200)
    const kills = Number(record(Store.get(struck.store, containerKills, planeNamespace, "it")?.["status"])["kills"])
    expect(kills).toBeGreaterThanOrEqual(4)
    expect(containerOf(struck, "web").restarts).toBeGreaterThanOrEqual(3)
    expect(messages(struck, "BackOff")[0]).toContain("Back-off restarting failed container web in pod web_default")
    const spared = after(remove(struck, containerKills, planeNamespace, "it"), 400)
    expect(containerOf(spared, "web").state._tag).toBe("Running")
    expect(containerOf(after(spared, 600), "web").restarts).toBe(containerOf(spared, "web").restarts)
  })

  it("hits no other container, and does nothing when its spec is none", () => {
    expect(containerOf(after(create(well, killer("sidecar")), 100), "web").restarts).toBe(0)
    expect(containerOf(after(create(well, object("ContainerKill", { namespace: "default" })), 100), "web").restarts).toBe(0)
  })
})

describe("a pod that is removed while it runs", () => {
  it("is ended by its node, which says so", () => {
    const well = after(create(start(), pod("web", ["serve"])), 20)
    const gone = remove(well, "pods", "default", "web", { gracePeriodSeconds: 0 })
    expect(Store.get(gone.store, "pods", "default", "web")).toBeUndefined()
    expect(messages(gone, "Killing")).toEqual(["Stopping container web"])
  })
})
