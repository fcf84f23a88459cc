import { assert, describe, it } from "@effect/vitest"
import { onTestFinished } from "vitest"
import { mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Disk from "../src/edge/Disk.ts"

describe("a container's files", () => {
  it("are kept and read back; what a program saves is a value", () => {
    const folder = mkdtempSync(join(tmpdir(), "disk-"))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const file = join(folder, "a/b.txt")
    Disk.write(file, "text")
    assert.strictEqual(Disk.file(file), "text")
    const value = { users: new Map([["a", { n: 1n }]]), none: undefined }
    Disk.save(join(folder, "data"), value)
    assert.deepStrictEqual(Disk.data(join(folder, "data")), value)
    assert.deepStrictEqual(Disk.list(folder), ["a", "data"])
    Disk.write(file, undefined)
    assert.strictEqual(Disk.file(file), undefined)
    assert.strictEqual(Disk.data(join(folder, "none")), undefined)
    assert.deepStrictEqual(readdirSync(folder).sort(), ["a", "data"])
  })

  it("can be written where there is room for them", () => {
    assert.isFalse(Disk.isReadOnly(join(tmpdir(), "x/y/z")))
  })
})
