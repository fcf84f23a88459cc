import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { record, records } from "@aiopslab/kubernetes/Json"
import * as Store from "@aiopslab/kubernetes/Store"
import { describe, expect, it } from "vitest"
import { advance, change } from "../../src/Advance.ts"
import type { World } from "../../src/World.ts"
import { containersOf } from "../../src/World.ts"
import { create, start } from "../Scenario.ts"

const pod = (container: object, spec: object = {}): KubeObject => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "web", namespace: "default" },
  spec: { containers: [{ name: "web", image: "demo:1", command: ["demo", "serve"], ...container }], ...spec }
})

const after = (world: World, seconds: number): World => advance(world, world.now + seconds * 1000)

const begun = (container: object, spec?: object): World => create(start(), pod(container, spec))

const statusOf = (world: World) => record(Store.get(world.store, "pods", "default", "web")?.["status"])

const containerOf = (world: World) => {
  const [one] = containersOf(world, Store.get(world.store, "pods", "default", "web")?.metadata.uid ?? "")
  if (one === undefined) throw new Error("no container")
  return one
}

const isReady = (world: World): boolean =>
  records(statusOf(world)["conditions"]).some(({ status, type }) => type === "Ready" && status === "True")

/** Reasons and messages of the pod's events, with how often. */
const events = (world: World, reason: string): ReadonlyArray<string> =>
  Store.list(world.store, "events", "default")
    .filter((event) => event["reason"] === reason)
    .map((event) => `${String(event["count"])} ${String(event["message"])}`.replaceAll(/10\.244\.\d+\.\d+/gu, "IP"))

const probeTimers = (world: World): number => [...world.timers.values()].filter(({ _tag }) => _tag === "Probe").length

/** Seconds from the container's start until something holds. */
const secondsUntil = (world: World, holds: (world: World) => boolean): number => {
  let now = world
  for (let i = 0; i < 2_000 && !holds(now); i++) now = advance(now, now.now + 100)
  const { state } = containerOf(now)
  return state._tag === "Running" ? (now.now - state.startedAt) / 1000 : Number.NaN
}

/** Puts a file into the container, or takes it away, as a program in it might. */
const touched = (world: World, path: string, text: string | undefined): World =>
  change(world, (turn) => {
    const one = containerOf(world)
    turn.setContainer({ ...one, files: { ...one.files, [path]: text } })
  })[1]

describe("a readiness probe", () => {
  it("succeeds within a second of the start when the port is open, and holds back a pod whose port isn't", () => {
    expect(secondsUntil(begun({ readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 30 } }), isReady)).toBeLessThan(1.2)
    const closed = after(begun({ readinessProbe: { httpGet: { path: "health", port: 9090 }, periodSeconds: 5 } }), 20)
    expect(isReady(closed)).toBe(false)
    expect(events(closed, "Unhealthy")).toEqual([
      expect.stringMatching(/^[45] Readiness probe failed: Get "http:\/\/IP:9090\/health": dial tcp IP:9090: connect: connection refused$/u)
    ])
  })

  it("waits for the initial delay, and for as many successes and failures in a row as it is told", () => {
    const probe = {
      exec: { command: ["cat", "/tmp/ok"] },
      periodSeconds: 2,
      initialDelaySeconds: 6,
      successThreshold: 3,
      failureThreshold: 2
    }
    let world = touched(after(begun({ readinessProbe: probe }), 3), "/tmp/ok", "")
    const ready = secondsUntil(world, isReady)
    // the first turn after 6 s, then two more
    expect(ready).toBeGreaterThan(10)
    expect(ready).toBeLessThan(12.2)
    world = touched(after(world, 20), "/tmp/ok", undefined)
    const lost = world.now
    for (let i = 0; i < 100 && isReady(world); i++) world = advance(world, world.now + 100)
    expect(world.now - lost).toBeGreaterThan(2_000)
    expect(world.now - lost).toBeLessThanOrEqual(4_100)
  })

  it("goes by the status of the answer", () => {
    const page = (path: string) => ({
      command: ["sh", "-c", "echo hi > /www/index.html; httpd -f -p 8080 -h /www"],
      ports: [{ name: "web", containerPort: 8080 }],
      readinessProbe: { httpGet: { path, port: "web" } }
    })
    expect(isReady(after(begun(page("/")), 15))).toBe(true)
    const missing = after(begun(page("/none")), 15)
    expect([isReady(missing), ...events(missing, "Unhealthy")]).toEqual([
      false,
      expect.stringContaining("HTTP probe failed with statuscode: 404")
    ])
    const encrypted = after(begun({ readinessProbe: { httpGet: { port: 8080, scheme: "HTTPS" } } }), 15)
    expect(events(encrypted, "Unhealthy")[0]).toContain('Get "https://IP:8080/": http: server gave HTTP response to HTTPS client')
  })

  it("by gRPC asks the health service", () => {
    expect(isReady(after(begun({ readinessProbe: { grpc: { port: 8080 } } }), 15))).toBe(true)
    expect(events(after(begun({ readinessProbe: { grpc: { port: 9 }, timeoutSeconds: 2 } }), 15), "Unhealthy")[0]).toContain(
      'timeout: failed to connect service "IP:9" within 2s: context deadline exceeded'
    )
  })

  it("by a command ends with its time limit", () => {
    const world = after(begun({ readinessProbe: { exec: { command: ["sh", "-c", "sleep 5"] }, timeoutSeconds: 1, periodSeconds: 5 } }), 9)
    expect(events(world, "Unhealthy")).toEqual([expect.stringContaining('command timed out: "sh -c sleep 5" timed out after 1s')])
    expect(isReady(after(begun({ readinessProbe: { exec: { command: ["sleep", "0.5"] } } }), 12))).toBe(true)
    expect(
      isReady(
        after(begun({ readinessProbe: { exec: { command: ["sh", "-c", "demo echo x | grep -q x && wget -qO- localhost:8080"] } } }), 12)
      )
    ).toBe(true)
    expect(events(after(begun({ readinessProbe: { exec: { command: ["nope"] } } }), 12), "Unhealthy")[0]).toContain(
      "Readiness probe errored and resulted in unknown state: rpc error: code = Unknown desc = failed to exec in container: OCI runtime exec failed"
    )
  })
})

