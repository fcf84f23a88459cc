import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { assert, describe, it } from "@effect/vitest"
import { leftFolder } from "../src/Volumes.ts"

const volume = (spec: object, phase = "Released", annotations: Readonly<Record<string, string>> = {}): KubeObject => ({
  apiVersion: "v1",
  kind: "PersistentVolume",
  metadata: { name: "one", annotations },
  spec,
  status: { phase }
})

describe("a volume that a trial left", () => {
  it.each([
    ["/data/volumes/geo-pv", "/data/volumes/geo-pv"],
    ["/mnt/disk/", "/mnt/disk/"],
    ["/", undefined],
    ["/data", undefined],
    ["/data/../etc/kubernetes", undefined],
    ["/data/volumes/..", undefined],
    ["/etc/kubernetes", undefined],
    ["/var/lib/kubelet", undefined],
    ["/var/lib", undefined],
    ["/var/run", undefined],
    ["/opt/cni", undefined],
    ["/./etc/kubernetes", undefined],
    ["/data/./etc", undefined],
    ["/optional/cni", "/optional/cni"],
    ["/var/local/geo", "/var/local/geo"],
    ["data/volumes", undefined]
  ])("at %s: its folder is %s", (path, folder) => {
    assert.strictEqual(leftFolder(volume({ hostPath: { path } })), folder)
    assert.strictEqual(leftFolder(volume({ local: { path } })), folder)
  })

  it("keeps its data while it is claimed, and where a provisioner or a server has it", () => {
    const hostPath = { path: "/data/volumes/geo-pv" }
    assert.isUndefined(leftFolder(volume({ hostPath }, "Bound")))
    assert.isUndefined(leftFolder(volume({ hostPath }, "Released", { "pv.kubernetes.io/provisioned-by": "rancher.io/local-path" })))
    assert.isUndefined(leftFolder(volume({ nfs: { server: "one", path: "/data/volumes" } })))
    assert.strictEqual(leftFolder(volume({ hostPath }, "Available")), hostPath.path)
  })
})
