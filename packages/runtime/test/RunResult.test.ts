import { assert, describe, it } from "@effect/vitest"
import { armed } from "../src/Failpoint.ts"
import * as RunResult from "../src/RunResult.ts"
import type { TrialRecord } from "../src/TrialRecord.ts"

const record = (...outcomes: ReadonlyArray<TrialRecord["tasks"][number]["outcome"]>): TrialRecord => ({
  version: 1,
  id: "x",
  digest: "d",
  state: "ended",
  problem: "p",
  agent: "a",
  model: null,
  seed: 0,
  repeat: 0,
  virtualMs: 1,
  differences: [],
  tasks: outcomes.map((outcome) => ({
    task: "detection",
    outcome,
    success: outcome === "passed",
    reason: "",
    answer: null,
    truth: null,
    steps: 1,
    seconds: 1,
    formatErrors: 0,
    tokens: null,
    costUsd: null,
    evaluations: [],
    results: {}
  })),
  wall: { startedAt: 0, ms: 1 }
})

const result = (records: ReadonlyArray<TrialRecord>, end: "complete" | "interrupted" = "complete") =>
  RunResult.make({ id: "r", dir: "/r", seed: 0, versions: {} }, records, end)

describe("RunResult", () => {
  it("counts passed tasks among those that are not environment errors", () => {
    const { summary } = result([record("passed", "failed"), record("environment-error", "step-limit")])
    assert.strictEqual(summary.passedShare, 1 / 3)
    assert.strictEqual(summary.environmentErrorRate, 1 / 4)
    assert.isNull(result([record("environment-error")]).summary.passedShare)
  })

  it("decides the exit code by what weighs most", () => {
    const code = (records: ReadonlyArray<TrialRecord>, failUnder?: number, end: "complete" | "interrupted" = "complete") =>
      RunResult.exitCode(result(records, end), failUnder)
    assert.strictEqual(code([record("failed")]), 0)
    assert.strictEqual(code([record("passed", "failed")], 0.5), 0)
    assert.strictEqual(code([record("passed", "failed")], 0.51), 1)
    assert.strictEqual(code([], 0.1), 1)
    assert.strictEqual(code([record("budget-limit")], 1), 4)
    assert.strictEqual(code([record("budget-limit", "environment-error")], 1), 3)
    assert.strictEqual(code([record("environment-error")], 1, "interrupted"), 130)
  })
})

describe("Failpoint", () => {
  it("kills at the passing that was named, once", () => {
    let kills = 0
    const pass = armed("inject.before:2", () => kills++)
    pass("inject.after")
    pass("inject.before")
    assert.strictEqual(kills, 0)
    pass("inject.before")
    assert.strictEqual(kills, 1)
    pass("inject.before")
    assert.strictEqual(kills, 1)
  })
})
