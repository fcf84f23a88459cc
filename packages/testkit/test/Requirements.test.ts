import { requireProgram } from "@aiopslab/testkit/Requirements"
import { dirname } from "node:path"
import { expect, it } from "vitest"

const PATH = dirname(process.execPath)

it("a program on the PATH is no reason to skip", () => {
  expect(requireProgram("node", { PATH, PATHEXT: process.env["PATHEXT"] })).toBeUndefined()
})

it("a missing program is the reason, by name", () => {
  expect(requireProgram("no-such-program", { PATH })).toBe(" (skipped: no no-such-program on the PATH)")
})

it("a folder is no program", () => {
  expect(requireProgram("bin", { PATH: dirname(PATH) })).toBeDefined()
})

it("where everything is required a missing program is an error", () => {
  expect(() => requireProgram("no-such-program", { PATH, AIOPSLAB_REQUIRE_ALL: "1" })).toThrow("no-such-program")
})
