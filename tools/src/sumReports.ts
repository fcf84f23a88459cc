/**
 * `sumReports.ts PASSED FAILED [off]`: the test reports and CI's own stages as the closing line; fails on a failure or a skip. `off`: nothing
 * that needs Kind or its kit ran, and skips are no failures.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { add, isTestReport, remarksOf, type Totals, totalsOf } from "./TestReports.ts"
import { readWorkspaces, root } from "./Workspace.ts"

const [passed, failed] = process.argv.slice(2, 4).map(Number)
const kind = process.argv[4] === "off" ? "off" : "on"
let totals: Totals = { passed: passed ?? 0, failed: failed ?? 0, skipped: 0 }

for (const { folder, manifest } of readWorkspaces()) {
  const reports = join(root, folder, ".report")
  const files = existsSync(reports) ? readdirSync(reports).filter((file) => file.endsWith(".json")) : []
  for (const file of files) {
    const report: unknown = JSON.parse(readFileSync(join(reports, file), "utf8"))
    if (!isTestReport(report)) {
      console.log(`failed: ${file} of ${folder} is not a report of tests`)
      totals = add(totals, { passed: 0, failed: 1, skipped: 0 })
      continue
    }
    for (const remark of remarksOf(report)) console.log(remark.replace(`${root}/`, ""))
    const own = totalsOf(report)
    const empty = own.passed + own.failed + own.skipped === 0
    if (empty) console.log(`failed: ${file} of ${folder} has no tests`)
    totals = add(totals, empty ? { ...own, failed: 1 } : own)
  }
  // each run of tests leaves a report of its own
  const expected = Object.entries(manifest.scripts ?? {}).filter(
    ([name, script]) => script.startsWith("vitest run") && (name !== "kind" || kind === "on")
  ).length
  for (let i = files.length; i < expected; i++) {
    console.log(`failed: a report is missing in ${folder}/.report: not all of its tests ran`)
    totals = add(totals, { passed: 0, failed: 1, skipped: 0 })
  }
}

console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`)
process.exitCode = totals.failed === 0 && (totals.skipped === 0 || kind === "off") ? 0 : 1
