import { expect, it } from "vitest"
import { isTestReport, remarksOf, type TestReport, totalsOf } from "../src/TestReports.ts"

const report = (numbers: Partial<TestReport>): TestReport => ({
  numPassedTests: 0,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: [],
  ...numbers
})

it("a todo is a skip", () => {
  expect(totalsOf(report({ numPassedTests: 3, numPendingTests: 1, numTodoTests: 1 }))).toEqual({ passed: 3, failed: 0, skipped: 2 })
})

it("a file that can't be loaded is a failure although it has no test", () => {
  const broken = report({ testResults: [{ name: "a.test.ts", status: "failed", message: "no module\nat …", assertionResults: [] }] })
  expect(totalsOf(broken).failed).toBe(1)
  expect(remarksOf(broken)).toEqual(["failed: a.test.ts: no module"])
})

it("names what failed and what was skipped", () => {
  const assertionResults = [
    { fullName: "one", status: "passed" },
    { fullName: " two", status: "skipped" },
    { fullName: "three", status: "failed" }
  ]
  expect(remarksOf(report({ testResults: [{ name: "a.test.ts", status: "failed", assertionResults }] }))).toEqual([
    "skipped: a.test.ts: two",
    "failed: a.test.ts: three"
  ])
})

it("another program's JSON is no report", () => {
  expect(isTestReport(report({}))).toBe(true)
  for (const other of [null, 3, [], { machine: "", figures: [] }, { testResults: {} }]) expect(isTestReport(other)).toBe(false)
})
