/** vitest's JSON reports, added up. */
export interface TestReport {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly numTodoTests: number
  readonly testResults: ReadonlyArray<{
    readonly name: string
    readonly status: string
    readonly message?: string
    readonly assertionResults: ReadonlyArray<{ readonly fullName: string; readonly status: string }>
  }>
}

export interface Totals {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

export const add = (left: Totals, right: Totals): Totals => ({
  passed: left.passed + right.passed,
  failed: left.failed + right.failed,
  skipped: left.skipped + right.skipped
})

export const totalsOf = (report: TestReport): Totals => ({
  passed: report.numPassedTests,
  // a file that could not be loaded has no tests to fail
  failed:
    report.numFailedTests +
    report.testResults.filter(({ assertionResults, status }) => status === "failed" && assertionResults.length === 0).length,
  skipped: report.numPendingTests + report.numTodoTests
})

/** Whether a file's JSON is a report at all. */
export const isTestReport = (json: unknown): json is TestReport =>
  typeof json === "object" && json !== null && "testResults" in json && Array.isArray(json.testResults)

/** A line for each test that failed or was skipped, and each file that could not be loaded. */
export const remarksOf = (report: TestReport): ReadonlyArray<string> =>
  report.testResults.flatMap(({ assertionResults, message, name, status }) => {
    if (status === "failed" && assertionResults.length === 0) return [`failed: ${name}: ${message?.split("\n")[0] ?? "not loaded"}`]
    return assertionResults
      .filter((test) => test.status !== "passed")
      .map((test) => `${test.status === "failed" ? "failed" : "skipped"}: ${name}: ${test.fullName.trim()}`)
  })
