import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, expect, it } from "vitest"
import { root } from "../src/Workspace.ts"

const folder = mkdtempSync(join(tmpdir(), "aiopslab-style-"))
afterAll(() => rmSync(folder, { recursive: true }))

/** The rules that a line of source breaks, by name. */
const broken = (line: string): ReadonlyArray<string> => {
  const path = join(folder, "Sample.ts")
  writeFileSync(path, `${line}\n`)
  const oxlint = join(root, "node_modules/oxlint/bin/oxlint")
  const { stdout } = spawnSync(process.execPath, [oxlint, "-c", join(root, ".oxlintrc.json"), "-f", "unix", path], { encoding: "utf8" })
  return [...stdout.matchAll(/\[Error\/([\w-]+\([\w-]+\))\]/g)].map((match) => match[1] ?? "")
}

it.each([
  ["style(no-try)", "try { export1() } finally { export1() }"],
  ["style(no-current-date)", "export const now = new Date()"],
  ["style(no-boolean-parameter)", "export const set = (on: boolean) => on"],
  ["style(no-boolean-parameter)", "export function set(on: boolean) { return on }"],
  ["oxc(no-async-await)", "export const run = async () => 1"],
  ["eslint(no-restricted-properties)", "export const now = Date.now()"],
  ["eslint(no-restricted-properties)", "export const chance = Math.random()"],
  ["eslint(no-restricted-globals)", "setTimeout(() => 1, 1)"],
  ["node(no-process-env)", `export const home = process.env["HOME"]`],
  ["typescript(no-explicit-any)", "export const one = (value: any) => value"],
  ["typescript(no-non-null-assertion)", "export const one = (value: string | undefined) => value!"],
  ["eslint(no-restricted-imports)", `import { Effect } from "effect"; export const one = Effect`],
  ["eslint(no-restricted-imports)", `import { NodeRuntime } from "@effect/platform-node"; export const one = NodeRuntime`],
  ["import(no-default-export)", "export default 1"],
  ["eslint(no-console)", "console.log(1)"]
])("%s: %s", (rule, line) => expect(broken(line)).toContain(rule))

it("what the style asks for breaks none", () => {
  const line = `import * as Effect from "effect/Effect"; export const at = (milliseconds: number) => Effect.succeed(new Date(milliseconds))`
  expect(broken(line)).toEqual([])
})
