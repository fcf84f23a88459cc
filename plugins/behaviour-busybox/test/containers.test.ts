import type { Behaviour } from "@aiopslab/core/Behaviour"
import { advance, change } from "@aiopslab/simulator/Advance"
import { booted } from "@aiopslab/simulator/Boot"
import type { Container } from "@aiopslab/simulator/Container"
import { loaded } from "@aiopslab/simulator/kubelet/Images"
import type { World } from "@aiopslab/simulator/World"
import { describe, expect, it } from "vitest"
import { plugin } from "../src/index.ts"

const behaviours = plugin.components.filter((one): one is Behaviour => one._tag === "Behaviour")

/** A cluster some seconds after a pod was put into it, whose containers are named `main` and `other`. */
const after = (seconds: number, containers: ReadonlyArray<object>, image = "busybox:1.35"): World => {
  const world = loaded(booted({ playbook: { behaviours, topologies: {} }, workers: 1, seed: "busybox" }), image)
  const [, next] = change(world, (turn) =>
    turn.create("pods", {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "web", namespace: "default" },
      spec: { restartPolicy: "Never", containers: containers.map((one, i) => ({ name: i === 0 ? "main" : "other", image, ...one })) }
    })
  )
  return advance(next, next.now + seconds * 1000)
}

const containerOf = (world: World, name: string): Container => {
  const found = [...world.containers.values()].find((one) => one.name === name)
  if (found === undefined) throw new Error(`no container ${name}`)
  return found
}

/** `1.5s text`, by the time since the container's start. */
const logOf = (world: World, name = "main"): ReadonlyArray<string> => {
  const { instance } = containerOf(world, name)
  const out: Array<string> = []
  for (let line = instance?.log; line !== undefined; line = line.before)
    out.push(`${(line.at - (instance?.startedAt ?? 0)) / 1000}s ${line.line}`)
  return out.reverse()
}

describe("a container of nothing but a shell", () => {
  it.each(["busybox:1.35", "alpine:3", "debian:12", "ubuntu"])("%s runs what the pod says, in its time", (image) => {
    const world = after(20, [{ command: ["sh", "-c", 'echo "a $0 $1"; sleep 1.5; cat /etc/passwd; exit 3', "zero", "one"] }], image)
    expect(logOf(world)).toEqual(["0s a zero one", "1.5s root:x:0:0:root:/root:/bin/sh"])
    expect(containerOf(world, "main").state).toMatchObject({ _tag: "Terminated", exitCode: 3, reason: "Error" })
  })

  it("has bash only where the image has", () => {
    expect(containerOf(after(5, [{ command: ["bash", "-c", "echo hi"] }]), "main").state).toMatchObject({ exitCode: 128 })
    expect(logOf(after(5, [{ command: ["bash", "-c", "echo hi"] }], "debian:12"))).toEqual(["0s hi"])
  })

  it("ends at once when nobody types into its shell", () => {
    expect(containerOf(after(5, [{}]), "main").state).toMatchObject({ exitCode: 0, reason: "Completed" })
  })

  it("serves files that another container reads over the network", () => {
    const world = after(20, [
      { command: ["sh", "-c", "mkdir -p /www; echo hello > /www/index.html; httpd -f -p 8080 -h /www"] },
      { command: ["sh", "-c", "sleep 2; wget -qO- localhost:8080; nc -z localhost 9 || echo closed; wget -q nowhere || echo lost"] }
    ])
    expect(containerOf(world, "main").listening).toEqual([8080])
    expect(logOf(world, "other").map((line) => line.replace(/^\S+ /u, ""))).toEqual([
      "hello",
      "nc: can't connect to remote host (127.0.0.1): Connection refused",
      "closed",
      "wget: bad address 'nowhere'",
      "lost"
    ])
  })

  it("is killed for taking more memory than it may", () => {
    const world = after(10, [{ command: ["tail", "/dev/zero"], resources: { limits: { memory: "16Mi" } } }])
    expect(containerOf(world, "main").state).toMatchObject({ exitCode: 137, reason: "OOMKilled" })
  })
})
