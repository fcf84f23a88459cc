import { readdirSync, readFileSync } from "node:fs"
import { expect, it } from "vitest"
import { play } from "./Scenario.ts"

const folder = new URL("golden/", import.meta.url)
const inputs = readdirSync(folder)
  .filter((file) => file.endsWith(".input.yaml"))
  .sort()

it.each(inputs)("%s", async (file) => {
  const text = readFileSync(new URL(file, folder), "utf8")
  const { output, title } = play(text)
  await expect(`# ${title}\n${output}`).toMatchFileSnapshot(new URL(file.replace(".input.", ".output."), folder).pathname)
})

// a jump fires the same timers in the same order as many small steps
it.each(inputs)("%s comes out the same in 97 steps per wait", (file) => {
  const text = readFileSync(new URL(file, folder), "utf8")
  expect(play(text, 97).output).toBe(play(text).output)
})