describe("a probe that found nothing wrong", () => {
  it("costs nothing as long as nothing changes, and is asked again when something does", () => {
    const probes = {
      readinessProbe: { exec: { command: ["cat", "/etc/motd"] } },
      livenessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 1 }
    }
    const world = after(begun(probes), 30)
    expect([isReady(world), probeTimers(world)]).toEqual([true, 0])
    expect(after(world, 1800).containers).toBe(world.containers)
    const broken = touched(world, "/etc/motd", undefined)
    expect(probeTimers(broken)).toBe(2)
    expect(isReady(after(broken, 31))).toBe(false)
    expect(probeTimers(after(touched(after(broken, 31), "/etc/motd", "again"), 31))).toBe(0)
  })

  it.each([
    ["the time", ["sh", "-c", "[ $(date +%s) -lt 99999999999 ]"]],
    ["the network", ["wget", "-qO-", "localhost:8080"]],
    ["a volume", ["cat", "/data/started"]],
    ["what it writes itself", ["sh", "-c", "echo >> /tmp/count"]]
  ])("is asked every time when it depends on %s", (_, command) => {
    const world = after(
      begun(
        { livenessProbe: { exec: { command }, periodSeconds: 5 }, volumeMounts: [{ name: "data", mountPath: "/data" }] },
        { volumes: [{ name: "data", emptyDir: {} }] }
      ),
      60
    )
    expect([probeTimers(world), isReady(world)]).toEqual([1, true])
  })
})

describe("a liveness probe", () => {
  it("has the container killed within its grace period, and started again", () => {
    const probe = { exec: { command: ["cat", "/tmp/up"] }, periodSeconds: 1, failureThreshold: 3, terminationGracePeriodSeconds: 4 }
    const world = after(begun({ command: ["demo", "stubborn"], livenessProbe: probe }), 5)
    expect(events(world, "Killing")).toEqual(["1 Container web failed liveness probe, will be restarted"])
    expect(containerOf(world).restarts).toBe(0)
    const later = after(world, 4)
    expect(containerOf(later)).toMatchObject({ restarts: 1, last: { exitCode: 137, reason: "Error" } })
  })

  it("ends a pod that is not to be restarted", () => {
    const probe = { tcpSocket: { port: 1 }, periodSeconds: 1, failureThreshold: 1 }
    const world = after(begun({ livenessProbe: probe }, { restartPolicy: "Never" }), 20)
    expect(events(world, "Killing")).toEqual(["1 Stopping container web"])
    expect(statusOf(world)["phase"]).toBe("Succeeded")
  })
})

describe("a startup probe", () => {
  it("holds the others back until it succeeds", () => {
    const never = { exec: { command: ["false"] }, periodSeconds: 1, failureThreshold: 1 }
    const up = { exec: { command: ["cat", "/tmp/up"] }, periodSeconds: 1, failureThreshold: 60 }
    const world = after(begun({ startupProbe: up, livenessProbe: never }), 20)
    expect(containerOf(world)).toMatchObject({ started: false, ready: false, restarts: 0 })
    expect(events(after(touched(world, "/tmp/up", ""), 3), "Killing")).toEqual(["1 Container web failed liveness probe, will be restarted"])
  })

  it("has the container restarted when it fails for good", () => {
    const world = after(begun({ startupProbe: { tcpSocket: { port: 1 }, periodSeconds: 1, failureThreshold: 3 } }), 6)
    expect(events(world, "Killing")).toEqual(["1 Container web failed startup probe, will be restarted"])
  })
})
