import { assert, describe, it } from "@effect/vitest"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { firstOf } from "../../src/edge/Processes.ts"

/** Processes by number: their control group and their number in the innermost namespace. */
const listed = (processes: Readonly<Record<number, readonly [cgroup: string, inner: number]>>, use: (at: string) => void): void => {
  const at = mkdtempSync(join(tmpdir(), "aiopslab-proc-"))
  for (const [pid, [cgroup, inner]] of Object.entries(processes)) {
    mkdirSync(join(at, pid))
    writeFileSync(join(at, pid, "cgroup"), `0::/kubepods/pod1/${cgroup}\n`)
    writeFileSync(join(at, pid, "status"), `Name:\tx\nPid:\t${pid}\nNSpid:\t${pid}\t${inner}\nNSpgid:\t1\n`)
  }
  mkdirSync(join(at, "sys"))
  use(at)
  rmSync(at, { recursive: true })
}

describe("the first process of a container", () => {
  it("is the one that its namespace begins with, however old others are", () => {
    listed({ 90: ["abc", 17], 200: ["abc", 1], 201: ["abc", 8], 202: ["other", 1] }, (at) => {
      assert.strictEqual(firstOf("abc", at), 200)
      assert.isUndefined(firstOf("gone", at))
    })
  })

  it("is the oldest where the pod's containers share a namespace", () => {
    listed({ 300: ["abc", 9], 1201: ["abc", 12], 100: ["pause", 1] }, (at) => assert.strictEqual(firstOf("abc", at), 300))
  })
})
