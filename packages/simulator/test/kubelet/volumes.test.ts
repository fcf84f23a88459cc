import type { KubeObject } from "@aiopslab/core/Kubernetes"
import * as Store from "@aiopslab/kubernetes/Store"
import { describe, expect, it } from "vitest"
import { advance } from "../../src/Advance.ts"
import * as Files from "../../src/kubelet/Files.ts"
import type { World } from "../../src/World.ts"
import { containersOf } from "../../src/World.ts"
import { create, patch, start } from "../Scenario.ts"

const after = (world: World, seconds: number): World => advance(world, world.now + seconds * 1000)

const pod = (container: object, spec: object): KubeObject => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "web", namespace: "default", labels: { app: "web", tier: 'a"b' } },
  spec: { containers: [{ name: "web", image: "demo:1", ...container }], ...spec }
})

const containerOf = (world: World) => {
  const [one] = containersOf(world, Store.get(world.store, "pods", "default", "web")?.metadata.uid ?? "")
  if (one === undefined) throw new Error("no container")
  return one
}

const read = (world: World, path: string): string | undefined => Files.read(world, containerOf(world), path)

const configMap = (data: object): KubeObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "settings", namespace: "default" },
  data
})

const settings = { name: "settings", configMap: { name: "settings" } }

describe("a volume", () => {
  it("of a ConfigMap shows a change with the pod's next round; a part of it and the environment never do", () => {
    const container = {
      env: [{ name: "A", valueFrom: { configMapKeyRef: { name: "settings", key: "a" } } }],
      volumeMounts: [
        { name: "settings", mountPath: "/all" },
        { name: "settings", mountPath: "/part.txt", subPath: "a" }
      ]
    }
    const before = after(create(create(start(), configMap({ a: "1" })), pod(container, { volumes: [settings] })), 10)
    const seen = (world: World) => [read(world, "/all/a"), read(world, "/part.txt"), containerOf(world).env["A"]]
    expect(seen(before)).toEqual(["1", "1", "1"])
    const changed = patch(before, "configmaps", "default", "settings", { data: { a: "2" } })
    expect(seen(changed)).toEqual(["1", "1", "1"])
    expect(seen(after(changed, 90))).toEqual(["2", "1", "1"])
    expect(Files.list(changed, containerOf(changed), "/all")).toEqual(["a"])
    expect(Files.all(changed, containerOf(changed))).toMatchObject({ "/all/a": "1", "/part.txt": "1" })
  })

  it("of a ConfigMap can't be written to", () => {
    const world = after(
      create(
        create(start(), configMap({ a: "1" })),
        pod(
          { command: ["sh", "-c", "echo 2 > /all/a; sleep 60"], volumeMounts: [{ name: "settings", mountPath: "/all" }] },
          { volumes: [settings] }
        )
      ),
      10
    )
    expect(read(world, "/all/a")).toBe("1")
  })

  it("tells a pod of itself, and of its labels as they change", () => {
    const volumes = [
      {
        name: "self",
        projected: {
          sources: [
            {
              downwardAPI: {
                items: [
                  { path: "labels", fieldRef: { fieldPath: "metadata.labels" } },
                  { path: "name", fieldRef: { fieldPath: "metadata.name" } }
                ]
              }
            },
            {
              downwardAPI: {
                items: [{ path: "memory", resourceFieldRef: { containerName: "web", resource: "limits.memory", divisor: "1Mi" } }]
              }
            },
            { configMap: { name: "none", optional: true } },
            { serviceAccountToken: { path: "token" } }
          ]
        }
      }
    ]
    const container = {
      resources: { limits: { memory: "64Mi" } },
      env: [
        { name: "MEMORY", valueFrom: { resourceFieldRef: { resource: "limits.memory" } } },
        { name: "CPU", valueFrom: { resourceFieldRef: { resource: "limits.cpu" } } }
      ],
      volumeMounts: [{ name: "self", mountPath: "/self" }]
    }
    const world = after(create(start(), pod(container, { volumes })), 10)
    expect([read(world, "/self/labels"), read(world, "/self/name"), read(world, "/self/memory")]).toEqual([
      'app="web"\ntier="a\\"b"',
      "web",
      "64"
    ])
    expect(read(world, "/self/token")).not.toBe("")
    expect(containerOf(world).env).toMatchObject({ MEMORY: String(64 * 1024 * 1024), CPU: "8" })
    expect(read(patch(world, "pods", "default", "web", { metadata: { labels: { app: "other" } } }), "/self/labels")).toContain(
      'app="other"'
    )
  })

  it.each([
    ["Directory", "/nowhere", "is not a directory"],
    ["File", "/etc", "is not a file"],
    ["Socket", "/nowhere", "is not a socket file"],
    ["DirectoryOrCreate", "/etc/hosts", "is not a directory"],
    ["Directory", "/var/log", undefined],
    ["DirectoryOrCreate", "/nowhere", undefined],
    ["", "/nowhere", undefined]
  ])("of a host's path of type '%s' at %s", (type, path, why) => {
    const volumes = [{ name: "host", hostPath: { path, type } }]
    const world = after(create(start(), pod({ volumeMounts: [{ name: "host", mountPath: "/h" }] }, { volumes })), 10)
    const found = Store.list(world.store, "events", "default").filter(({ reason }) => reason === "FailedMount")
    expect(found.map(({ message }) => message)).toEqual(
      why === undefined ? [] : [`MountVolume.SetUp failed for volume "host" : hostPath type check failed: ${path} ${why}`]
    )
  })
})

describe("a container that is put into a running pod", () => {
  it("runs once, and has a status of its own", () => {
    const world = after(create(start(), pod({}, {})), 10)
    const extra = { name: "look", image: "demo:1", command: ["sh", "-c", "sleep 3; exit 2"] }
    const looked = after(patch(world, "pods", "default", "web", { spec: { ephemeralContainers: [extra] } }), 20)
    const status = Store.get(looked.store, "pods", "default", "web")?.["status"]
    expect(status).toMatchObject({
      phase: "Running",
      ephemeralContainerStatuses: [{ name: "look", restartCount: 0, state: { terminated: { exitCode: 2 } } }]
    })
  })
})
