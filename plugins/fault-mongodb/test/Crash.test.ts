import type { KubeObject } from "@aiopslab/core/Kubernetes"
import * as Pods from "@aiopslab/core/Pods"
import { assert, describe, it } from "@effect/vitest"
import { hasCrashed } from "../src/Crash.ts"

const pod = (containerStatuses: ReadonlyArray<unknown>): KubeObject => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "geo-1" },
  status: { phase: "Running", containerStatuses }
})
const running = { ready: true, state: { running: { startedAt: "2026-01-01T00:00:00Z" } }, lastState: {} }
const ended = (exitCode: number) => ({ terminated: { exitCode, reason: exitCode === 0 ? "Completed" : "Error" } })

describe("a pod", () => {
  it("has crashed when a container ended with an error, now or before", () => {
    assert.isFalse(hasCrashed(pod([running])))
    assert.isFalse(hasCrashed(pod([{ ready: false, state: ended(0) }])))
    assert.isTrue(hasCrashed(pod([{ ready: false, state: ended(1) }])))
    assert.isTrue(hasCrashed(pod([{ ...running, lastState: ended(2) }])))
    assert.isTrue(hasCrashed(pod([{ ready: false, state: { waiting: { reason: "CrashLoopBackOff" } } }])))
    assert.isFalse(hasCrashed(pod([{ ready: false, state: { waiting: { reason: "ContainerCreating" } } }])))
  })
  it("is ready when it has containers and all are", () => {
    assert.isTrue(Pods.isReady(pod([running, running])))
    assert.isFalse(Pods.isReady(pod([running, { ...running, ready: false }])))
    assert.isFalse(Pods.isReady({ apiVersion: "v1", kind: "Pod", metadata: { name: "new" }, status: { phase: "Pending" } }))
  })
})
