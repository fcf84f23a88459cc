/** `sumReports.ts PASSED FAILED`: the test reports and CI's own stages as the closing line; fails on a failure or a skip. */
import { existsSync, readFileSync } from "node:fs"
import { join, relative } from "node:path"
import { add, remarksOf, type TestReport, type Totals, totalsOf } from "./TestReports.ts"
import { readWorkspaces, root } from "./Workspace.ts"

const [passed, failed] = process.argv.slice(2).map(Number)
let totals: Totals = { passed: passed ?? 0, failed: failed ?? 0, skipped: 0 }

for (const { folder, manifest } of readWorkspaces()) {
  const path = join(root, folder, ".report/vitest.json")
  const expected = Object.values(manifest.scripts ?? {}).some((script) => script.startsWith("vitest run"))
  if (existsSync(path)) {
    const report = JSON.parse(readFileSync(path, "utf8")) as TestReport
    for (const remark of remarksOf(report)) console.log(remark.replace(`${root}/`, ""))
    const own = totalsOf(report)
    const empty = own.passed + own.failed + own.skipped === 0
    if (empty) console.log(`failed: ${folder} has no tests`)
    totals = add(totals, empty ? { ...own, failed: 1 } : own)
  } else if (expected) {
    console.log(`failed: ${relative(root, path)} is missing: the tests of ${folder} did not run`)
    totals = add(totals, { passed: 0, failed: 1, skipped: 0 })
  }
}

console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`)
process.exitCode = totals.failed === 0 && totals.skipped === 0 ? 0 : 1
