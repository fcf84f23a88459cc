import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { assert, describe, it } from "@effect/vitest"
import * as Kills from "../../src/node/Kills.ts"

const spec = { namespace: "shop", pods: { app: "geo" }, container: "geo", everyMillis: 30_000 }

const created = "2026-01-01T00:00:00Z"
const second = (n: number): number => Date.parse(created) + n * 1000

const pod = (startedAt: number | undefined, name = "geo"): KubeObject => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "geo-1" },
  status: {
    containerStatuses: [
      {
        name,
        containerID: `containerd://${name}1`,
        state: startedAt === undefined ? { waiting: {} } : { running: { startedAt: new Date(second(startedAt)).toISOString() } }
      }
    ]
  }
})

describe("a container", () => {
  it.each([
    ["is killed when the object comes", -100, 0, true],
    ["is killed when the object was seen late", -100, 12, true],
    ["is let off when it started again since", 2, 12, false],
    ["is killed again when its time has come", 2, 30, true],
    ["is let off when it was not running then", 31, 59, false],
    ["is let off when it does not run", undefined, 60, false]
  ] as const)("%s", (_, startedAt, at, isKilled) => {
    assert.deepStrictEqual(Kills.due(spec, created, [pod(startedAt)], second(at)), isKilled ? ["geo1"] : [])
  })

  it("is let off when another one was meant", () => {
    assert.deepStrictEqual(Kills.due(spec, created, [pod(-100, "sidecar")], second(1)), [])
    assert.deepStrictEqual(Kills.due(spec, created, [{ ...pod(-100), status: undefined }], second(1)), [])
  })
})
