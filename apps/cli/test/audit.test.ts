import type { EventError, TaskResult } from "@aiopslab/core/TrialEvent"
import { assert, describe, it } from "@effect/vitest"
import { finding } from "../src/handlers/Finding.ts"
import { stripVTControlCharacters } from "node:util"
import { table, wrap } from "../src/terminal/Table.ts"

const task = (name: string, outcome: TaskResult["outcome"], judged: "live" | "answer"): TaskResult => ({
  task: name,
  outcome,
  success: outcome === "passed",
  reason: `${name} is ${outcome}`,
  answer: null,
  truth: null,
  steps: 1,
  seconds: 1,
  formatErrors: 0,
  tokens: null,
  costUsd: null,
  evaluations: judged === "live" ? [{ evaluator: "e", verdict: "pass", reason: "", measurements: {} }] : [],
  results: {}
})

const verdict = (agent: string, tasks: ReadonlyArray<TaskResult>, error?: EventError) =>
  finding({ agent, problem: "p", tasks, ...(error === undefined ? {} : { error }) }).verdict

describe("a finding of the audit", () => {
  const yes = task("detection", "passed", "answer")
  const no = task("detection", "failed", "answer")
  const repaired = task("mitigation", "passed", "live")
  const broken = task("mitigation", "failed", "live")

  it.each([
    ["oracle has to pass every task", "oracle", [yes, repaired], "ok"],
    ["an oracle that fails one is wrong", "oracle", [yes, broken], "wrong"],
    ["a lucky guess alone is no defect of the problem", "always-yes", [yes, broken], "ok"],
    ["a problem that everybody passes measures nothing", "always-yes", [yes], "wrong"],
    ["nobody else may pass a mitigation", "delete-all", [no, repaired], "wrong"],
    ["what the environment spoiled says nothing", "nop", [task("detection", "environment-error", "answer")], "unknown"]
  ] as const)("%s", (_, agent, tasks, expected) => {
    assert.strictEqual(verdict(agent, tasks), expected)
  })

  it("a trial with an error says nothing, whatever its tasks", () => {
    assert.strictEqual(verdict("nop", [no], { code: "X", blame: "environment", message: "m", hint: "" }), "unknown")
  })
})

describe("a table", () => {
  it("aligns by what is seen, and wraps the last column", () => {
    const text = table(
      [
        ["a", "\u001b[1mbold\u001b[22m", "one two three four five six seven"],
        ["long", "b", "x"]
      ],
      40
    )
    assert.deepStrictEqual(stripVTControlCharacters(text).split("\n"), [
      "a     bold  one two three four five six",
      "            seven",
      "long  b     x"
    ])
  })

  it("a word longer than the width stands alone", () => {
    assert.deepStrictEqual(wrap("a bbbbbbbbbb c", 4), ["a", "bbbbbbbbbb", "c"])
  })
})
