import { assert, describe, it } from "@effect/vitest"
import { defectText } from "../src/trial/DefectText.ts"

describe("the text of a defect", () => {
  it("names the calls without the machine's folders", () => {
    const defect = new TypeError("no such thing")
    defect.stack = [
      "TypeError: no such thing",
      "    at look (file:///home/somebody/lab/packages/simulator/src/Turn.ts:10:3)",
      "    at /srv/x/node_modules/effect/dist/internal/effect.js:1014:30",
      "    at node:internal/process/task_queues:105:5"
    ].join("\n")
    assert.strictEqual(
      defectText(defect),
      [
        "TypeError: no such thing",
        "    at look (packages/simulator/src/Turn.ts:10:3)",
        "    at node_modules/effect/dist/internal/effect.js:1014:30",
        "    at node:internal/process/task_queues:105:5"
      ].join("\n")
    )
  })

  it("says what was thrown when it was no error", () => {
    assert.strictEqual(defectText("just so"), "just so")
  })

  it("ends before the runtime's own calls", () => {
    const defect = new Error("deep")
    defect.stack = ["Error: deep", ...Array.from({ length: 40 }, (_, i) => `    at f${i} (/a/packages/core/src/X.ts:1:1)`)].join("\n")
    assert.strictEqual(defectText(defect).split("\n").length, 9)
  })
})
